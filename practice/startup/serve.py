"""Starts the whole site: Redis, the tables and data, the pages, the worker and the clock, under one supervisor.

`python -m practice.startup.serve`. Does not load Django itself, so that it stays small and starts at once.
"""

import fcntl
import http.client
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from practice.core.startup_errors import refuse
from practice.startup import redis_server
from practice.startup.supervisor import Program, Supervisor, say

ROOT = Path(__file__).resolve().parents[2]


def lock(data_dir: Path) -> int:
    """Holds the data folder until this process ends; two sites on one folder would stop each other's Redis."""
    handle = os.open(data_dir / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        refuse(f"It is already running with the data in {data_dir}. Stop it first, or choose another DATA_DIR.")
    return handle


def check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            refuse(f"Port {port} on {host} cannot be used ({fault.strerror}). Try: PORT={port + 1} make run")


def page_status(host: str, port: int, site_url: str) -> int:
    """HTTP status of the first page, 0 while nothing answers."""
    line = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=30)  # noqa: S104
    try:
        line.request("GET", "/", headers={"Host": urlsplit(site_url).netloc})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


def web_command(host: str, port: int) -> list[str]:
    options = "--worker-class gthread --workers 2 --threads 4 --keep-alive 75 --timeout 60 --graceful-timeout 5"
    # The control socket would be a file in the home folder; loading before the fork shares memory and time.
    quiet = "--preload --no-control-socket --log-level warning"
    python = [sys.executable, "-m", "gunicorn", "practice.wsgi"]
    return [*python, "--bind", f"{host}:{port}", *options.split(), *quiet.split()]


def celery_command(words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-q", "-A", "practice", *words.split(), "--loglevel", "WARNING"]


def programs(host: str, mail: socket.socket | None) -> Iterator[Program]:
    """What runs, in the order in which it starts."""
    from practice import settings

    if not os.environ.get("REDIS_URL"):
        path = settings.REDIS_SOCKET
        redis_server.make_private_folder(path.parent)
        yield Program(
            "Redis",
            redis_server.command(path),
            ready=lambda: redis_server.answers(path),
            foundation=True,
            log=f"in {path.with_name('redis.log')}",
        )
    yield Program("The preparation", [sys.executable, "manage.py", "prepare"], once=True, patience=600)
    if mail is not None:
        take = [sys.executable, "-m", "practice.mail.demo_mailbox", str(mail.fileno())]
        yield Program("The demo's mail server", take, foundation=True, keep_fds=(mail.fileno(),))
    yield Program(
        "The web server",
        web_command(host, settings.PORT),
        ready=lambda: page_status(host, settings.PORT, settings.SITE_URL) > 0,
    )
    yield Program("The worker", celery_command("worker --concurrency 2 --without-gossip --without-mingle"))
    yield Program("The clock", celery_command("beat"))


def welcome(host: str) -> None:
    from practice import settings

    status = page_status(host, settings.PORT, settings.SITE_URL)
    wrong = f", but its first page fails with status {status}; see above" if status >= 500 else ""
    say(f"\nSole Practice answers at {settings.SITE_URL}{wrong}\nCtrl-C stops it.")
    if not settings.DEMO:
        return
    say("\nDemo accounts:")
    for account in settings.DEMO_ACCOUNTS:
        key = account["password"] or f"a code by e-mail, which arrives at {settings.SITE_URL}/demo/mail/"
        say(f"  {account['role'].replace('_', ' '):<14} {account['email']:<22} {key}")
    say("")


def environment(mail: socket.socket | None) -> dict[str, str]:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "practice.settings", "PYTHONUNBUFFERED": "1"}
    if mail is not None:
        env["EMAIL_URL"] = f"smtp://127.0.0.1:{mail.getsockname()[1]}"
    brewed = Path("/opt/homebrew/lib")
    if sys.platform == "darwin" and brewed.is_dir():  # where the loader does not look for Pango by itself
        env.setdefault("DYLD_FALLBACK_LIBRARY_PATH", str(brewed))
    return env


def main() -> int:
    os.umask(0o077)
    try:
        from practice import settings
    except ImproperlyConfigured as fault:
        refuse(fault)
    host = os.environ.get("BIND") or "127.0.0.1"
    held = lock(settings.DATA_DIR)
    check_port(host, settings.PORT)
    mail = socket.create_server(("127.0.0.1", 0)) if settings.DEMO and not os.environ.get("EMAIL_URL") else None
    try:
        plan = list(programs(host, mail))
    except (FileNotFoundError, redis_server.FolderNotPrivate) as fault:
        refuse(fault)
    if settings.REDIS_SOCKET.parent.parent != settings.DATA_DIR and not os.environ.get("REDIS_URL"):
        say(f"DATA_DIR is too long a path for a socket; the private Redis lies in {settings.REDIS_SOCKET.parent}.")
    try:
        return Supervisor(plan, environment(mail), ROOT, when_ready=lambda: welcome(host)).run()
    finally:
        os.close(held)


if __name__ == "__main__":
    sys.exit(main())
