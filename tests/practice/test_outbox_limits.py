"""The mail provider's limits: moments and connections that all workers share."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail

from bench import mail_limits
from practice.mail import deliver, rate_limit
from practice.mail.models import MailConnection, MailServer, OutboundMessage
from practice.mail.outbox import send_due
from practice.mail.rate_limit import NotOurTurn, connection_slot, next_moment
from tests import services
from tests.make import NOON
from tests.make_reminders import make_message


@pytest.fixture
def server(db, settings) -> MailServer:
    settings.EMAIL_MAX_PER_SECOND, settings.EMAIL_MAX_CONNECTIONS = 10, 2
    return MailServer.objects.create(pk=1)


def test_moments_are_handed_out_once_and_spaced(server) -> None:
    moments = [next_moment(NOON) for _each in range(30)]
    assert moments[0] == NOON
    gaps = {later - earlier for earlier, later in pairwise(moments)}
    # Ten to a second, also when the first comes late and the last in time.
    assert gaps == {(timedelta(seconds=1) + rate_limit.LATEST) / 10}
    assert next_moment(NOON + timedelta(hours=1)) == NOON + timedelta(hours=1), "what was not used is gone"


def test_whoever_would_wait_long_comes_back_later(server) -> None:
    while next_moment(NOON) < NOON + rate_limit.LONGEST_WAIT - timedelta(seconds=0.2):
        pass
    with pytest.raises(NotOurTurn):
        [next_moment(NOON) for _each in range(3)]
    make_message()
    assert send_due(NOON) == 0
    assert send_due(NOON + timedelta(minutes=1)) == 1


def test_a_moment_that_passed_at_the_server_is_waited_for_before_the_mark(server, monkeypatch) -> None:
    """Between mark and body nothing waits, or a stop would be answered before the mail begins."""
    message = make_message()
    rows, seen = OutboundMessage.objects.across_practices().filter(pk=message.pk), []
    missed = iter([True, False])
    monkeypatch.setattr(deliver, "is_missed", lambda *_moments: next(missed))
    monkeypatch.setattr(deliver, "wait_for_moment", lambda _clock: seen.append(rows.get().state))
    assert send_due(NOON) == 1
    assert seen == ["claimed", "claimed"]
    assert rows.get().state == "sent"


def test_a_mark_that_came_too_late_is_taken_back(server, monkeypatch) -> None:
    message = make_message()
    missed = iter([False, True])
    monkeypatch.setattr(deliver, "is_missed", lambda *_moments: next(missed))
    assert send_due(NOON) == 0
    message.refresh_from_db()
    assert (message.state, message.tries) == ("queued", 0)
    assert not mail.outbox
    monkeypatch.undo()
    assert send_due(NOON + timedelta(seconds=20)) == 1


def test_a_clock_that_was_set_back_does_not_stop_the_mail(server) -> None:
    next_moment(NOON + timedelta(hours=2))
    assert next_moment(NOON) == NOON


def test_a_rate_below_one_a_minute_holds(server, settings) -> None:
    settings.EMAIL_MAX_PER_SECOND = 0.01
    assert next_moment(NOON) == NOON
    with pytest.raises(NotOurTurn):
        next_moment(NOON + timedelta(seconds=60))
    assert next_moment(NOON + timedelta(seconds=120)) == NOON + timedelta(seconds=120)


def test_connections_are_taken_given_back_and_outlive_no_worker(server) -> None:
    with connection_slot(NOON) as one, connection_slot(NOON) as two, connection_slot(NOON) as three:
        assert one
        assert two
        assert three is None
        assert {one.number, two.number} == {1, 2}
        make_message()
        assert send_due(NOON) == 0, "no connection is free"
        later = NOON + rate_limit.CONNECTION_LEASE
        with connection_slot(later) as heir:
            assert heir
            assert heir.number == 1
            with pytest.raises(NotOurTurn):
                one.keep(later)
        two.keep(later - timedelta(seconds=1))
    assert not MailConnection.objects.exclude(lease_until=None).exists()
    assert send_due(NOON) == 1


@pytest.mark.services
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_real_workers_keep_the_limits(database) -> None:
    """Small; `bench/mail_limits.py --minutes 10` is the full size."""
    size = {"messages": 60, "workers": 4, "rate": 14, "connections": 2}
    # A thread of its own: the browser that other tests share keeps a loop running in this one.
    with (
        ThreadPoolExecutor(1) as apart,
        services.fresh_postgres() if database == "postgresql" else nullcontext("") as url,
    ):
        noted = apart.submit(mail_limits.run, **size, url=url).result()
    assert len(noted.came) == 60
    assert noted.most_in_a_second() <= 14
    assert noted.most_open <= 2


def test_a_connection_taken_by_a_clock_that_was_set_back_is_free(server, settings) -> None:
    settings.EMAIL_MAX_CONNECTIONS = 1
    with connection_slot(NOON + timedelta(hours=2)) as ahead, connection_slot(NOON) as now:
        assert ahead
        assert now
