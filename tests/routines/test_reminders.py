"""Each due moment once, in the client's own time, and never after it is no longer wanted."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from clients.consent.consent import give_consents
from clients.roster.roster import correct_client
from practice.mail import lease
from practice.mail.models import OutboundMessage
from practice.mail.outbox import send_due
from routines.plans import emails
from routines.plans.models import Plan
from routines.plans.publish import suspend_plan
from routines.rechecking import marks
from routines.reminders import send
from routines.reminders.models import Reminder, ReminderWishes
from routines.reminders.plan import replan_client
from routines.reminders.replan_queue import compare_slice
from routines.reminders.send import mirror_outcomes, plan_ahead, queue_due, stop_reminders
from routines.sessions.models import RoutineSession
from tests.make import NOON, make_client
from tests.make_plan import make_starter
from tests.make_reminders import content, freeze_again, make_running_plan

pytestmark = pytest.mark.django_db

#: Half past seven of the day after NOON, in London (still on winter time).
DUE = datetime(2026, 3, 17, 7, 30, tzinfo=UTC)
State = Reminder.State


def rows(plan: Plan) -> list[tuple[str, str, str]]:
    found = plan.reminders.order_by("due_at", "slot")
    return [(f"{row.local_day:%d} {row.slot}", row.state, row.reason) for row in found]


def outcomes(plan: Plan) -> list[str]:
    return [state for _moment, state, _reason in rows(plan)]


def tick(at: datetime) -> None:
    """What one beat does, with the clock held at `at`."""
    with time_machine.travel(at, tick=False):
        mirror_outcomes()
        compare_slice(at)
        plan_ahead(at)
        queue_due(at)
        while send_due(at):
            pass
        mirror_outcomes()


def test_planned_queued_sent_once(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    tick(NOON)
    assert rows(plan) == [("17 07:30", State.PLANNED, ""), ("18 07:30", State.PLANNED, "")]
    tick(DUE - timedelta(seconds=1))
    assert not mail.outbox
    for _again in range(3):
        tick(DUE)
    assert [sent.to for sent in mail.outbox] == [[noor.email]]
    assert rows(plan)[0] == ("17 07:30", State.SENT, "")


def test_the_mail_names_no_health_and_carries_a_way_out(noor, jon, practice) -> None:
    make_running_plan(noor, jon)
    tick(NOON)
    tick(DUE)
    [sent] = mail.outbox
    whole = sent.message().as_string()
    assert sent.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Heel" not in whole
    assert "arch" not in sent.body
    assert sent.body.startswith("Hello Noor,")
    assert "/reminders/stop/" in sent.body
    assert practice.name in sent.from_email


def test_the_client_reads_it_in_their_own_time(practice, jon) -> None:
    tokyo = make_client(practice, "aiko@example.org", "Aiko", time_zone="Asia/Tokyo")
    plan = make_running_plan(tokyo, jon)
    plan_ahead(NOON)
    assert plan.reminders.order_by("due_at").first().due_at == datetime(2026, 3, 16, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize("state", [Plan.State.SUSPENDED, Plan.State.ENDED])
def test_none_for_a_suspended_or_ended_plan(noor, jon, state) -> None:
    plan = make_running_plan(noor, jon)
    tick(NOON)
    plan.state = state
    plan.save()
    tick(DUE)
    assert not mail.outbox
    assert OutboundMessage.objects.across_practices().count() == 0


def test_a_suspended_plans_moments_are_listed_as_skipped(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    tick(NOON)
    suspend_plan(plan, by=jon, at=NOON, cause="test")
    tick(DUE)
    assert rows(plan)[0] == ("17 07:30", State.SKIPPED, send.NOT_NOW)


def test_suspended_between_queue_and_hand_over(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    plan_ahead(NOON)
    queue_due(DUE)
    suspend_plan(plan, by=jon, at=DUE, cause="test")
    tick(DUE)
    assert not mail.outbox
    assert rows(plan)[0] == ("17 07:30", State.SKIPPED, send.NOT_NOW)


def test_the_guard_sees_a_suspension_that_called_nothing_back(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    plan_ahead(NOON)
    queue_due(DUE)
    Plan.objects.across_practices().filter(pk=plan.pk).update(state=Plan.State.SUSPENDED)
    tick(DUE)
    assert not mail.outbox
    assert rows(plan)[0] == ("17 07:30", State.SKIPPED, send.NOT_NOW)


def change_rules(plan: Plan) -> None:
    marks.mark_all(DUE)


def change_own_rules(plan: Plan) -> None:
    marks.mark_practice(plan.client.practice, DUE)


def outlive(plan: Plan) -> None:
    marks.mark_aged(DUE)


@pytest.mark.parametrize("change", [change_rules, change_own_rules, outlive])
def test_a_mark_takes_a_reminder_from_the_worker_that_has_just_asked(noor, jon, change) -> None:
    make_starter()
    plan = make_running_plan(noor, jon)
    plan_ahead(NOON)
    queue_due(DUE)
    Plan.objects.across_practices().filter(pk=plan.pk).update(safe_until=DUE.date() - timedelta(days=1))
    [message] = lease.claim(DUE, 10)
    change(plan)
    assert not lease.mark(message, DUE), "no hand-over begins after the change"
    tick(DUE)
    assert not mail.outbox
    assert rows(plan)[0] == ("17 07:30", State.SKIPPED, send.NOT_NOW)


def test_many_are_asked_about_in_as_many_queries_as_few(practice, jon, django_assert_num_queries) -> None:
    for number in range(12):
        make_running_plan(make_client(practice, f"c{number}@example.org"), jon)
    plan_ahead(NOON)
    queue_due(DUE)
    waiting = list(OutboundMessage.objects.across_practices().filter(kind="reminder"))
    assert len(waiting) == 12
    with django_assert_num_queries(6):
        assert send.still_wanted(waiting, DUE) == {}


def log_session(plan: Plan) -> None:
    RoutineSession.objects.create(
        plan=plan, version=plan.current_version, local_day=DUE.date(), begun_at=DUE + timedelta(hours=1), state="done"
    )


def test_a_moment_gives_way_only_to_a_later_one_that_goes(noor, jon) -> None:
    """Both wait while mail is down; the later one is needless by the time that mail is back."""
    first, later = make_running_plan(noor, jon), make_running_plan(noor, jon, times=("08:30",))
    plan_ahead(NOON)
    queue_due(DUE)
    queue_due(DUE + timedelta(hours=1))
    log_session(later)
    tick(DUE + timedelta(hours=1, minutes=1))
    assert len(mail.outbox) == 1
    assert rows(first)[0] == ("17 07:30", State.SENT, "")
    assert rows(later)[0][1] == State.SKIPPED


@pytest.mark.parametrize("ended", ["failed", "skipped"])
def test_a_moment_gives_way_to_none_whose_message_has_just_ended(noor, jon, ended) -> None:
    first, later = make_running_plan(noor, jon), make_running_plan(noor, jon, times=("08:30",))
    plan_ahead(NOON)
    queue_due(DUE)
    queue_due(DUE + timedelta(hours=1))
    gone = later.reminders.exclude(message=None).get().message_id
    OutboundMessage.objects.across_practices().filter(pk=gone).update(state=ended, settled_at=DUE)
    send_due(DUE + timedelta(hours=1, minutes=1))
    assert len(mail.outbox) == 1
    assert first.reminders.earliest("due_at").message.state == "sent"


def test_a_moment_gives_way_to_a_later_one_that_may_have_arrived(noor, jon) -> None:
    first, later = make_running_plan(noor, jon), make_running_plan(noor, jon, times=("08:30",))
    plan_ahead(NOON)
    queue_due(DUE)
    queue_due(DUE + timedelta(hours=1))
    doubtful = later.reminders.exclude(message=None).get()
    OutboundMessage.objects.across_practices().filter(pk=doubtful.message_id).update(state="unconfirmed")
    tick(DUE + timedelta(hours=1, minutes=1))
    assert not mail.outbox
    assert rows(first)[0][1:] == (State.SKIPPED, "A later reminder went out instead.")


def test_a_mail_says_nothing_of_a_moment_that_was_dropped(noor, jon) -> None:
    make_running_plan(noor, jon)
    logged = make_running_plan(noor, jon, times=("07:45",))
    plan_ahead(NOON)
    queue_due(DUE)
    RoutineSession.objects.create(
        plan=logged, version=logged.current_version, local_day=DUE.date(), begun_at=DUE, state="done"
    )
    tick(DUE)
    assert rows(logged)[0][1] == State.SKIPPED
    [sent] = mail.outbox
    assert "The one of" not in sent.body + sent.alternatives[0].content
    assert sent.body.count("It is done:") == 1


def test_waiting_mail_follows_a_corrected_address(noor, jon, monkeypatch) -> None:
    monkeypatch.setattr(
        "routines.first_page.plan_column.recheck_plans_of", lambda *_args, **_more: None
    )  # not what this is about
    make_running_plan(noor, jon)
    plan_ahead(NOON)
    queue_due(DUE)
    [claimed] = lease.claim(DUE, 10)
    correct_client(noor, by=jon, at=DUE, revision=noor.revision, email="right@example.org")
    assert not lease.mark(claimed, DUE), "a worker has it with the old address"
    tick(DUE)
    assert [sent.to for sent in mail.outbox] == [["right@example.org"]]


def test_a_routine_that_is_paused_is_not_announced(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    message = emails.plan_ready(plan, at=NOON)
    lease.claim(NOON, 10)
    suspend_plan(plan, by=jon, at=NOON, cause="test")
    message.refresh_from_db()
    assert (message.state, message.reason) == (OutboundMessage.State.SKIPPED, emails.NO_LONGER_READY)


def test_answers_that_are_out_of_date_stop_reminders(noor, jon) -> None:
    make_starter()
    plan = make_running_plan(noor, jon)
    plan.safe_until = date(2026, 3, 16)
    plan.save()
    tick(NOON)
    tick(DUE)
    assert rows(plan)[0] == ("17 07:30", State.SKIPPED, send.NOT_NOW)


def test_no_wish_no_reminder(noor, jon) -> None:
    plan = make_running_plan(noor, jon, agreed=False)
    tick(NOON)
    assert rows(plan) == []


def test_stop_holds_from_the_answer_on(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    plan_ahead(NOON)
    queue_due(DUE)
    assert stop_reminders(noor, by=noor.user, at=DUE)
    assert not stop_reminders(noor, by=noor.user, at=DUE)
    tick(DUE)
    tick(DUE + timedelta(days=1))
    assert not mail.outbox
    assert rows(plan) == [("17 07:30", State.SKIPPED, send.NO_WISH)]


def test_wanted_again_later(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    tick(NOON)
    stop_reminders(noor, by=noor.user, at=NOON)
    assert rows(plan) == []
    give_consents(noor, wordings={"reminders": "Yes."}, by=noor.user, at=NOON)
    tick(NOON)
    assert outcomes(plan) == [State.PLANNED, State.PLANNED]


def test_an_archived_client_gets_none(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    plan_ahead(NOON)
    queue_due(DUE)
    noor.archived_at = DUE
    noor.save()
    tick(DUE)
    assert not mail.outbox
    assert rows(plan)[0] == ("17 07:30", State.SKIPPED, send.ARCHIVED)


def test_nothing_to_remind_of_when_it_was_logged(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("07:30", "20:00"))
    tick(NOON)
    at = DUE - timedelta(minutes=10)
    RoutineSession.objects.create(
        plan=plan, version=plan.current_version, local_day=at.date(), state="done", begun_at=at
    )
    tick(DUE)
    tick(DUE.replace(hour=20, minute=0))
    assert len(mail.outbox) == 1, "the morning's session says nothing about the evening's"
    assert [row for row in rows(plan) if row[0].startswith("17")] == [
        ("17 07:30", State.SKIPPED, send.LOGGED),
        ("17 20:00", State.SENT, ""),
    ]


def test_stale_is_not_sent(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    tick(NOON)
    tick(DUE + timedelta(hours=3, seconds=1))
    assert not mail.outbox
    assert rows(plan)[0] == ("17 07:30", State.SKIPPED, send.STALE)


def test_after_thirty_days_down_at_most_one_mail_and_every_moment_listed(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("07:30", "09:00", "20:00"))
    tick(NOON)
    tick(datetime(2026, 4, 15, 8, 30, tzinfo=UTC))
    assert len(mail.outbox) == 1
    past = [row for row in rows(plan) if row[1] != State.PLANNED]
    assert len(past) == 1 + 29 * 3 + 2
    assert past[-1] == ("15 09:00", State.SENT, "")
    assert past[-2] == ("15 07:30", State.SKIPPED, send.SUPERSEDED)
    assert {reason for _moment, _state, reason in past[:-2]} == {send.STALE}


def test_while_mail_was_down_the_older_of_two_gives_way(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("07:30", "08:30"))
    plan_ahead(NOON)
    queue_due(DUE)
    queue_due(DUE + timedelta(hours=1))
    tick(DUE + timedelta(hours=1, minutes=1))
    assert len(mail.outbox) == 1
    assert [row for row in rows(plan) if row[0].startswith("17")] == [
        ("17 07:30", State.SKIPPED, send.SUPERSEDED),
        ("17 08:30", State.SENT, ""),
    ]


def test_new_times_replace_planned_ones(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("07:30",))
    tick(NOON)
    freeze_again(plan, NOON, times=("07:30", "19:00"))
    tick(NOON)
    assert [moment for moment, _state, _reason in rows(plan)] == ["16 19:00", "17 07:30", "17 19:00", "18 07:30"]
    freeze_again(plan, NOON, times=("06:00",))
    tick(NOON)
    assert [moment for moment, _state, _reason in rows(plan)] == ["17 06:00", "18 06:00"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_client_who_moves_gets_each_moment_once(noor, jon, zone) -> None:
    plan = make_running_plan(noor, jon)
    tick(NOON)
    tick(DUE)
    noor.time_zone = zone
    noor.save()
    replan_client(noor, at=DUE)
    at = DUE
    while at < DUE + timedelta(days=4):
        tick(at)
        at += timedelta(minutes=30)
    sent = [row for row in rows(plan) if row[1] == State.SENT]
    assert len({moment for moment, _state, _reason in sent}) == len(sent) == len(mail.outbox)
    assert [moment for moment, _state, _reason in rows(plan)][:4] == ["17 07:30", "18 07:30", "19 07:30", "20 07:30"]


@pytest.mark.parametrize("due_at", [datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)])
def test_an_hour_skipped_or_doubled(noor, jon, due_at) -> None:
    ReminderWishes.objects.create(client=noor, quiet="none")
    plan = make_running_plan(noor, jon, times=("01:30",), at=due_at - timedelta(hours=20))
    at = due_at - timedelta(hours=3)
    while at < due_at + timedelta(hours=5):
        tick(at)
        assert len(mail.outbox) == (at >= due_at)
        at += timedelta(minutes=15)
    assert outcomes(plan)[0] == State.SENT


def test_a_plan_that_cannot_be_read_keeps_nobody_else_waiting(noor, jon, practice) -> None:
    broken, healthy = make_running_plan(noor, jon), make_running_plan(make_client(practice, "b@example.org", "B"), jon)
    version = broken.current_version
    version.content = {**content(), "phases": [{}]}
    version.save()
    tick(NOON)
    assert outcomes(broken) == []
    assert outcomes(healthy) == [State.PLANNED, State.PLANNED]


def test_two_plans_at_the_same_time_are_one_mail(noor, jon) -> None:
    first, second = make_running_plan(noor, jon), make_running_plan(noor, jon)
    tick(NOON)
    tick(DUE)
    assert len(mail.outbox) == 1
    assert [outcomes(first)[0], outcomes(second)[0]] == [State.SENT, State.SENT]


def test_the_demos_reminder_falls_due_within_two_minutes(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    for second in (0, 30, 59):
        at = NOON.replace(second=second)
        row = send.due_soon(plan, at=at)
        assert timedelta(seconds=10) < row.due_at - at < timedelta(minutes=2)
    tick(NOON)
    tick(NOON + timedelta(minutes=2))
    assert len(mail.outbox) == 1


def test_queries_do_not_grow_with_clients(practice, jon, django_assert_max_num_queries) -> None:
    for number in range(12):
        make_running_plan(make_client(practice, f"c{number}@example.org", "C"), jon)
    plan_ahead(NOON)
    with django_assert_max_num_queries(14):
        queue_due(DUE)
    assert OutboundMessage.objects.across_practices().count() == 12
