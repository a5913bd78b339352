"""What a mail server may do to us, and a server that does it to one recipient or to everybody."""

import re
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.mail.bad_smtp import Answer, Server, drop, reset, stall

GARBAGE = "rubbish"
STEPS = ("rcpt", "data", "body")
#: How a message ends that meets trouble once, before and after the dot; a refusal stands.
SENT, FAILED, UNCONFIRMED = "sent", "failed", "unconfirmed"


def one_byte_a_second(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"2")
        time.sleep(1)


#: name -> the answer. `refuse` and bad TLS are of the whole server; see smtp.py.
BEHAVIOURS: dict[str, Answer] = {
    "421": "421 closing",
    "450": "450 later",
    "550": "550 no such user",
    "552": "552 full",
    "554": "554 no",
    "stall": stall,
    "drop": drop,
    "reset": reset,
    "garbage": GARBAGE,
    "1 byte a second": one_byte_a_second,
}
REFUSALS = {"550", "552", "554"}


@dataclass(frozen=True)
class Case:
    """One behaviour at one step of a message's hand-over."""

    name: str
    step: str

    @property
    def is_refusal(self) -> bool:
        return self.name in REFUSALS

    @property
    def ends(self) -> str:
        if self.is_refusal:
            return FAILED
        answered = isinstance(BEHAVIOURS[self.name], str) and self.name != "garbage"
        return SENT if self.step != "body" or answered else UNCONFIRMED


class ByRecipient(Server):
    """`cases`: address -> what happens to it: each time for a refusal, else the first time."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.named: Counter[str] = Counter()
        self.bodies: Counter[str] = Counter()
        self.taken: list[tuple[float, str, str]] = []
        self.last_strike = 0.0
        self._met: set[str] = set()
        self._talking_of: dict[socket.socket, str] = {}
        super().__init__()

    def refuse(self) -> None:
        """Nobody listens any more."""
        # A close alone leaves the thread that waits in accept(), and with it the port, open.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def listen_again(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _talk(self, connection: socket.socket, lines: Any) -> None:
        super()._talk(connection, _Overheard(self, connection, lines))

    def hear(self, connection: socket.socket, line: bytes) -> None:
        if found := re.match(rb"RCPT TO:<([^>]+)>", line, re.IGNORECASE):
            self._talking_of[connection] = address = found[1].decode()
            self.named[address] += 1

    def _answer(self, connection: socket.socket, step: str, body: bytes = b"") -> str:
        address = self._talking_of.get(connection, "")
        if step == "body":
            self.bodies[address] += 1
        case = self.cases.get(address)
        if step not in STEPS or case is None or case.step != step or (address in self._met and not case.is_refusal):
            return self._as_usual(connection, step, body, address)
        self._met.add(address)
        self.last_strike = time.monotonic()
        answer = BEHAVIOURS[case.name]
        if callable(answer):
            answer(connection)
            raise OSError("that was all")
        connection.sendall(answer.encode() + b"\r\n")
        return answer

    def _as_usual(self, connection: socket.socket, step: str, body: bytes, address: str) -> str:
        before = len(self.accepted)
        try:
            return super()._answer(connection, step, body)
        finally:
            if step == "body" and len(self.accepted) > before:
                found = re.search(rb"Message-ID: (\S+)", body, re.IGNORECASE)
                assert found, "every message has an id"
                self.taken.append((time.monotonic(), address, found[1].decode()))


class _Overheard:
    """The lines of a talk; the server is told each."""

    def __init__(self, server: ByRecipient, connection: socket.socket, lines: Any) -> None:
        self._server, self._connection, self._lines = server, connection, lines

    def __iter__(self) -> Any:
        for line in self._lines:
            self._server.hear(self._connection, line)
            yield line

    def readline(self) -> bytes:
        return bytes(self._lines.readline())
