"""Health answers in what is kept beside the rows: the database's files and the broker."""

import sqlite3
from typing import Any

import pytest
import redis as redis_client
from django.db import connection
from django.utils import timezone

from practice import celery
from tests import services
from tests.make_plan import make_starter
from tests.make_world import make_world
from tests.test_isolation import HEALTH, SEALED_WORDS


@pytest.mark.django_db(transaction=True)
def test_health_is_not_in_the_database_file(tmp_path: Any) -> None:
    """The whole file, free pages and all; a PostgreSQL is read row by row in test_isolation."""
    if connection.vendor != "sqlite":
        return
    make_starter()
    world = make_world(HEALTH, at=timezone.now(), heel_arch_pain=3, heel_pain_side="right",
                       heel_pain_course="new_or_improving", heel_pain_assessed="yes")  # fmt: skip
    world.record.client.notes = ""
    world.record.client.save()
    connection.ensure_connection()
    with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
        connection.connection.backup(copy)
    kept = (tmp_path / "copy.sqlite3").read_bytes().lower()
    assert f"{HEALTH} client".encode() in kept
    assert not [words for words in SEALED_WORDS if f"{HEALTH} {words}".encode() in kept]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_health_is_not_in_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a wake-up leaves with the broker: a task's name, and nothing of the message."""
    send = celery.app.send_task
    with services.redis() as url, celery.app.connection_for_write(url.replace("unix://", "redis+socket://", 1)) as line:
        monkeypatch.setattr(celery.app, "send_task", lambda name, **how: send(name, connection=line, **how))
        monkeypatch.setattr(celery, "_redis_back_at", 0.0)
        make_starter()
        make_world(HEALTH, at=timezone.now())
        broker = redis_client.Redis.from_url(url)
        kept = b"".join(key + _contents(broker, key) for key in broker.keys("*")).lower()
    assert b"practice.mail.outbox.wake" in kept
    assert HEALTH.encode() not in kept


def _contents(broker: Any, key: bytes) -> bytes:
    kind = broker.type(key)
    if kind == b"list":
        return b"".join(broker.lrange(key, 0, -1))
    if kind == b"hash":
        return b"".join(part for pair in broker.hgetall(key).items() for part in pair)
    if kind == b"set":
        return b"".join(broker.smembers(key))
    if kind == b"zset":
        return b"".join(broker.zrange(key, 0, -1))
    return broker.get(key) or b""
