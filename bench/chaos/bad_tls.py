"""A mail server that speaks TLS on one port, with a certificate that is trusted or one that is not."""

import ipaddress
import re
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.services import free_port


class TlsServer:
    """Nothing listens before `start`. `taken`: when, to whom and with which Message-ID; `met`: somebody has come."""

    def __init__(self, folder: Path) -> None:
        self.port, self.trusted = free_port(), folder / "trusted.pem"
        self._other = folder / "other.pem"
        for path in (self.trusted, self._other):
            path.write_bytes(_certificate())
        self.taken: list[tuple[float, str, str]] = []
        self.met = False
        self._running: Controller | None = None

    def start(self, *, trusted: bool) -> None:
        self._stop()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.trusted if trusted else self._other)
        self._running = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=context, require_starttls=True
        )
        self._running.start()
        self.met = False  # the controller knocked itself

    async def handle_EHLO(self, _server: Any, session: Any, _envelope: Any, hostname: str) -> str:
        self.met, session.host_name = True, hostname
        return "250 HELP"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        found = re.search(rb"Message-ID: (\S+)", envelope.content, re.IGNORECASE)
        assert found, "every message has an id"
        self.taken.append((time.monotonic(), envelope.rcpt_tos[0], found[1].decode()))
        return "250 taken"

    def __enter__(self) -> "TlsServer":
        return self

    def __exit__(self, *_fault: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None


def _certificate() -> bytes:
    """For 127.0.0.1, signed by itself: trusted by whoever has it in SSL_CERT_FILE. With its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")])
    day, now = timedelta(days=1), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = builder.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return secret + signed.public_bytes(pem)
