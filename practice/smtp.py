"""Handing one message to the mail server, in two steps with room between them for our own marker.

Own code on smtplib because Django's backend does RCPT and DATA in one call and so hides the instant
after which a message may have been accepted.
"""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.utils import DNS_NAME

#: Longest that one message may take from MAIL FROM to the last answer, however slowly the server drips.
LONGEST_TALK = timedelta(seconds=40)


class NotNow(Exception):
    """This message was not taken and may be tried again: a 4xx answer, or a connection lost before the hand-over."""


class Lost(NotNow):
    """The connection broke over this message, before the hand-over."""


class ServerTrouble(NotNow):
    """The mail server as a whole does not serve us now. `met_by_message`: it said so when this recipient was named."""

    def __init__(self, reason: str, *, met_by_message: bool = False) -> None:
        super().__init__(reason)
        self.met_by_message = met_by_message


class Refused(Exception):
    """A 5xx answer to this message. Trying again changes nothing."""


class InDoubt(Exception):
    """The hand-over began and no answer came. The message may or may not have been accepted."""


class Transport(Protocol):
    def offer(self, email: EmailMultiAlternatives, sender: str, recipient: str) -> None:
        """Everything up to the server's readiness for the body. Raises NotNow, ServerTrouble or Refused."""

    def hand_over(self) -> None:
        """The body; returns once it is accepted. Raises NotNow, ServerTrouble, Refused or InDoubt."""

    def abandon(self) -> None:
        """Take an offered message back."""

    def close(self) -> None: ...


def make_transport() -> Transport:
    if settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
        return SmtpTransport()
    return BackendTransport()


class BackendTransport:
    """Memory, console, file and dummy mail through Django's own backends."""

    def __init__(self) -> None:
        self._connection = get_connection(fail_silently=False)
        self._emails: list[EmailMultiAlternatives] = []

    def offer(self, email: EmailMultiAlternatives, sender: str, recipient: str) -> None:
        self._emails = [email]

    def hand_over(self) -> None:
        try:
            self._connection.send_messages(self._emails)
        except Exception as fault:  # whatever a backend raises, the hand-over had begun
            raise InDoubt(type(fault).__name__) from fault

    def abandon(self) -> None:
        self._emails = []

    def close(self) -> None:
        self._connection.close()


class SmtpTransport:
    """One connection, opened on first use and again after it broke, under Django's EMAIL_* settings."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None
        self._body = b""
        self._hung_up = False

    def offer(self, email: EmailMultiAlternatives, sender: str, recipient: str) -> None:
        self._body = _on_the_wire(email.message().as_bytes())
        with self._deadline():
            smtp = self._open()
            code, answer = self._ask(ServerTrouble, smtp.mail, sender, self._options(smtp))
            if code != 250:
                # The sender is always ours: a refusal here is about the server or our account.
                self.close()
                raise ServerTrouble(_words(code, answer))
            for wanted, (ask, *words) in ((25, (smtp.rcpt, recipient)), (35, (smtp.docmd, "DATA"))):
                code, answer = self._ask(Lost, ask, *words)
                if code // 10 != wanted:
                    self._turned_away(code, answer)

    def hand_over(self) -> None:
        smtp = self._smtp
        assert smtp is not None, "offer() comes first"
        with self._deadline():
            code, answer = self._ask(InDoubt, self._send_body, smtp)
        if code == 250:
            return
        if code // 100 not in (4, 5):
            self.close()
            raise InDoubt(_words(code, answer))
        self._turned_away(code, answer)

    def abandon(self) -> None:
        # After DATA only hanging up, without the final dot, takes a message back.
        self.close()

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.close()

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        smtp = self._smtp = _disconnected()
        try:
            code, answer = smtp.connect(settings.EMAIL_HOST, settings.EMAIL_PORT)
            if code != 220:
                raise ServerTrouble(_words(code, answer))
            if settings.EMAIL_USE_TLS:
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if settings.EMAIL_HOST_USER:
                smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            self.close()
            raise ServerTrouble(_fault_words(fault)) from fault
        except ServerTrouble:
            self.close()
            raise
        return smtp

    def _ask(self, lost: type[Exception], ask: Callable[..., tuple[int, bytes]], *words: object) -> tuple[int, bytes]:
        """One command and its answer; `lost` is raised when none comes."""
        try:
            answer = ask(*words)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise lost(_fault_words(fault)) from fault
        if self._hung_up:
            # Half a line that we cut off ourselves is no answer.
            self.close()
            raise lost(TimeoutError.__name__)
        return answer

    def _send_body(self, smtp: smtplib.SMTP) -> tuple[int, bytes]:
        smtp.send(self._body)
        return smtp.getreply()

    def _turned_away(self, code: int, answer: bytes) -> None:
        words = _words(code, answer)
        if code == 421 or code // 100 not in (4, 5):
            self.close()
            raise ServerTrouble(words, met_by_message=True)
        try:
            reset = self._smtp.rset()[0] if self._smtp else 0
        except (OSError, smtplib.SMTPException):
            reset = 0
        if reset != 250:
            self.close()
        raise (NotNow if code // 100 == 4 else Refused)(words)

    @staticmethod
    def _options(smtp: smtplib.SMTP) -> list[str]:
        return ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """smtplib's timeout counts each read anew, so a server that drips bytes would hold us past the lease."""
        timer = threading.Timer(LONGEST_TALK.total_seconds(), self._hang_up)
        timer.daemon = True
        self._hung_up = False
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        connection = self._smtp.sock if self._smtp else None
        if connection is not None:
            self._hung_up = True
            with suppress(OSError):
                # The plain socket's: SSLSocket.shutdown pulls the TLS state from under the reading thread.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _disconnected() -> smtplib.SMTP:
    """Not connected yet, so that even the greeting falls under our deadline."""
    fqdn, timeout = DNS_NAME.get_fqdn(), settings.EMAIL_TIMEOUT
    smtp: smtplib.SMTP
    if settings.EMAIL_USE_SSL:
        smtp = smtplib.SMTP_SSL(local_hostname=fqdn, timeout=timeout, context=ssl.create_default_context())
    else:
        smtp = smtplib.SMTP(local_hostname=fqdn, timeout=timeout)
    # The name that TLS checks; smtplib takes it from a constructor that connects at once.
    smtp._host = settings.EMAIL_HOST  # type: ignore[attr-defined]
    return smtp


def _on_the_wire(raw: bytes) -> bytes:
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    return re.sub(rb"(?m)^\.", b"..", lines).removesuffix(b"\r\n") + b"\r\n.\r\n"


def _words(code: int, answer: bytes) -> str:
    text = " ".join(answer.decode("ascii", "replace").split())
    return f"{code} {text}"[:200] if code >= 0 else "unreadable answer"


def _fault_words(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        error = fault.smtp_error
        return _words(fault.smtp_code, error if isinstance(error, bytes) else str(error).encode())
    return type(fault).__name__
