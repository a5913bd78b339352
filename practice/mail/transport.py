"""Handing one message to the mail server, in two steps with room between them for our own marker.

Own code on smtplib because Django's backend does RCPT and DATA in one call and so hides the instant
after which a message may have been accepted.
"""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from practice.mail.mime import wire_bytes
from practice.mail.smtp_client import Connection, ConnectionOverTls

#: Longest that a message may take until the server is ready for the body, and again from there to the last answer,
#: however slowly the server drips.
LONGEST_TALK = timedelta(seconds=40)
GOODBYE_SECONDS = 2.0


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
    def pack(self, email: EmailMultiAlternatives) -> Any:
        """The message as `offer` takes it. May be done long before."""

    def offer(self, packed: Any, sender: str, recipient: str, *, when_slow: Callable[[], None]) -> None:
        """Everything up to the server's readiness for the body. Raises NotNow, ServerTrouble or Refused.

        `when_slow` is called before waiting for an answer that does not come at once.
        """

    def hand_over(self, *, meanwhile: Callable[[], None]) -> None:
        """The body; `meanwhile` is called while the server works on it. Returns once it is accepted.

        Raises NotNow, ServerTrouble, Refused or InDoubt.
        """

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

    def pack(self, email: EmailMultiAlternatives) -> EmailMultiAlternatives:
        return email

    def offer(
        self, packed: EmailMultiAlternatives, sender: str, recipient: str, *, when_slow: Callable[[], None]
    ) -> None:
        self._emails = [packed]

    def hand_over(self, *, meanwhile: Callable[[], None]) -> None:
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
        self._smtp: Connection | None = None
        self._body = b""

    def pack(self, email: EmailMultiAlternatives) -> bytes:
        return wire_bytes(email)

    def offer(self, packed: bytes, sender: str, recipient: str, *, when_slow: Callable[[], None]) -> None:
        self._body = packed
        # What SMTP cannot carry is found out before anything is said.
        mail_from, rcpt_to = f"FROM:{_sender_address(sender)}", f"TO:{_address(recipient)}"
        smtp = self._open(when_slow)
        if smtp.has_extn("8bitmime"):
            mail_from += " BODY=8BITMIME"
        group = [f"MAIL {mail_from}", f"RCPT {rcpt_to}", "DATA"]
        # RFC 2920: with PIPELINING all three go in one write; DATA ends the group.
        together = len(group) if smtp.has_extn("pipelining") else 1
        answers: list[tuple[int, bytes]] = []
        for start in range(0, len(group), together):
            lost = Lost if answers else ServerTrouble  # the sender is always ours
            self._ask(lost, smtp.send, "".join(f"{line}\r\n" for line in group[start : start + together]))
            for _line in group[start : start + together]:
                if not smtp.answers_at_once():
                    when_slow()
                answers.append(self._ask(Lost if answers else ServerTrouble, smtp.getreply))
            unwilling = [step for step, (code, _answer) in enumerate(answers) if code // 10 != (25, 25, 35)[step]]
            if unwilling:
                when_slow()
                self._not_willing(unwilling[0], answers)

    def _not_willing(self, step: int, answers: list[tuple[int, bytes]]) -> None:
        code, answer = answers[step]
        if step == 0:
            # The sender is always ours: a refusal here is about the server or our account.
            self._hang_up()
            raise ServerTrouble(_words(code, answer))
        if answers[-1][0] == 354:
            self._hang_up()  # it waits for a body all the same
        self._turned_away(code, answer)

    def hand_over(self, *, meanwhile: Callable[[], None]) -> None:
        smtp = self._smtp
        assert smtp is not None, "offer() comes first"
        smtp.answer_until(LONGEST_TALK)
        self._ask(InDoubt, smtp.send, self._body)
        meanwhile()
        code, answer = self._ask(InDoubt, smtp.getreply)
        if code == 250:
            return
        if code // 100 not in (4, 5):
            self._hang_up()
            raise InDoubt(_words(code, answer))
        self._turned_away(code, answer)

    def abandon(self) -> None:
        # After DATA only hanging up, without the final dot, takes a message back.
        self._hang_up()

    def close(self) -> None:
        """With a goodbye, so that the server has counted this connection out before another is opened."""
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.answer_until(timedelta(seconds=GOODBYE_SECONDS))
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.docmd("QUIT")
        self._hang_up()

    def _hang_up(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.close()

    def _open(self, when_slow: Callable[[], None]) -> Connection:
        """Connecting and offering together have LONGEST_TALK."""
        if self._smtp is not None:
            self._smtp.answer_until(LONGEST_TALK)
            return self._smtp
        when_slow()
        smtp = self._smtp = (ConnectionOverTls if settings.EMAIL_USE_SSL else Connection)()
        smtp.answer_until(LONGEST_TALK)
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
            self._hang_up()
            raise ServerTrouble(_fault_words(fault)) from fault
        except ServerTrouble:
            self._hang_up()
            raise
        return smtp

    def _ask(self, lost: type[Exception], ask: Callable[..., Any], *words: object) -> Any:
        """One step of the talk; `lost` is raised when the connection breaks over it."""
        try:
            return ask(*words)
        except (OSError, smtplib.SMTPException) as fault:
            self._hang_up()
            raise lost(_fault_words(fault)) from fault

    def _turned_away(self, code: int, answer: bytes) -> None:
        words = _words(code, answer)
        if code == 421 or code // 100 not in (4, 5):
            self._hang_up()
            raise ServerTrouble(words, met_by_message=True)
        try:
            reset = self._smtp.rset()[0] if self._smtp else 0
        except (OSError, smtplib.SMTPException):
            reset = 0
        if reset != 250:
            self._hang_up()
        raise (NotNow if code // 100 == 4 else Refused)(words)


@lru_cache(maxsize=4)  # the sender is nearly always the same
def _sender_address(address: str) -> str:
    return _address(address)


def _address(address: str) -> str:
    """Raises ValueError for what SMTP cannot carry."""
    local, at, domain = address.rpartition("@")
    quoted = smtplib.quoteaddr(address if domain.isascii() else local + at + domain.encode("idna").decode())
    quoted.encode("ascii")
    if not quoted.isprintable():
        raise ValueError("An address holds control characters.")
    return quoted


def _words(code: int, answer: bytes) -> str:
    text = " ".join(answer.decode("ascii", "replace").split())
    return f"{code} {text}"[:200] if code >= 0 else "unreadable answer"


def _fault_words(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        error = fault.smtp_error
        return _words(fault.smtp_code, error if isinstance(error, bytes) else str(error).encode())
    return type(fault).__name__
