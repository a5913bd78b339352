"""“Later” and “done” in a reminder: for that occurrence, on its day, on POST, and never past a safety question."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client as Browser

from practice.audit.models import AuditEntry
from practice.core.clock import local_today
from routines.plans.models import Plan
from routines.plans.publish import suspend_plan
from routines.reminders import emails, send
from routines.reminders.answer import Done, is_alive, note_done, snooze_choices, snooze_reminder
from routines.reminders.links import Act, LinkInvalid, answer_url, make_token, read_token
from routines.reminders.models import Reminder, ReminderAnswer
from routines.reminders.send import queue_due
from routines.sessions.day_answers import answer_day
from routines.sessions.log import begin_session
from routines.sessions.models import RoutineSession
from tests.factories.day import day_reply
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_starter
from tests.factories.reminders import agree, freeze_again, make_running_plan
from tests.reminders.test_send import DUE, rows, tick

pytestmark = pytest.mark.django_db

#: `REMINDER_LINK_READS=10000` for the full size.
READS = int(os.environ.get("REMINDER_LINK_READS", "200"))
State = Reminder.State


@pytest.fixture
def starter(db: None) -> None:
    make_starter()


def sent_row(plan: Plan) -> Reminder:
    tick(NOON)
    tick(DUE)
    return plan.reminders.select_related("plan__client__practice", "plan__current_version").get(state=State.SENT)


def path(row: Reminder, act: Act) -> str:
    return urlsplit(answer_url(row, act)).path


def post(row: Reminder, act: Act, at=DUE, **fields) -> str:
    """As a mail program's own browser would: no cookie, no key of a form."""
    with time_machine.travel(at, tick=False):
        answer = Browser(enforce_csrf_checks=True).post(path(row, act), fields)
    assert not answer.cookies
    return answer.content.decode()


# ---- The mail


def test_each_reminder_carries_its_own_links_in_both_parts(noor, jon) -> None:
    row = sent_row(make_running_plan(noor, jon))
    [sent] = mail.outbox
    html = sent.alternatives[0][0]
    stop = sent.message()["List-Unsubscribe"].strip("<>")
    for url in (answer_url(row, Act.SNOOZE), answer_url(row, Act.DONE), stop):
        assert url in sent.body
        assert url in html
    assert "Heel" not in html + sent.body
    assert "Stillwater" in html
    assert not re.search(r"<img|<script|src=", html)


def test_a_link_names_nobody(noor, jon) -> None:
    row = sent_row(make_running_plan(noor, jon))
    url = answer_url(row, Act.DONE)
    for secret in (str(noor.pk), noor.pk.hex, noor.email, "Noor", "heel", str(row.pk)):
        assert secret.lower() not in url.lower()


def test_one_message_for_several_moments_has_the_links_of_each(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("07:30", "08:00"))
    tick(NOON)
    pair = list(plan.reminders.order_by("due_at")[:2])
    message = emails.reminder(pair, unsubscribe_url="http://testserver/u", precheck="", at=DUE)
    assert [moment["slot"] for moment in message.context["moments"]] == ["07:30", "08:00"]
    assert message.context["moments"][0]["done_url"] == answer_url(pair[0], Act.DONE)


# ---- Links


def test_a_token_is_for_one_act_and_cannot_be_changed(noor, jon) -> None:
    row = sent_row(make_running_plan(noor, jon))
    token = make_token(row.pk, Act.SNOOZE)
    assert read_token(token, Act.SNOOZE) == row.pk
    for forged in (token[:-1], "A" + token[1:], token + "x", "", ":", "é:é"):
        with pytest.raises(LinkInvalid):
            read_token(forged, Act.SNOOZE)
    with pytest.raises(LinkInvalid):
        read_token(token, Act.DONE)


def test_looking_changes_nothing_however_often(noor, jon) -> None:
    row = sent_row(make_running_plan(noor, jon))
    browser = Browser()
    paths = [path(row, Act.SNOOZE), path(row, Act.DONE), urlsplit(send.unsubscribe_url(noor)).path]

    def everything() -> list:
        return [
            *ReminderAnswer.objects.across_practices().values_list(),
            *Reminder.objects.across_practices().order_by("pk").values_list(),
            *noor.consents.values_list(),
            *RoutineSession.objects.across_practices().values_list(),
            AuditEntry.objects.across_practices().count(),
        ]

    before = everything()
    with time_machine.travel(DUE, tick=False):
        for number in range(READS):
            look = browser.get if number % 2 else browser.head
            answer = look(paths[number % 3], {"again": "30", "done": "yes", "List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
        for url in paths[:2]:
            browser.post(url)  # a scanner that posts what it finds, without the button's own field
    assert everything() == before


def test_links_die_with_their_day(noor, jon) -> None:
    row = sent_row(make_running_plan(noor, jon))
    assert is_alive(row, at=DUE.replace(hour=23, minute=59))
    assert not is_alive(row, at=DUE + timedelta(days=1))
    page = post(row, Act.DONE, DUE + timedelta(days=1), done="yes")
    assert "had its day" in page
    assert not row.plan.sessions.exists()


def test_on_the_clients_own_clocks(practice, jon) -> None:
    aiko = make_client(practice, "aiko@example.org", "Aiko", time_zone="Asia/Tokyo")
    plan = make_running_plan(aiko, jon)
    tick(NOON)
    row = plan.reminders.order_by("due_at").first()
    assert row.local_day == date(2026, 3, 17)
    assert is_alive(row, at=row.due_at + timedelta(hours=16, minutes=29))
    assert not is_alive(row, at=row.due_at + timedelta(hours=16, minutes=30))


def test_a_suspended_plans_links_are_closed_and_say_nothing_of_why(noor, jon) -> None:
    row = sent_row(make_running_plan(noor, jon))
    suspend_plan(row.plan, by=jon, at=DUE, cause="test")
    for act, fields in ((Act.SNOOZE, {"again": "30"}), (Act.DONE, {"done": "yes"})):
        page = post(row, act, **fields)
        assert "had its day" in page
        assert "therapist looks" not in page
    assert not ReminderAnswer.objects.across_practices().exists()


def test_pages_show_no_health_and_keep_the_link_to_themselves(starter, noor, jon) -> None:
    row = sent_row(make_running_plan(noor, jon))
    with time_machine.travel(DUE, tick=False):
        answers = [Browser().get(path(row, act)) for act in Act]
    for answer in answers:
        page = answer.content.decode()
        assert "Heel" not in page
        assert "Noor" not in page
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies


# ---- Later


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("07:30", ["08:00", "08:30", "19:00"]),
        ("17:59", ["18:29", "18:59", "19:00"]),
        ("18:00", ["18:30", "19:00"]),
        ("22:15", ["22:45"]),
        ("22:45", []),
        ("23:50", []),
    ],
)
def test_what_is_offered_stays_within_the_day(wall, expected) -> None:
    at = NOON.replace(hour=int(wall[:2]), minute=int(wall[3:]))
    assert [choice.slot for choice in snooze_choices(at.date(), "Europe/London", at)] == expected


def test_none_in_the_clients_quiet_hours() -> None:
    at = NOON.replace(hour=20, minute=15)
    open_to = snooze_choices(at.date(), "Europe/London", at, quiet=("21:00", "07:00"))
    assert [choice.slot for choice in open_to] == ["20:45"]


def test_a_whole_minute_and_never_early() -> None:
    at = NOON.replace(second=1, microsecond=5)
    first = snooze_choices(at.date(), "Europe/London", at)[0]
    assert first.due_at == NOON + timedelta(minutes=31)


@pytest.mark.parametrize("zone", ["Europe/London", "America/St_Johns", "Australia/Lord_Howe"])
def test_over_a_change_of_clocks_the_instant_counts(zone) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at < datetime(2026, 12, 31, tzinfo=UTC):
        day = local_today(at, zone)
        for choice in snooze_choices(day, zone, at):
            assert at < choice.due_at
            assert local_today(choice.due_at, zone) == day
        at += timedelta(hours=5, minutes=17)


def test_later_is_a_moment_of_its_own_sent_once(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    row = sent_row(plan)
    page = post(row, Act.SNOOZE, again="30")
    assert "Until 08:00" in page
    assert "Until 08:00" in post(row, Act.SNOOZE, again="60"), "one answer to one mail"
    assert ("17 08:00", State.PLANNED, "") in rows(plan)
    tick(DUE + timedelta(minutes=29))
    assert len(mail.outbox) == 1
    for _again in range(2):
        tick(DUE + timedelta(minutes=30))
    assert len(mail.outbox) == 2
    assert ("17 08:00", State.SENT, "") in rows(plan)
    lines = AuditEntry.objects.across_practices().filter(action="reminder.snoozed")
    assert [line.actor for line in lines] == ["reminder link"]


def test_three_times_and_no_more(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    row, at = sent_row(plan), DUE
    for _time in range(3):
        post(row, Act.SNOOZE, at, again="30")
        row = row.answers.get().again
        at = row.due_at
        tick(at)
    assert "Not again today" in post(row, Act.SNOOZE, at, again="30")
    assert plan.reminders.filter(local_day=row.local_day).count() == 4


def test_where_the_plan_asks_for_that_minute_itself_the_next_is_taken(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("07:30", "08:30"))
    again = snooze_reminder(sent_row(plan), "60", at=DUE)
    assert again.slot == "08:31"


def test_a_new_release_or_clock_leaves_it_where_it_was_put(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    again = snooze_reminder(sent_row(plan), "60", at=DUE)
    freeze_again(plan, DUE, times=("06:00",))
    noor.time_zone = "Europe/Paris"
    noor.save()
    tick(DUE + timedelta(minutes=1))
    assert Reminder.objects.across_practices().get(pk=again.pk).due_at == again.due_at


def test_done_meanwhile_nothing_is_left_to_remind_of(noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("07:30", "20:00"))
    again = snooze_reminder(sent_row(plan), "60", at=DUE)
    at = DUE + timedelta(minutes=5)
    RoutineSession.objects.create(
        plan=plan, version=plan.current_version, local_day=at.date(), state="done", begun_at=at
    )
    tick(again.due_at)
    assert ("17 08:30", State.SKIPPED, send.LOGGED) in rows(plan)
    assert len(mail.outbox) == 1


def test_nothing_is_put_off_for_who_wants_no_reminders(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    row = sent_row(plan)
    send.stop_reminders(noor, by=noor.user, at=DUE)
    assert "Not again today" in post(row, Act.SNOOZE, again="30")
    agree(noor, DUE)
    assert "Until" in post(row, Act.SNOOZE, again="30")


def test_a_stop_takes_back_what_was_put_off(noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    again = snooze_reminder(sent_row(plan), "30", at=DUE)
    queue_due(again.due_at)
    send.stop_reminders(noor, by=noor.user, at=again.due_at)
    tick(again.due_at)
    assert len(mail.outbox) == 1


# ---- Done


def test_done_is_the_clients_word_and_marked_so(starter, noor, jon, browse) -> None:
    plan = make_running_plan(noor, jon, times=("07:30", "20:00"))
    row = sent_row(plan)
    assert "Noted as done" in post(row, Act.DONE, DUE + timedelta(hours=11), done="yes")
    [session] = plan.sessions.all()
    assert (session.state, session.is_by_word, session.local_day) == ("done", True, row.local_day)
    assert "day" not in session.log, "no question counts as answered"
    tick(DUE.replace(hour=20, minute=0))
    assert ("17 20:00", State.SENT, "") in rows(plan), "the evening is still to come"
    with time_machine.travel(DUE.replace(hour=21), tick=False):
        page = browse(jon).get(f"/plans/{plan.pk}/").content.decode()
    assert "by the client&#x27;s word" in page.replace("'", "&#x27;")
    lines = AuditEntry.objects.across_practices().filter(action="session.done")
    assert [line.actor for line in lines] == ["reminder link"]


def test_done_twice_is_one_session(starter, noor, jon) -> None:
    plan = make_running_plan(noor, jon, times=("07:30", "20:00"))
    row = sent_row(plan)
    assert note_done(row, at=DUE) == Done.NOTED
    assert note_done(row, at=DUE) == Done.ALREADY
    assert plan.sessions.count() == 1


def test_done_from_a_mail_is_not_taken_twice_in_a_row_without_the_questions(starter, noor, jon) -> None:
    make_signed_intake(noor)
    plan = make_running_plan(noor, jon)
    assert note_done(sent_row(plan), at=DUE) == Done.NOTED
    next_day = DUE + timedelta(days=1)
    tick(next_day)
    second = (
        Reminder.objects.across_practices()
        .select_related("plan__client__practice", "plan__current_version")
        .get(plan=plan, local_day=local_today(next_day, noor.time_zone))
    )
    assert "A few short questions first" in post(second, Act.DONE, next_day, done="yes")
    assert plan.sessions.count() == 1
    assert not second.answers.exists(), "the button works again once they are answered"
    opened = begin_session(plan, by=noor.user, at=next_day, comfort_before=5)
    answer_day(opened, day_reply(opened, at=next_day), by=noor.user, at=next_day)
    assert note_done(second, at=next_day) == Done.NOTED
    assert plan.sessions.filter(state="done").count() == 2


def test_the_day_never_holds_more_than_it_asks_for(starter, noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    row = sent_row(plan)
    again = snooze_reminder(row, "30", at=DUE)
    assert note_done(row, at=DUE) == Done.NOTED
    again = Reminder.objects.across_practices().select_related("plan__client", "plan__current_version").get(pk=again.pk)
    assert note_done(again, at=again.due_at) == Done.ALREADY
    assert plan.sessions.count() == 1


def test_a_session_that_was_begun_is_ended_not_doubled(starter, noor, jon) -> None:
    plan = make_running_plan(noor, jon)
    row = sent_row(plan)
    begun = RoutineSession.objects.create(
        plan=plan, version=plan.current_version, local_day=row.local_day, state="begun", begun_at=DUE, log={}
    )
    assert note_done(row, at=DUE) == Done.NOTED
    begun.refresh_from_db()
    assert (begun.state, begun.is_by_word) == ("done", True), "its questions were open, and it says so"


def test_what_the_days_answers_held_back_is_not_logged_from_a_mail(starter, noor, jon, dana, browse) -> None:
    plan = make_running_plan(noor, jon)
    row = sent_row(plan)
    RoutineSession.objects.create(
        plan=plan, version=plan.current_version, local_day=row.local_day, state="blocked", begun_at=DUE, log={}
    )
    page = post(row, Act.DONE, done="yes")
    assert "sign in" in page
    assert "block" not in page.lower()
    assert not plan.sessions.filter(state="done").exists()
    with time_machine.travel(DUE, tick=False):
        ledger = browse(dana).get(f"/clients/{noor.pk}/messages/").content.decode()
    assert "not logged, please look at the plan" in ledger
