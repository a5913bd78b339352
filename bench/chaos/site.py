"""The product's own processes, each of which can be killed and brought back alone."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.chaos import ready as ready_sites
from bench.chaos.sink import Event, Reader
from practice.startup import redis_server, serve
from tests import services

QUICK, OWN = "tests.quick_settings", "practice.settings"


@dataclass
class Part:
    """One program in a process group of its own."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    tell_guard: "subprocess.Popen[bytes]"
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=services.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._tell("+")

    def kill(self) -> None:
        """SIGKILL to it and to what it started: what a supervisor does when the leader is dead."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._tell("-")
        self.process = None

    def kill_child(self, choice: float) -> bool:
        """SIGKILL to one of its children alone; false when it has none."""
        assert self.process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children()
            if children:
                children[int(choice * len(children))].kill()
                return True
        return False

    def _tell(self, sign: str) -> None:
        assert self.process is not None
        assert self.tell_guard.stdin is not None
        self.tell_guard.stdin.write(f"{sign}{self.process.pid}\n".encode())
        self.tell_guard.stdin.flush()


@dataclass
class Site:
    """`parts` by name. Nothing runs before `start`; everything has ended after the block of `site()`."""

    folder: Path
    env: dict[str, str]
    port: int
    mail_port: int
    redis_path: Path
    guard: "subprocess.Popen[bytes]"
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def sink_log(self) -> Path:
        return self.folder / "sink.log"

    @property
    def url(self) -> str:
        return self.env["SITE_URL"]

    def add(self, name: str, command: list[str], **env: str) -> Part:
        own = services.environment(**{**self.env, **env})
        self.parts[name] = Part(name, command, own, self.folder / f"{name}.log", self.guard)
        return self.parts[name]

    def add_redis(self) -> Part:
        return self.add("redis", redis_server.command(self.redis_path))

    def add_worker(self, number: int = 1, **env: str) -> Part:
        words = f"worker --concurrency 1 --without-gossip --without-mingle -n w{number}@chaos"
        return self.add(f"worker{number}", serve.celery_command(words), **env)

    def add_beat(self, number: int = 1, **env: str) -> Part:
        return self.add(f"beat{number}", serve.celery_command(f"beat -s {self.folder / f'beat{number}'}"), **env)

    def add_web(self) -> Part:
        return self.add("web", serve.web_command("127.0.0.1", self.port))

    def add_sink(self, stall: float = 0.0, seed: int = 0) -> Part:
        words = [str(self.mail_port), str(self.sink_log), str(stall), str(seed)]
        return self.add("sink", [sys.executable, "-m", "bench.chaos.sink", *words])

    def start(self, *names: str) -> None:
        for name in names or tuple(self.parts):
            self.parts[name].start()
        if "redis" in (names or self.parts):
            services.wait_until(lambda: redis_server.answers(self.redis_path), "Redis answers")
        if "sink" in (names or self.parts):
            services.wait_until(self._mail_answers, "the sink answers")
        if "web" in (names or self.parts):
            services.wait_until(lambda: serve.page_status("127.0.0.1", self.port, self.url) == 200, "the web answers")

    def _mail_answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.mail_port), 1):
            return True
        return False

    def events(self) -> list[Event]:
        return Reader(self.sink_log).more()

    def words(self) -> str:
        """What the parts said, for a run that went wrong."""
        logs = {name: (self.folder / f"{name}.log") for name in self.parts}
        tails = {name: log.read_text(errors="replace")[-2000:] for name, log in logs.items() if log.exists()}
        return "\n".join(f"--- {name}\n{tail}" for name, tail in tails.items() if tail)


@contextlib.contextmanager
def site(
    database: str, *, settings: str = QUICK, with_pages: bool = False, ready: Path | None = None
) -> Iterator[Site]:
    """Tables made, this process connected to them (`django.setup()`), and no part running yet.

    `ready`: a site made by `ready.ready_site`, to begin with a copy of it.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sp-chaos-", ignore_cleanup_errors=True)))
        port, mail_port = services.free_port(), services.free_port()
        redis_path = redis_server.socket_path(folder / "var")
        env = {
            "DEMO": "1",
            "DATA_DIR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": settings,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "REDIS_URL": f"unix://{redis_path}",
            "PORT": str(port),
            "SITE_URL": f"http://localhost:{port}",
        }
        if database == "postgresql":
            env["DATABASE_URL"] = stack.enter_context(ready_sites.fresh_postgres(ready))
        if ready:
            ready_sites.unfold(ready, folder / "var")
        _connect(env, with_pages, is_ready=ready is not None)
        redis_server.make_private_folder(redis_path.parent)
        one = Site(folder, env, port, mail_port, redis_path, _start_guard())
        stack.callback(_end, one)
        yield one


def _connect(env: dict[str, str], with_pages: bool, is_ready: bool) -> None:
    for name in services.OURS:
        os.environ.pop(name, None)
    os.environ.update(env)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)
    if with_pages and not is_ready:
        from practice.startup.bootstrap import UNUSED_FILES

        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED_FILES)


def _start_guard() -> "subprocess.Popen[bytes]":
    """The supervisor's own: ends all parts when this process is killed itself."""
    script = services.ROOT / "practice" / "guard.py"
    return subprocess.Popen([sys.executable, "-I", str(script)], stdin=subprocess.PIPE, start_new_session=True)


def _end(one: Site) -> None:
    for part in one.parts.values():
        part.kill()
    assert one.guard.stdin is not None
    one.guard.stdin.close()
    one.guard.wait()
