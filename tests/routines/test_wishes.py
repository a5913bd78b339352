"""Quiet hours, own times, one message for moments that fall together: as the client wants it, and written down."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from practice.audit.models import AuditEntry
from practice.mail.models import OutboundMessage
from practice.profile.change import change_practice
from routines.plans.models import Plan
from routines.plans.publish import suspend_plan
from routines.reminders import schedule
from routines.reminders.change_preferences import change_own_wishes, next_reminders
from routines.reminders.models import Reminder, ReminderWishes
from routines.reminders.send import plan_ahead, queue_due, still_wanted
from routines.reminders.skip_reasons import LATE_IN_QUIET, SUPERSEDED
from routines.sessions.models import RoutineSession
from tests.make import NOON, make_client, make_practice
from tests.make_reminders import make_running_plan
from tests.routines.test_reminders import DUE, rows, tick

pytestmark = pytest.mark.django_db
State = Reminder.State
PAGE = "/me/reminders/"


def test_the_practices_quiet_hours_hold_and_the_ledger_says_so(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("06:30", "22:00"))
    tick(NOON)
    assert rows(plan)[0] == ("16 22:00", State.SKIPPED, schedule.QUIET)
    tick(DUE.replace(hour=6, minute=59))
    assert not mail.outbox
    for _again in range(2):
        tick(DUE.replace(hour=7, minute=0))
    assert len(mail.outbox) == 1
    sent = plan.reminders.get(slot="06:30", local_day=DUE.date())
    assert (sent.state, sent.reason_text) == (State.SENT, schedule.MOVED)


def test_a_change_of_wishes_replans_at_once_and_back(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("22:00",))
    tick(NOON)
    assert [row[1] for row in rows(plan)] == [State.SKIPPED, State.SKIPPED]
    assert change_own_wishes(noor.user, at=NOON, quiet="none") == 1
    assert change_own_wishes(noor.user, at=NOON, quiet="none") == 0, "the same again changes nothing"
    assert [row[1] for row in rows(plan)] == [State.PLANNED, State.PLANNED]
    change_own_wishes(noor.user, at=NOON, quiet="practice", chosen_times={"22:00": "21:00"})
    assert [f"{row.due_at:%H:%M}" for row in plan.reminders.all()] == ["21:00", "21:00"]
    change_own_wishes(noor.user, at=NOON, chosen_times={})
    assert [row[1:] for row in rows(plan)] == [(State.SKIPPED, schedule.QUIET)] * 2
    assert AuditEntry.objects.for_practice(noor.practice_id).filter(action="reminder.changed").count() == 3


def test_the_practices_change_reaches_those_without_a_choice(noor, jon, practice, mira) -> None:
    other = make_client(practice, "own@example.org", "Own")
    ReminderWishes.objects.create(client=other, quiet="own", quiet_from="20:00", quiet_to="05:00")
    plan, own = make_running_plan(noor, jon, times=("20:30",)), make_running_plan(other, jon, times=("20:30",))
    tick(NOON)
    change_practice(practice, revision=0, by=mira, at=NOON, quiet_hours_from=schedule.time(20, 0))
    for _twice in range(2):
        plan_ahead(NOON)
    assert rows(plan)[0] == ("16 20:30", State.SKIPPED, schedule.QUIET)
    assert rows(own)[0] == ("16 20:30", State.SKIPPED, schedule.QUIET)
    practice.refresh_from_db()
    change_practice(practice, revision=1, by=mira, at=NOON, quiet_hours_from=schedule.time(7, 0))
    for _twice in range(2):
        plan_ahead(NOON)
    assert rows(plan)[0] == ("16 20:30", State.PLANNED, ""), "two equal times are no quiet hours"
    assert rows(own)[0] == ("16 20:30", State.SKIPPED, schedule.QUIET)


def test_a_reminder_that_is_late_does_not_break_into_quiet_hours(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("21:00",))
    tick(NOON)
    for _again in range(2):
        tick(datetime(2026, 3, 16, 21, 46, tzinfo=UTC))
    assert not mail.outbox
    assert rows(plan)[0] == ("16 21:00", State.SKIPPED, LATE_IN_QUIET)


def test_a_nudge_although_it_was_logged_if_the_client_wants(noor, jon) -> None:
    change_own_wishes(noor.user, at=NOON, only_unlogged=False)
    plan = make_running_plan(noor, jon)
    tick(NOON)
    RoutineSession.objects.create(
        plan=plan, version=plan.current_version, local_day=DUE.date(), state="done", begun_at=DUE - timedelta(minutes=9)
    )
    for _again in range(2):
        tick(DUE)
    assert len(mail.outbox) == 1


# ---- One message for what falls together


def test_moments_of_two_plans_within_half_an_hour_are_one_message(noor, jon) -> None:
    first = make_running_plan(noor, jon, times=("07:30", "09:00"))
    second = make_running_plan(noor, jon, times=("08:00", "08:01"))
    tick(NOON)
    for _again in range(2):
        tick(DUE)
    assert len(mail.outbox) == 1
    assert rows(first)[0][1] == rows(second)[0][1] == State.SENT
    messages = set(Reminder.objects.across_practices().filter(state=State.SENT).values_list("message", flat=True))
    assert len(messages) == 1
    for minutes in (30, 31, 32):
        tick(DUE + timedelta(minutes=minutes))
    assert len(mail.outbox) == 2, "08:01 is more than half an hour after 07:30"
    tick(DUE + timedelta(minutes=90))
    assert len(mail.outbox) == 3


def test_a_suspended_plan_does_not_take_the_other_plans_moment_along(noor, jon) -> None:
    kept, suspended = make_running_plan(noor, jon), make_running_plan(noor, jon, times=("07:45",))
    plan_ahead(NOON)
    queue_due(DUE)
    suspend_plan(suspended, by=jon, at=DUE, cause="test")
    for _again in range(2):
        tick(DUE)
    assert len(mail.outbox) == 1
    assert rows(kept)[0] == ("17 07:30", State.SENT, "")
    assert rows(suspended)[0][1] == State.SKIPPED


def test_at_the_hand_over_each_moment_is_asked_for_by_itself(
    noor, jon, practice, django_assert_max_num_queries
) -> None:
    plan, gone = make_running_plan(noor, jon), make_running_plan(noor, jon, times=("07:45",))
    others = [make_running_plan(make_client(practice, f"c{n}@example.org", "C"), jon) for n in range(8)]
    plan_ahead(NOON)
    queue_due(DUE)
    Plan.objects.across_practices().filter(pk__in=[gone.pk, others[0].pk]).update(state="suspended")
    messages = list(OutboundMessage.objects.across_practices())
    assert len(messages) == 9
    with django_assert_max_num_queries(8), time_machine.travel(DUE, tick=False):
        refused = still_wanted(messages, DUE)
    assert [str(key) for key in refused] == [str(others[0].reminders.exclude(message=None).get().message_id)]
    assert rows(gone)[0][1] == State.SKIPPED
    assert rows(plan)[0][1] == State.QUEUED
    assert still_wanted([], DUE) == {}


def test_a_plan_that_is_planned_late_sends_no_second_message(noor, jon) -> None:
    make_running_plan(noor, jon, times=("07:30",))
    tick(NOON)
    tick(DUE)
    late = make_running_plan(noor, jon, at=NOON, times=("07:30",))
    Reminder.objects.create(plan=late, local_day=DUE.date(), slot="07:30", due_at=DUE)
    for _again in range(2):
        tick(DUE + timedelta(minutes=5))
    assert len(mail.outbox) == 1
    assert late.reminders.get(due_at=DUE).reason == SUPERSEDED


# ---- The client's own page


def test_the_page_saves_and_shows_what_comes(noor, jon, browse) -> None:
    make_running_plan(noor, jon, times=("06:30", "22:00"))
    browser = browse(noor)
    with time_machine.travel(NOON, tick=False):
        tick(NOON)
        assert "21:30 to 07:00" in browser.get(PAGE).content.decode()
        typed = {"quiet": "own", "quiet_from": "23:00", "quiet_to": "06:00", "slot_0630": "08:15", "slot_2200": "22:00"}
        assert browser.post(PAGE, typed).status_code == 302
        page = browser.get(PAGE).content.decode()
    saved = ReminderWishes.objects.for_practice(noor.practice_id).get()
    assert (saved.chosen_times, saved.only_unlogged) == ({"06:30": "08:15"}, False)
    assert "Your routine says 06:30." in page
    assert 'value="08:15"' in page


def test_what_comes_next_is_shown_in_its_order(noor, jon) -> None:
    make_running_plan(noor, jon, times=("20:00", "08:00"))
    tick(NOON)
    assert [f"{row.due_at:%d %H:%M}" for row in next_reminders(noor.user, at=NOON)] == [
        "16 20:00", "17 08:00", "17 20:00", "18 08:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        {"quiet": "own", "quiet_from": "23:00"},
        {"quiet": "own", "quiet_from": "25:00", "quiet_to": "06:00"},
        {"quiet": "always"},
        {"quiet": "none", "slot_0730": "soon"},
        {},
    ],
)
def test_bad_input_saves_nothing(noor, jon, browse, typed) -> None:
    make_running_plan(noor, jon)
    assert browse(noor).post(PAGE, typed | {"slot_0730": typed.get("slot_0730", "07:30")}).status_code == 200
    assert not ReminderWishes.objects.for_practice(noor.practice_id).exists()


def test_it_is_the_persons_own_in_every_practice_and_nobody_elses(noor, jon, practice, rex, browse) -> None:
    here, other = make_client(practice, "b@example.org", "B"), make_client(rex.practice)
    browse(noor).post(PAGE, {"quiet": "none", "only_unlogged": "on"})
    changed = ReminderWishes.objects.across_practices().values_list("client", flat=True)
    assert set(changed) == {noor.pk, other.pk}
    assert here.pk not in changed


def test_someone_without_a_practice(ada, browse) -> None:
    assert "No practice looks after you" in browse(ada).get(PAGE).content.decode()
    assert browse(ada).post(PAGE, {"quiet": "none"}).status_code == 302
    make_practice("Nobody's")
