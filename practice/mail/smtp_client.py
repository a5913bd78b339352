"""smtplib's connection with two things more: a deadline for whole answers, and a look whether one has come."""

import select
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail.utils import DNS_NAME

#: An answer that takes longer than this is not "at once" any more.
AT_ONCE_SECONDS = 0.02


class Answers:
    """What smtplib reads from: whole lines, and all of them before the deadline.

    A socket's own timeout counts each read anew, so a server that drips bytes would hold us past the lease.
    """

    def __init__(self, connection: socket.socket, timeout: float, until: Callable[[], float]) -> None:
        self._connection, self._timeout, self._until = connection, timeout, until
        self._read = bytearray()

    def readline(self, limit: int) -> bytes:
        """b"" when the connection ends, also within a line: half an answer is none."""
        while b"\n" not in self._read and len(self._read) < limit:
            left = self._until() - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(min(left, self._timeout))
            more = self._connection.recv(8192)
            if not more:
                return b""
            self._read += more
        end = self._read.find(b"\n") + 1 or limit
        line = bytes(self._read[: min(end, limit)])
        del self._read[: len(line)]
        return line

    def is_there(self, seconds: float) -> bool:
        """Whether something can be read within `seconds`."""
        if self._read or (isinstance(self._connection, ssl.SSLSocket) and self._connection.pending()):
            return True
        return bool(select.select([self._connection], [], [], seconds)[0])

    def close(self) -> None:
        """The socket is closed by smtplib."""


class Connection(smtplib.SMTP):
    """Not connected yet when made, so that even the greeting falls under our deadline."""

    file: Answers | None

    def __init__(self, **more: Any) -> None:
        super().__init__(local_hostname=DNS_NAME.get_fqdn(), timeout=settings.EMAIL_TIMEOUT, **more)
        # The name that TLS checks; smtplib takes it from a constructor that connects at once.
        self._host = settings.EMAIL_HOST
        self._until = 0.0

    def _get_socket(self, *where: Any) -> socket.socket:
        # Else the last piece of each body waits for a receiver that saves up its acknowledgements.
        ours: socket.socket = super()._get_socket(*where)  # type: ignore[misc]
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return ours

    def answer_until(self, longest: timedelta) -> None:
        """Every answer from here on must have come within `longest`."""
        self._until = time.monotonic() + longest.total_seconds()

    def answers_at_once(self) -> bool:
        return self.file is not None and self.file.is_there(AT_ONCE_SECONDS)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:  # at first, and again once TLS has begun
            self.file = Answers(self.sock, self.timeout, lambda: self._until)
        return super().getreply()


class ConnectionOverTls(Connection, smtplib.SMTP_SSL):
    def __init__(self) -> None:
        super().__init__(context=ssl.create_default_context())
