"""The demo's post office: a real SMTP server on the loopback that keeps every message it takes as a file.

`python -m practice.mail.demo_mailbox FD` serves the listening socket FD, which the supervisor holds open across restarts.
"""

import email
import re
import socket
import sys
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings

MOMENT = "%Y%m%dT%H%M%S%f"
NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{32}")


@dataclass(frozen=True)
class DemoMail:
    """A message that left. `id` is safe in an address; `at` is the moment it was taken, in UTC."""

    id: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str


def store(message: bytes, at: datetime) -> str:
    """Keep one message as it came over the wire, readable by this account alone. Returns its id."""
    name = f"{at.astimezone(UTC).strftime(MOMENT)}-{uuid.uuid4().hex}"
    folder = Path(settings.DEMO_MAIL_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{name}"
    draft.touch(mode=0o600)
    draft.write_bytes(message)
    draft.rename(folder / f"{name}.eml")  # a reader never meets half a message
    return name


def messages(limit: int = 200) -> list[DemoMail]:
    """The newest `limit` messages, newest first."""
    paths = (path for path in Path(settings.DEMO_MAIL_DIR).glob("*.eml") if NAME.fullmatch(path.stem))
    return [_read(path) for path in sorted(paths, reverse=True)[:limit]]


def message(mail_id: str) -> DemoMail | None:
    if not NAME.fullmatch(mail_id):
        return None
    path = Path(settings.DEMO_MAIL_DIR) / f"{mail_id}.eml"
    return _read(path) if path.exists() else None


def _read(path: Path) -> DemoMail:
    parsed = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    return DemoMail(
        id=path.stem,
        at=datetime.strptime(path.stem.partition("-")[0], MOMENT).replace(tzinfo=UTC),
        to=str(parsed["To"] or ""),
        subject=str(parsed["Subject"] or ""),
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
    )


def _part(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return part.get_content()
    except LookupError:  # a character set that does not exist
        return bytes(part.get_payload(decode=True)).decode(errors="replace")


class Keeper:
    """What aiosmtpd asks about each message."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        store(envelope.content, datetime.now(UTC))
        return "250 Message kept"


def serve(listening: socket.socket, stop: threading.Event | None = None) -> None:
    """Take messages until the process is told to end (or `stop` is set)."""
    import asyncio

    from aiosmtpd.smtp import SMTP

    async def take() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(Keeper(), enable_SMTPUTF8=True, ident="Sole Practice demo", loop=loop), sock=listening
        )
        async with server:
            while stop is None or not stop.is_set():
                await asyncio.sleep(0.2 if stop else 3600)

    asyncio.run(take())


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
