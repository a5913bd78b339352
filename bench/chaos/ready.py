"""Tables and collected files, made once and copied for each run: making them takes longer than a small run."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests import services

DATABASE_FILE = "sole-practice.sqlite3"
#: In the folder of a ready site: the PostgreSQL database to copy.
TEMPLATE = "template-database"


@contextlib.contextmanager
def ready_site(folder: Path, postgres_url: str = "") -> Iterator[Path]:
    """An empty site in `folder`, on SQLite and, where a server is given, as a database on that."""
    env = {"DEMO": "1", "DATA_DIR": str(folder)}
    _manage(env, "migrate", "--verbosity", "0")
    _manage(env, "collectstatic", "--no-input", "--verbosity", "0", *_unused())
    if postgres_url:
        name = f"chaos_template_{os.getpid()}"
        _admin(postgres_url, f"CREATE DATABASE {name}")
        _manage({**env, "DATABASE_URL": database_url(postgres_url, name)}, "migrate", "--verbosity", "0")
        (folder / TEMPLATE).write_text(name)
    try:
        yield folder
    finally:
        if postgres_url:
            _admin(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def unfold(ready: Path, data_dir: Path) -> None:
    """A copy of the ready site as the start of a run's own."""
    data_dir.mkdir(mode=0o700)
    shutil.copy(ready / DATABASE_FILE, data_dir)
    shutil.copytree(ready / "static", data_dir / "static")


@contextlib.contextmanager
def fresh_postgres(ready: Path | None) -> Iterator[str]:
    """A database of this run's own, dropped afterwards."""
    template = (ready / TEMPLATE).read_text() if ready and (ready / TEMPLATE).exists() else "template1"
    with services.postgres() as url:
        name = f"chaos_{os.getpid()}"
        _admin(url, f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield database_url(url, name)
        finally:
            from django.db import connections

            connections.close_all()
            _admin(url, f"DROP DATABASE {name} WITH (FORCE)")


def database_url(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _admin(url: str, command: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(command)


def _manage(env: dict[str, str], *words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words], cwd=services.ROOT, env=services.environment(**env), check=True
    )


def _unused() -> list[str]:
    from practice.startup.bootstrap import UNUSED_FILES

    return [word for pattern in UNUSED_FILES for word in ("--ignore", pattern)]
