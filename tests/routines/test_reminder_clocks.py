"""Travel and clocks that jump while ticks run: nothing lost, nothing doubled."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core import mail

from routines.plans.models import Plan
from routines.reminders.models import Reminder, ReminderWishes
from routines.reminders.plan import replan_client
from routines.reminders.skip_reasons import STALE
from tests.make import NOON
from tests.make_reminders import make_running_plan
from tests.routines.test_reminders import DUE, tick

pytestmark = pytest.mark.django_db
State = Reminder.State
STEP = timedelta(minutes=45)
WEST, EAST = "Pacific/Pago_Pago", "Pacific/Kiritimati"  # 25 hours apart, either side of the date line


@pytest.fixture
def plan(noor, jon) -> Plan:
    ReminderWishes.objects.create(client=noor, quiet="none")
    return make_running_plan(noor, jon, times=("00:10", "07:30", "19:00"))


def run(start: datetime, until: datetime) -> None:
    at = start
    while at < until:
        tick(at)
        at += STEP


def told(plan: Plan) -> Counter[str]:
    """How many messages speak for each moment."""
    return Counter(str(row) for row in plan.reminders.exclude(message=None))


def all_are_settled(plan: Plan, before: datetime) -> None:
    """Every (day, slot) of the days passed is there once, and ended as sent or skipped."""
    past = plan.reminders.filter(due_at__lte=before)
    assert set(past.values_list("state", flat=True)) <= {State.SENT, State.SKIPPED}
    days = sorted(set(past.values_list("local_day", flat=True)))[1:-1]
    assert [later - day for day, later in pairwise(days)] == [timedelta(days=1)] * (len(days) - 1)
    for day in days:
        assert sorted(past.filter(local_day=day).values_list("slot", flat=True)) == ["00:10", "07:30", "19:00"], day
    assert set(told(plan).values()) <= {1}
    messages = plan.reminders.exclude(message=None).values("message").distinct().count()
    assert len(mail.outbox) == messages == len(set(told(plan)))


@pytest.mark.parametrize(
    ("origin", "goal"), [(WEST, EAST), (EAST, WEST), (WEST, "Europe/London"), (EAST, "Asia/Tokyo")]
)
@pytest.mark.parametrize("after", [timedelta(hours=hours, minutes=5) for hours in (20, 43)])
def test_over_the_date_line_each_moment_comes_once(plan, noor, origin, goal, after) -> None:
    noor.time_zone = origin
    noor.save()
    replan_client(noor, at=NOON)
    run(NOON, NOON + after)
    sent = set(told(plan))
    for zone in (goal, origin):  # there, and a day later back
        noor.time_zone = zone
        noor.save()
        replan_client(noor, at=NOON + after)
        run(NOON + after, NOON + after + timedelta(days=1))
        after += timedelta(days=1)
    assert sent <= set(told(plan)), "what was sent stays as it was"
    run(NOON + after, NOON + after + timedelta(days=2))
    all_are_settled(plan, NOON + after + timedelta(days=2))


JUMPS = [timedelta(hours=2), timedelta(hours=-2), timedelta(days=1), timedelta(days=-1), timedelta(hours=-1)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("begins", [7, 19])
def test_a_clock_that_jumps_loses_and_doubles_nothing(plan, jump, begins) -> None:
    start = datetime(2026, 3, 17, 12, tzinfo=UTC)
    jumps_at = start + timedelta(days=1, hours=begins, minutes=15)
    run(start, jumps_at)
    run(jumps_at + jump, start + timedelta(days=4))
    all_are_settled(plan, start + timedelta(days=4) - STEP)
    if jump < timedelta(days=1):
        late = plan.reminders.filter(due_at__gt=start, due_at__lte=start + timedelta(days=3), reason=STALE)
        assert not late.exists(), "a jump shorter than REMINDER_STALE_AFTER makes nothing stale"


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_wrong_clock_that_is_put_right_again(plan, jump) -> None:
    start = datetime(2026, 3, 17, 12, tzinfo=UTC)
    run(start, start + timedelta(hours=18))
    run(start + timedelta(hours=18) + jump, start + timedelta(hours=20) + jump)  # wrong for two hours
    run(start + timedelta(hours=20), start + timedelta(days=4))
    all_are_settled(plan, start + timedelta(days=4) - STEP)
    stale = plan.reminders.filter(due_at__gt=start, reason=STALE)
    assert not stale.exists(), "what was given up while the clock was ahead is open again"


def test_ticks_at_one_instant_are_one_tick(plan) -> None:
    tick(NOON)
    for _again in range(5):
        tick(DUE)
    assert len(mail.outbox) == 1
