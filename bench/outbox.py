"""How fast one worker hands reminders over: `python bench/outbox.py [--messages 500] [--rounds 5] [--pipelining]`.

Prints messages a second of the real path (check, write, marker committed for every single message, settled), those of
three bare smtplib loops on one connection to the same server, the ratios and the queries a message. The loops send the
same messages: from the templates, as a loop in a command would; from Django's finished e-mails, as a queue of finished
e-mails would; and as bytes that were made ready before, as nothing that sends mail does. Medians of rounds that
alternate, on SQLite (WAL, full sync) and on PostgreSQL. The mail server is aiosmtpd in a process of its own on the
loopback; `--pipelining` has it announce PIPELINING as most real ones do.
"""

import argparse
import asyncio
import os
import smtplib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


class Sink:
    """Counts Message-IDs; VRFY tells how many came, how often the most frequent one, and begins anew."""

    def __init__(self, pipelining: bool) -> None:
        self.seen: Counter[bytes] = Counter()
        self.pipelining = pipelining

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, answers: list[str]) -> list[str]:
        session.host_name = name
        return [*answers[:-1], "250-PIPELINING", answers[-1]] if self.pipelining else answers

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        start = envelope.content.index(b"Message-ID:")
        self.seen[envelope.content[start : envelope.content.index(b"\n", start)]] += 1
        return "250 taken"

    async def handle_VRFY(self, server: Any, session: Any, envelope: Any, address: str) -> str:
        told = f"252 {len(self.seen)} {max(self.seen.values(), default=0)}"
        self.seen.clear()
        return told


def serve(pipelining: bool) -> None:
    from aiosmtpd.smtp import SMTP

    async def take() -> None:
        sink, loop = Sink(pipelining), asyncio.get_running_loop()
        # By its address: asyncio sets TCP_NODELAY only on sockets that it has made, and answers would come in 40 ms.
        server = await loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(take())


@contextmanager
def sink(pipelining: bool) -> Any:
    command = [sys.executable, __file__, "--serve", *(["--pipelining"] if pipelining else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield int(running.stdout.readline())
        finally:
            running.kill()


def arrived(port: int) -> tuple[int, int]:
    with closing(smtplib.SMTP("127.0.0.1", port)) as smtp:
        messages, most = smtp.docmd("VRFY", "count")[1].split()
        return int(messages), int(most)


def bare(port: int, messages: list[Any], written: Callable[[Any], tuple[str, bytes]]) -> float:
    """Messages a second."""
    smtp = smtplib.SMTP("127.0.0.1", port)
    smtp.ehlo()
    began = time.perf_counter()
    for message in messages:
        to, raw = written(message)
        smtp.sendmail("routines@practice.example", [to], raw)
    seconds = time.perf_counter() - began
    smtp.quit()
    assert arrived(port) == (len(messages), 1)
    return len(messages) / seconds


def measure(port: int, size: int, rounds: int) -> None:
    """In a process whose settings name the database and the sink."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from practice.mail.models import OutboundMessage
    from practice.mail.outbox import send_due
    from practice.mail.render import render
    from practice.mail.transport import make_transport
    from routines.reminders import send
    from tests import make, make_reminders

    call_command("migrate", verbosity=0)
    practice = make.make_practice()
    jon = make.make_member(practice, "therapist", "jon@example.org", "Jon Reyes")
    for number in range(size):
        client = make.make_client(practice, f"client{number}@example.org", f"Client {number}")
        make_reminders.make_running_plan(client, jon)

    def send_all(at: Any) -> float:
        """As the worker's task does it: one connection for all batches."""
        began = time.perf_counter()
        with closing(make_transport()) as transport:
            while send_due(at, transport=transport):
                pass
        return time.perf_counter() - began

    def flatten(email: Any) -> tuple[str, bytes]:
        return email.to[0], email.message().as_bytes(linesep="\r\n")

    def write(row: OutboundMessage) -> tuple[str, bytes]:
        return flatten(render(row))

    writing, finished, loops, ours, queries = [], [], [], [], 0.0
    while send.plan_ahead(make.NOON):
        pass
    for turn in range(rounds + 1):
        at = make.NOON.replace(hour=7, minute=31) + timedelta(days=turn + 1)
        while send.plan_ahead(at) + send.queue_due(at):
            pass
        rows = list(OutboundMessage.objects.across_practices().due(at).select_related("practice"))
        assert len({row.client_ref for row in rows}) == size, f"{len(rows)} messages wait"
        if turn == 0:  # warms up, and counts
            with CaptureQueriesContext(connection) as asked:
                send_all(at)
            queries = len(asked) / size
        else:
            writing.append(bare(port, rows, write))
            finished.append(bare(port, [render(row) for row in rows], flatten))
            loops.append(bare(port, [write(row) for row in rows], lambda ready: ready))
            ours.append(size / send_all(at))
        assert arrived(port) == (size, 1), "each arrives once"
    print(f"{connection.vendor:10}  worker {median(ours):5.0f}/s  {queries:.1f} queries a message")
    for name, other in (
        ("from the templates", writing),
        ("from finished e-mails", finished),
        ("of ready bytes", loops),
    ):
        ratios = [own / loop for own, loop in zip(ours, other, strict=True)]
        print(
            f"            bare loop {name:22} {median(other):5.0f}/s  "
            f"ratio {median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"
        )


def run(words: argparse.Namespace, url: str, port: int) -> None:
    with tempfile.TemporaryDirectory(prefix="sp-bench-") as folder:
        own = {"DEMO": "1", "DATA_DIR": folder, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "DATABASE_URL": url}
        command = [sys.executable, __file__, "--port", str(port), "--messages", str(words.messages)]
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "practice.settings", **own}
        subprocess.run([*command, "--rounds", str(words.rounds)], env=env, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=500, help="a round; each of another client")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--pipelining", action="store_true", help="the mail server announces it")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.serve:
        serve(words.pipelining)
    elif words.port:
        measure(words.port, words.messages, words.rounds)
    else:
        from tests.services import postgres

        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {words.messages} messages a round")
        with sink(words.pipelining) as port:
            if words.database != "postgresql":
                run(words, "", port)
            if words.database != "sqlite":
                with postgres() as url:
                    run(words, url, port)


if __name__ == "__main__":
    main()
