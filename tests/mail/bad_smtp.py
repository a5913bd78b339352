"""A mail server on the loopback that answers each step as it is told, so that every kind of trouble can be had."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = str | Callable[[socket.socket], None]


def stall(connection: socket.socket) -> None:
    """Say nothing until the other side hangs up."""
    while connection.recv(4096):
        pass


def drop(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()


def drip(connection: socket.socket) -> None:
    """A byte at a time, faster than any read's own timeout, and never an end."""
    while True:
        connection.sendall(b"2")
        time.sleep(0.05)


class Server:
    """`answers`: step ("greeting", "ehlo", "mail", "rcpt", "data", "body") -> what is said there instead of yes.

    A list is used up one entry a time; then it is yes again. `offered` holds every whole
    body that came, `accepted` those that were answered with 250.
    """

    YES = {
        "greeting": "220 hi",
        "ehlo": "250 hi",
        "mail": "250 ok",
        "rcpt": "250 ok",
        "data": "354 go on",
        "body": "250 taken",
    }

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer] | Answer] = {}
        self.offered: list[bytes] = []
        self.accepted: list[bytes] = []
        self.steps: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._quietly, args=[connection], daemon=True).start()

    def _quietly(self, connection: socket.socket) -> None:
        try:
            self._talk(connection, connection.makefile("rb"))
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def _talk(self, connection: socket.socket, lines) -> None:
        self._answer(connection, "greeting")
        for line in lines:
            word = line.split(b" ")[0].strip().lower().decode()
            if word == "data":
                if not self._answer(connection, "data").startswith("354"):
                    continue
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    more = lines.readline()
                    if not more:
                        return
                    body += more
                self.offered.append(body)
                self._answer(connection, "body", body)
            elif word in self.YES:
                self._answer(connection, word)
            else:
                connection.sendall(b"221 bye\r\n" if word == "quit" else b"250 ok\r\n")

    def _answer(self, connection: socket.socket, step: str, body: bytes = b"") -> str:
        self.steps.append(step)
        told = self.answers.get(step, self.YES[step])
        if isinstance(told, list):
            told = told.pop(0) if told else self.YES[step]
        if callable(told):
            told(connection)
            raise OSError("that was all")
        if body and told.startswith("250"):
            self.accepted.append(body)
        connection.sendall(told.encode() + b"\r\n")
        return told


@contextmanager
def bad_server() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.close()


def named(trouble: object) -> str:
    """The trouble's name in a test's: the same in every process, so that several may share the tests."""
    return getattr(trouble, "__name__", str(trouble))
