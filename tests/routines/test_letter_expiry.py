"""From the day after a letter's end to a plan that no channel shows, and a reminder that does not leave."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from clients.letters.letters import record_clearance, withdraw_clearance
from clients.record.models import Clearance
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from routines.plans.models import Plan
from routines.rechecking.recheck import recheck_marked, shown_now
from routines.reminders.models import Reminder
from routines.reminders.send import plan_ahead, queue_due
from tests.make import NOON
from tests.make_intake import make_signed_intake
from tests.make_plan import make_published_plan

pytestmark = pytest.mark.django_db
PAD = "peripheral-arterial-disease"
LAST = NOON + timedelta(days=20)


@pytest.fixture
def letter(rules: None, noor: Client, jon: Member) -> Clearance:
    make_signed_intake(noor, pad_known="yes")
    return record_clearance(
        noor, rules=[PAD], issued_on=NOON.date(), valid_until=LAST.date(), issued_by="GP", by=jon, at=NOON
    )


@pytest.fixture
def plan(letter: Clearance, noor: Client, jon: Member) -> Plan:
    return make_published_plan(noor, jon, at=NOON + timedelta(minutes=1), protocol=PROTOCOL)


PROTOCOL = "wind-down-sleep"


def reminded(at: Any) -> int:
    plan_ahead(at)
    queue_due(at)
    return OutboundMessage.objects.across_practices().filter(kind="reminder").count()


def test_on_its_last_day_the_letter_still_counts(plan: Plan) -> None:
    assert plan.safe_until == LAST.date()
    recheck_marked(LAST)
    plan.refresh_from_db()
    assert shown_now(plan, at=LAST)


def test_the_day_after_the_plan_is_paused_and_nobody_is_reminded(plan: Plan) -> None:
    after = LAST + timedelta(days=1)
    plan_ahead(NOON + timedelta(minutes=2))
    before = reminded(LAST)
    with time_machine.travel(after, tick=False):
        recheck_marked(after)
        plan.refresh_from_db()
        assert plan.state == Plan.State.SUSPENDED
        assert not shown_now(plan, at=after)
        assert reminded(after + timedelta(hours=12)) == before
    assert not Reminder.objects.for_practice(plan.client.practice).filter(due_at__gt=after, state="sent").exists()


def test_whoever_looks_before_the_job_ran_is_not_shown_it_either(plan: Plan) -> None:
    assert not shown_now(plan, at=LAST + timedelta(days=1))
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUSPENDED


def test_a_withdrawn_letter_pauses_the_plan_at_once(plan: Plan, letter: Clearance, jon: Member) -> None:
    withdraw_clearance(letter, by=jon, at=NOON + timedelta(hours=1))
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUSPENDED
