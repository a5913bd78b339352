"""Real Redis, workers, beats, mail server, and both databases: each message once, whatever dies."""

import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis as redis_client

from bench.chaos.ready import DATABASE_FILE, TEMPLATE
from tests import services
from tests.mail.bad_smtp import Server, bad_server, stall

pytestmark = pytest.mark.services
WORKER = "worker --concurrency 1"


@dataclass
class Outbox:
    """A site without its pages: tables, Redis, mail server, and as many workers and beats as a test starts."""

    env: dict[str, str]
    mail: Server
    folder: Path
    beats: int = field(default=0)

    def worker(self) -> Any:
        return services.celery(WORKER, **self.env)

    def beat(self) -> Any:
        self.beats += 1
        return services.celery(f"beat -s {self.folder / f'beat{self.beats}'}", **self.env)

    def do(self, *words: str) -> str:
        command = [sys.executable, *words]
        run = subprocess.run(
            command, env=services.environment(DEMO="1", **self.env), cwd=services.ROOT, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    def fill(self, messages: int, clients: int) -> None:
        self.do("-m", "tests.mail.outbox_driver", str(messages), str(clients))

    def states(self, table: str = "practice_outboundmessage", where: str = "") -> dict[str, int]:
        """Read past Django, so that looking often costs little."""
        query = f"SELECT state, count(*) FROM {table} {where} GROUP BY state"
        if url := self.env.get("DATABASE_URL"):
            with psycopg.connect(url) as connection:
                return dict(connection.execute(query).fetchall())
        with contextlib.closing(sqlite3.connect(Path(self.env["DATA_DIR"]) / "sole-practice.sqlite3")) as connection:
            return dict(connection.execute(query).fetchall())

    def reminders(self) -> dict[str, int]:
        return self.states("routines_reminder", "WHERE state <> 'planned'")

    def offered(self) -> Counter[bytes]:
        """How often each Message-ID came, whole, to the mail server."""
        return Counter(re.search(rb"Message-ID: (\S+)", body, re.IGNORECASE)[1] for body in self.mail.offered)  # type: ignore[index]

    def wait(self, messages: dict[str, int], seconds: float = 60) -> None:
        services.wait_until(lambda: self.states() == messages, f"messages are {messages}", seconds)


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path, ready: Path) -> Iterator[Outbox]:
    with contextlib.ExitStack() as stack:
        mail = stack.enter_context(bad_server())
        env = {
            "DATA_DIR": str(tmp_path / "var"),
            "DJANGO_SETTINGS_MODULE": "tests.quick_settings",
            "EMAIL_URL": mail.url,
            "REDIS_URL": stack.enter_context(services.redis()),
        }
        if request.param == "postgresql":
            env["DATABASE_URL"] = stack.enter_context(services.fresh_postgres((ready / TEMPLATE).read_text()))
        (tmp_path / "var").mkdir(mode=0o700)
        shutil.copy(ready / DATABASE_FILE, tmp_path / "var")
        yield Outbox(env, mail, tmp_path)


def test_two_workers_and_two_beats_send_each_once(site: Outbox) -> None:
    site.fill(messages=25, clients=25)
    with site.beat(), site.beat(), site.worker(), site.worker():
        site.wait({"sent": 50})
        services.wait_until(lambda: site.reminders() == {"sent": 25}, "reminders know it")
    assert set(site.offered().values()) == {1}
    assert len(site.offered()) == 50


def test_killed_between_hand_over_and_answer_is_unconfirmed_and_not_sent_again(site: Outbox) -> None:
    site.mail.answers["body"] = ["250 taken", "250 taken", stall]
    site.fill(messages=8, clients=0)
    with site.beat():
        with site.worker() as worker:
            services.wait_until(lambda: len(site.mail.offered) == 3, "the third body has come")
            os.killpg(worker.pid, signal.SIGKILL)
        with site.worker():
            site.wait({"sent": 7, "unconfirmed": 1})
    assert set(site.offered().values()) == {1}
    assert len(site.offered()) == 8


def test_killed_between_acceptance_and_the_commit_for_two_is_unconfirmed(site: Outbox) -> None:
    site.fill(messages=8, clients=0)
    command = [sys.executable, "-m", "tests.mail.outbox_worker", "send-and-die"]
    killed = subprocess.run(command, env=services.environment(DEMO="1", **site.env), cwd=services.ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert len(site.mail.accepted) == 2
    assert site.states() == {"sent": 1, "handing_over": 1, "claimed": 6}
    with site.beat(), site.worker():
        site.wait({"sent": 7, "unconfirmed": 1})
    assert set(site.offered().values()) == {1}
    assert len(site.offered()) == 8


def test_killed_there_and_the_provider_tells_repeats(site: Outbox) -> None:
    site.env["EMAIL_IDEMPOTENCY_HEADER"] = "Resend-Idempotency-Key"
    site.fill(messages=8, clients=0)
    command = [sys.executable, "-m", "tests.mail.outbox_worker", "send-and-die"]
    subprocess.run(command, env=services.environment(DEMO="1", **site.env), cwd=services.ROOT)
    assert len(site.mail.accepted) == 2
    with site.beat(), site.worker():
        site.wait({"sent": 8})
    keys = [re.search(rb"Resend-Idempotency-Key: (\S+)", body)[1] for body in site.mail.accepted]  # type: ignore[index]
    assert len(set(keys)) == 8, "the provider lets one of each through"
    assert len(keys) == 9


def test_workers_killed_and_redis_emptied_lose_and_double_nothing(site: Outbox) -> None:
    chance = random.Random(4)
    site.fill(messages=120, clients=30)
    redis = redis_client.Redis.from_url(site.env["REDIS_URL"])
    with site.beat():
        for kill in range(4):
            before = len(site.mail.offered)
            with site.worker() as worker, site.worker():
                wanted = before + chance.randrange(3, 15)
                with contextlib.suppress(services.TookTooLong):
                    services.wait_until(lambda wanted=wanted: len(site.mail.offered) >= wanted, "some more", 15)
                os.killpg(worker.pid, signal.SIGKILL)
            if kill % 2:
                redis.flushall()
        with site.worker(), site.worker():
            services.wait_until(
                lambda: set(site.states()) <= {"sent", "unconfirmed"} and sum(site.states().values()) == 150,
                "all are settled",
                90,
            )
    ended = site.states()
    assert set(site.offered().values()) == {1}, "doubled"
    assert len(site.offered()) >= ended["sent"]


def test_the_beat_is_dead_and_mail_still_leaves(site: Outbox) -> None:
    site.fill(messages=3, clients=3)
    with site.worker():
        site.wait({"sent": 6})
