"""A worker and a stop at the same instant, on two connections of PostgreSQL: neither waits for the other for ever."""

import threading
import time

import pytest
from django.db import connection, transaction

from practice.mail import lease, outbox
from practice.mail.models import OutboundMessage
from tests.make import NOON
from tests.make_reminders import make_message

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
State = OutboundMessage.State


def test_a_marker_holds_no_row_while_it_waits_for_another() -> None:
    """The stop holds the next message and then wants the one before it, which the worker is settling."""
    assert connection.vendor == "postgresql", "Run these on PostgreSQL, as `make test` does."
    before, following = make_message(), make_message()
    claimed = {one.pk: one for one in lease.claim(NOON, 10)}
    assert lease.mark(claimed[before.pk], NOON)
    marked: list[bool] = []

    def mark_next() -> None:
        try:
            marked.append(lease.mark(claimed[following.pk], NOON, sent=claimed[before.pk]))
        finally:
            connection.close()

    worker = threading.Thread(target=mark_next)
    rows = OutboundMessage.objects.across_practices()
    with transaction.atomic():
        assert outbox.ask_again([following.pk]) == 1
        worker.start()
        until = time.monotonic() + 20
        while rows.get(pk=before.pk).state != State.SENT and time.monotonic() < until:
            time.sleep(0.01)
        assert rows.get(pk=before.pk).state == State.SENT, "settled without waiting"
        assert not marked, "the stop still holds the next"
        assert outbox.ask_again([before.pk]) == 0
    worker.join(20)
    assert marked == [False]
    assert rows.get(pk=following.pk).state == State.QUEUED
