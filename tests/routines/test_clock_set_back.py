"""The machine's clock ran ahead and was set back: what it did meanwhile must not wait for that time to come again."""

from datetime import timedelta

import pytest
from django.core import mail

from practice.mail.deliver import mail_server_waits
from practice.mail.lease import claim, sweep
from practice.mail.models import MailServer, OutboundMessage
from practice.mail.outbox import send_due
from routines.reminders.replan_queue import compare_slice
from routines.reminders.send import mirror_outcomes, plan_ahead, queue_due
from tests.make import NOON
from tests.make_reminders import make_message, make_running_plan

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def due(at) -> int:
    return OutboundMessage.objects.across_practices().due(at).count()


def test_a_reminder_queued_too_early_leaves_at_its_own_time(noor, jon) -> None:
    make_running_plan(noor, jon, times=("12:30",))
    plan_ahead(NOON)
    assert queue_due(NOON + 2 * HOUR) == 1
    assert (due(NOON), due(NOON + HOUR / 2)) == (0, 1)


def test_a_mail_given_up_tomorrow_leaves_today(noor, jon) -> None:
    """Queued, then a tick at which the clock is a day ahead, then a right one."""
    plan = make_running_plan(noor, jon, times=("12:30",))
    compare_slice(NOON)
    plan_ahead(NOON)
    assert queue_due(NOON + HOUR / 2) == 1
    compare_slice(NOON + DAY)
    assert send_due(NOON + DAY) == 1
    mirror_outcomes()
    assert plan.reminders.earliest("due_at").state == "skipped"
    compare_slice(NOON + HOUR)
    assert plan.reminders.earliest("due_at").state == "queued"
    assert send_due(NOON + HOUR) == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_claim_of_tomorrow_does_not_hold_a_message_today() -> None:
    make_message(NOON)
    assert len(claim(NOON + DAY, 10)) == 1
    assert due(NOON + DAY) == 0, "held while its worker may live"
    assert due(NOON) == 1
    [again] = claim(NOON, 10)
    assert again.attempt == 2, "the first worker has lost it"
    assert due(NOON) == 0


def test_a_pause_for_everybody_ends() -> None:
    MailServer.objects.create(pk=1, failures=3, paused_until=NOON + timedelta(hours=2))
    assert mail_server_waits(NOON)


def test_a_hand_over_that_was_cut_short_is_listed_at_once() -> None:
    message = make_message()
    OutboundMessage.objects.across_practices().update(state="handing_over", lease_until=NOON + timedelta(hours=2))
    assert sweep(NOON) == 1
    message.refresh_from_db()
    assert message.state == "unconfirmed"
