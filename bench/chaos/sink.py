"""A mail server in a process of its own that writes down what happens, on the machine's monotonic clock.

`python -m bench.chaos.sink PORT LOG STALL SEED`. One line an event: `kind seconds address message-id`.
    rcpt    a recipient was named: the offer has begun
    begun   the first byte of the body has come: the hand-over has begun
    taken   the whole message is accepted; on the disk before the server says 250
    repeat  accepted, and known by its idempotency key to have been taken before: goes nowhere
With STALL > 0 it now and then waits up to so many seconds, before each of its answers.
"""

import asyncio
import os
import random
import re
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

KEY = re.compile(rb"^Idempotency-Key:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Event:
    kind: str
    at: float
    address: str
    message_id: str = ""


class Log:
    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, kind: str, at: float, address: str, message_id: str = "", *, durable: bool = False) -> None:
        os.write(self._handle, f"{kind} {at:.6f} {address} {message_id}\n".encode())
        if durable:
            os.fsync(self._handle)


class Reader:
    """Reads the log on from where it stopped; a half-written line waits for its end."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0

    def more(self) -> list[Event]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as log:
            log.seek(self._read)
            text = log.read()
        text = text[: text.rfind(b"\n") + 1]
        self._read += len(text)
        words = (line.split(" ") for line in text.decode().splitlines())
        return [Event(kind, float(at), address, key) for kind, at, address, key in words]


class Watched(SMTP):
    """aiosmtpd, with the instant at which a body's first byte comes."""

    body_awaited = False

    def __init__(self, handler: "Handler", **options: Any) -> None:
        super().__init__(handler, hostname="sink", enable_SMTPUTF8=False, **options)
        self.log = handler.log

    def data_received(self, data: bytes) -> None:
        if self.body_awaited and self.envelope is not None:
            self.body_awaited = False
            self.log.note("begun", time.monotonic(), self.envelope.rcpt_tos[0])
        super().data_received(data)

    async def push(self, status: Any) -> None:
        if status[:3] in ("354", b"354"):
            await self.event_handler.stall()
            self.body_awaited = True
        await super().push(status)


class Handler:
    def __init__(self, log: Log, stall: float, seed: int) -> None:
        self.log, self._stall, self._chance = log, stall, random.Random(seed)
        self._keys: set[bytes] = set()

    async def stall(self) -> None:
        if self._stall and self._chance.random() < 0.4:
            await asyncio.sleep(self._chance.uniform(0, self._stall))

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.log.note("rcpt", time.monotonic(), address)
        envelope.rcpt_tos.append(address)
        await self.stall()
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await self.stall()
        found = MESSAGE_ID.search(envelope.content)
        assert found, "every message has an id"
        kind = "repeat" if self._is_repeat(envelope.content) else "taken"
        self.log.note(kind, time.monotonic(), envelope.rcpt_tos[0], found[1].decode(), durable=True)
        await self.stall()
        return "250 taken"

    def _is_repeat(self, content: bytes) -> bool:
        """As a provider that honours such a header; without one each message is new."""
        key = KEY.search(content)
        is_known = key is not None and key[1] in self._keys
        if key:
            self._keys.add(key[1])
        return is_known


async def serve(port: int, log: Path, stall: float, seed: int) -> None:
    loop = asyncio.get_running_loop()
    handler = Handler(Log(log), stall, seed)
    server = await loop.create_server(lambda: Watched(handler, loop=loop), "127.0.0.1", port)
    loop.add_signal_handler(signal.SIGTERM, server.close)
    async with server:
        await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
