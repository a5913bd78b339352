"""Each change that matters marks its plans, so that a tick reads only what is marked; a forgotten mark is found."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from clients.consent.consent import give_consents, withdraw_consent
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from routines.plans.models import Plan
from routines.plans.publish import end_plan, resume_plan, suspend_plan
from routines.reminders import replan_queue
from routines.reminders.models import PlanningRound, Reminder, ReminderHorizon, ReminderWishes
from routines.reminders.plan import HORIZON
from routines.reminders.replan_queue import AT_ONCE, compare_slice
from routines.reminders.send import mirror_outcomes, plan_ahead, queue_due
from routines.reminders.skip_reasons import STALE, SUPERSEDED
from tests.make import NOON, make_client, make_member, make_practice
from tests.make_plan import make_published_plan
from tests.make_reminders import content, make_running_plan
from tests.routines.test_reminders import DUE, rows, tick

pytestmark = pytest.mark.django_db
State = Reminder.State


def horizon(plan: Plan) -> ReminderHorizon | None:
    return ReminderHorizon.objects.across_practices().filter(plan=plan).first()


def looks(at: datetime) -> int:
    """A slow look at all plans, and the planning that follows from it."""
    PlanningRound.objects.all().delete()
    found = compare_slice(at)
    while plan_ahead(at):
        pass
    return found


# ---- Marks


def test_a_plan_is_looked_at_again_only_when_its_time_has_come(noor, jon, django_assert_num_queries) -> None:
    plan = make_running_plan(noor, jon)
    assert plan_ahead(NOON) == 1
    with django_assert_num_queries(3):  # one read between BEGIN and COMMIT
        assert plan_ahead(NOON + timedelta(hours=23)) == 0
    assert plan_ahead(NOON + timedelta(hours=24)) == 1
    assert plan_ahead(NOON + timedelta(hours=24)) == 0
    assert [moment for moment, _state, _reason in rows(plan)] == ["17 07:30", "18 07:30", "19 07:30"]


def test_a_plan_that_is_over_or_begins_later_waits(noor, jon) -> None:
    over = make_running_plan(noor, jon, to_day=10)  # until 10 March
    later = make_running_plan(noor, jon, starts_on=date(2026, 5, 1))
    assert plan_ahead(NOON) == 2
    assert horizon(over).replan_at is None
    assert horizon(later).replan_at == datetime(2026, 4, 28, tzinfo=NOON.tzinfo)
    at = NOON
    while at < datetime(2026, 5, 2, tzinfo=NOON.tzinfo):
        plan_ahead(at)
        at += timedelta(hours=6)
    assert rows(over) == []
    assert rows(later)[0][0] == "01 07:30"


def test_each_change_of_a_plan_is_followed_at_once(signed: Client, jon, noor) -> None:
    give_consents(noor, wordings={"reminders": "Yes."}, by=noor.user, at=NOON)
    plan = make_published_plan(signed, jon)
    assert plan.reminders.planned().exists(), "released"
    suspend_plan(plan, by=jon, at=NOON, cause="test")
    assert plan.reminders.planned().exists(), "so that the ledger can show what was skipped"
    resume_plan(plan, by=jon, at=NOON)
    withdraw_consent(noor, purpose="reminders", by=noor.user, at=NOON)
    assert horizon(plan) is None
    assert not plan.reminders.planned().exists()
    give_consents(noor, wordings={"reminders": "Yes."}, by=noor.user, at=NOON)
    assert horizon(plan).replan_at == AT_ONCE
    for _twice in range(2):
        plan_ahead(NOON)
    assert plan.reminders.planned().exists(), "agreed again"
    end_plan(plan, by=jon, at=NOON)
    assert horizon(plan) is None
    assert not plan.reminders.planned().exists()


FORGOTTEN: dict[str, Callable[[Plan], Any]] = {
    "horizon": lambda plan: ReminderHorizon.objects.across_practices().all().delete(),
    "clocks": lambda plan: Client.objects.across_practices().update(time_zone="Asia/Tokyo"),
    "wishes": lambda plan: ReminderWishes.objects.create(client=plan.client, chosen_times={"07:30": "09:00"}),
    "consent": lambda plan: plan.client.consents.update(withdrawn_at=NOON),
    "archive": lambda plan: Client.objects.across_practices().update(archived_at=NOON),
    "quiet": lambda plan: type(plan.client.practice).objects.update(quiet_hours_from="07:00"),
}


@pytest.mark.parametrize("what", FORGOTTEN)
def test_a_forgotten_mark_is_found(noor, jon, what) -> None:
    plan = make_running_plan(noor, jon)
    plan_ahead(NOON)
    Reminder.objects.across_practices().filter(plan=plan, local_day=date(2026, 3, 18)).delete()
    assert looks(NOON) == 0, "as planned"
    FORGOTTEN[what](plan)
    assert plan_ahead(NOON) == 0
    assert looks(NOON) == 1
    assert looks(NOON) == 0


def test_the_slow_look_goes_round_in_slices(noor, jon, monkeypatch) -> None:
    monkeypatch.setattr(replan_queue, "SLICE", 2)
    plans = [make_running_plan(noor, jon) for _number in range(5)]
    plan_ahead(NOON)
    ReminderHorizon.objects.across_practices().all().delete()
    at, found = NOON, []
    for turn in range(4):
        if turn == 3:
            assert plan_ahead(NOON) == len(plans)
        found.append(compare_slice(at))
        assert compare_slice(at) == 0, "not twice within the pause"
        at += timedelta(seconds=10)
    assert found == [2, 2, 1, 0]


def test_one_that_cannot_be_read_is_put_off_and_tried_again(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    version = plan.current_version
    good, version.content = version.content, {**content(), "phases": [{}]}
    version.save()
    assert plan_ahead(NOON) == 0
    assert horizon(plan).replan_at == NOON + timedelta(hours=1)
    version.content = good
    version.save()
    for _twice in range(2):
        plan_ahead(NOON + timedelta(hours=1))
    assert len(rows(plan)) == 2


# ---- What a tick costs


def test_a_ticks_queries_do_not_depend_on_the_rows(practice, jon) -> None:
    counts = []
    for size in (2, 12):
        for number in range(size):
            make_running_plan(make_client(practice, f"{size}-{number}@example.org", "C"), jon, times=("07:30", "12:00"))
        plan_ahead(NOON - HORIZON)
        asked = []
        for work in (plan_ahead, queue_due, compare_slice):
            ReminderHorizon.objects.across_practices().update(replan_at=NOON)
            with CaptureQueriesContext(connection) as queries:
                work(DUE)
            asked.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            mirror_outcomes()
        counts.append([*asked, len(queries)])
        PlanningRound.objects.all().delete()
    assert counts[0] == counts[1]


# ---- After an outage


def test_after_thirty_days_each_client_gets_one_and_every_moment_is_listed(practice, jon) -> None:
    plans = []
    for number in range(25):
        client = make_client(practice, f"c{number}@example.org", "C")
        plans += [make_running_plan(client, jon), make_running_plan(client, jon, times=("07:30", "09:00", "20:00"))]
    tick(NOON)
    at = datetime(2026, 4, 15, 8, 5, tzinfo=NOON.tzinfo)
    with time_machine.travel(at, tick=False):
        while plan_ahead(at) + queue_due(at, limit=7):
            pass
        tick(at)
    assert len(mail.outbox) == 25
    assert {len(sent.to) for sent in mail.outbox} == {1}
    past = Reminder.objects.across_practices().filter(due_at__lte=at)
    assert not past.planned().exists()
    assert past.filter(state=State.SENT).count() == 25
    assert past.count() == 25 * 30 * 4
    assert set(past.exclude(state=State.SENT).values_list("state", "reason").order_by().distinct()) == {
        (State.SKIPPED, STALE),
        (State.SKIPPED, SUPERSEDED),
    }


# ---- Several workers


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_decide_each_moment_once() -> None:
    practice = make_practice()
    jon = make_member(practice, "therapist", "jon@example.org")
    for number in range(30):
        make_running_plan(make_client(practice, f"c{number}@example.org", "C"), jon)
    faults: list[Exception] = []

    def work() -> None:
        try:
            for _turn in range(4):
                plan_ahead(NOON)
                compare_slice(NOON)
            for _turn in range(8):
                queue_due(DUE, limit=5)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all() if threading.current_thread() is not threading.main_thread() else None

    if connection.vendor == "postgresql":
        workers = [threading.Thread(target=work) for _number in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    else:  # SQLite in memory lets one in at a time; one after the other it must come to the same
        work(), work()
    assert not faults
    while queue_due(DUE):
        pass
    messages = OutboundMessage.objects.across_practices()
    assert messages.count() == len(set(messages.values_list("client_ref", flat=True))) == 30
    assert Reminder.objects.across_practices().filter(state=State.QUEUED).count() == 30
