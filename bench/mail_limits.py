"""Whether the provider's limits hold: `python bench/mail_limits.py [--minutes 10] [--workers 8] [--rate 14]`.

Worker processes share one outbox and one mail server (aiosmtpd on the loopback), which notes when each message comes
and how many connections are open. Prints messages, the most in any second, the most connections and the violations;
ends with 1 when there are any. Twenty seconds unless told.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
WORKER = "tests.mail.outbox_worker"


@dataclass
class Noted:
    """What the mail server saw, by the monotonic clock."""

    came: list[float] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0

    def most_in_a_second(self) -> int:
        first = most = 0
        for last, at in enumerate(self.came):
            while at - self.came[first] >= 1:
                first += 1
            most = max(most, last - first + 1)
        return most

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.came.append(time.monotonic())
        return "250 taken"


@contextmanager
def noting_server() -> Iterator[tuple[int, Noted]]:
    from aiosmtpd.smtp import SMTP

    noted, loop = Noted(), asyncio.new_event_loop()

    class Counting(SMTP):
        def connection_made(self, transport: Any) -> None:
            noted.open_now += 1
            noted.most_open = max(noted.most_open, noted.open_now)
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            noted.open_now -= 1
            super().connection_lost(error)

    server = loop.run_until_complete(loop.create_server(lambda: Counting(noted, loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1], noted
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def run(messages: int, *, workers: int, rate: int, connections: int, url: str = "", longest: float = 60) -> Noted:
    """Send so many under the limits; ends when all are there, or after `longest` seconds."""
    with tempfile.TemporaryDirectory(prefix="sp-limits-") as folder, noting_server() as (port, noted):
        env = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "DJANGO_SETTINGS_MODULE": "practice.settings",
            "DEMO": "1",
            "DATA_DIR": folder,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "EMAIL_MAX_PER_SECOND": str(rate),
            "EMAIL_MAX_CONNECTIONS": str(connections),
            **({"DATABASE_URL": url} if url else {}),
        }
        subprocess.run([sys.executable, "-m", WORKER, "fill", str(messages)], env=env, cwd=ROOT, check=True)
        command = [sys.executable, "-m", WORKER, "send"]
        running = [subprocess.Popen(command, env=env, cwd=ROOT) for _each in range(workers)]
        try:
            until = time.monotonic() + longest
            while len(noted.came) < messages and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            for worker in running:
                worker.terminate()
            for worker in running:
                worker.wait(20)
    return noted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1 / 3)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--rate", type=int, default=14, help="messages a second")
    parser.add_argument("--connections", type=int, default=3)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    words = parser.parse_args()
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    from tests.services import postgres

    seconds = words.minutes * 60
    with postgres() if words.database == "postgresql" else nullcontext("") as url:
        noted = run(
            round(seconds * words.rate), workers=words.workers, rate=words.rate, connections=words.connections, url=url,
            longest=seconds,
        )  # fmt: skip
    violations = max(0, noted.most_in_a_second() - words.rate) + max(0, noted.most_open - words.connections)
    lasted = noted.came[-1] - noted.came[0] if noted.came else 0
    print(
        f"{len(noted.came)} messages in {lasted:.0f} s by {words.workers} workers: at most {noted.most_in_a_second()} "
        f"in a second of {words.rate}, {noted.most_open} connections of {words.connections}; violations {violations}"
    )
    return int(violations > 0)


if __name__ == "__main__":
    sys.exit(main())
