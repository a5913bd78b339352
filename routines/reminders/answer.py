"""What a client may answer to a reminder without signing in: later today, or done.

“Done” from a mail skips the questions that come before a session, so it is kept as what it is: the client's word.
It counts as one of the day's sessions (so that the day never holds more than was screened), is pointed out to the
therapist, and answers no question; so it is not taken twice in a row. A session that the day's answers have blocked
is never logged from a mail.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import TextChoices

from clients.record.models import Consent
from clients.roster.lock import lock_client
from practice.audit import audit
from practice.core.clock import local_now, local_today
from routines.plans.day import plan_day
from routines.plans.models import Plan
from routines.rechecking.recheck import checked_visibility
from routines.reminders.models import Reminder, ReminderAnswer
from routines.reminders.preferences import preferences_of, quiet_hours
from routines.reminders.schedule import logging_window, quiet_period
from routines.sessions.day_answers import is_answered, needs_day_answers
from routines.sessions.end import end_session
from routines.sessions.log import log_by_word
from routines.sessions.models import RoutineSession

#: The actor: a signed link, with nobody signed in.
BY_LINK = "reminder link"
EVENING, LATEST = "19:00", "23:00"  # house figures, wall time
Kind, Session = ReminderAnswer.Kind, RoutineSession.State


class SnoozeRefused(Exception):
    """It cannot be put off any further."""


@dataclass(frozen=True)
class Choice:
    """A choice of snooze. `key` as posted: minutes, or "evening"; and when the next reminder would come."""

    key: str
    slot: str
    due_at: datetime


class Done(TextChoices):
    """What became of “done”."""

    NOTED = "noted"
    ALREADY = "already"
    NOT_FROM_HERE = "not_from_here"
    ASK_FIRST = "ask_first"


def is_alive(row: Reminder, *, at: datetime) -> bool:
    """Whether the link still works: on its own day, by the client's clock, and while the plan may be shown."""
    return local_today(at, row.plan.client.time_zone) == row.local_day and bool(checked_visibility(row.plan, at=at))


def choices_for(row: Reminder, *, at: datetime) -> list[Choice]:
    client = row.plan.client
    return snooze_choices(row.local_day, client.time_zone, at, quiet=quiet_hours(client))


def snooze_choices(
    day: date, time_zone: str, at: datetime, *, quiet: tuple[str, str] | None = None, latest: str = LATEST
) -> list[Choice]:
    """In 30 minutes, in an hour, this evening: those that are still on `day`, outside the quiet hours and no later
    than the wall time `latest`. Pure."""
    now = local_now(at, time_zone)
    choices = [(str(minutes), at + timedelta(minutes=minutes)) for minutes in (30, 60)]
    evening = now.replace(hour=int(EVENING[:2]), minute=int(EVENING[3:]), second=0, microsecond=0, fold=0)
    if evening.astimezone(UTC) > choices[-1][1]:
        choices.append(("evening", evening.astimezone(UTC)))
    found = []
    for key, instant in choices:
        due_at = instant.replace(second=0, microsecond=0) + timedelta(minutes=1 if instant.second else 0)
        wall = local_now(due_at, time_zone)
        is_quiet = quiet is not None and quiet_period(due_at, ZoneInfo(time_zone), quiet) is not None
        if wall.date() == day and f"{wall:%H:%M}" <= latest and not is_quiet:
            found.append(Choice(key, f"{wall:%H:%M}", due_at))
    return found


def snooze_of(row: Reminder) -> ReminderAnswer | None:
    return row.answers.filter(kind=Kind.SNOOZED).select_related("again").first()


def snoozes_left(row: Reminder) -> int:
    made_by = ReminderAnswer.objects.across_practices().filter(again=row).first()
    return ReminderAnswer.MOST_SNOOZES - (made_by.number if made_by else 0)


@transaction.atomic
def snooze_reminder(row: Reminder, key: str, *, at: datetime) -> Reminder:
    """Remind once more today, as an occurrence of its own. A second answer to the same mail returns the first one's.

    Raises SnoozeRefused when the choice is not open now, was made three times, or no reminders are wanted.
    """
    plan = _locked(row)
    earlier = snooze_of(row)
    if earlier and earlier.again:
        return earlier.again
    choice = next((each for each in choices_for(row, at=at) if each.key == key), None)
    if earlier or choice is None or not snoozes_left(row) or not _wants_reminders(plan):
        raise SnoozeRefused
    again = _occurrence(plan, row.local_day, choice)
    ReminderAnswer.objects.create(
        reminder=row, kind=Kind.SNOOZED, answered_at=at, asked_slot=asked_slot(row), again=again,
        number=ReminderAnswer.MOST_SNOOZES - snoozes_left(row) + 1,
    )  # fmt: skip
    audit.record(BY_LINK, "reminder.snoozed", row, practice=plan.client.practice, client_ref=plan.client_id)
    return again


def _occurrence(plan: Plan, day: date, choice: Choice) -> Reminder:
    """Make a row of its own: where the plan itself asks for that minute, at the next free one."""
    taken = set(plan.reminders.filter(local_day=day).values_list("slot", flat=True))
    due_at, slot = choice.due_at, choice.slot
    while slot in taken:
        due_at += timedelta(minutes=1)
        slot = f"{local_now(due_at, plan.client.time_zone):%H:%M}"
    return Reminder.objects.create(plan=plan, local_day=day, slot=slot, due_at=due_at, is_own=True)


@transaction.atomic
def note_done(row: Reminder, *, at: datetime) -> Done:
    """Log this occurrence's session by the client's word, once; a second press changes nothing."""
    plan = _locked(row)
    earlier = row.answers.filter(kind=Kind.DONE).first()
    if earlier:
        return Done.ALREADY if earlier.session_id else Done.NOT_FROM_HERE
    today = list(plan.sessions.filter(local_day=row.local_day).order_by("begun_at"))
    slots = plan_day(plan.content_now, row.local_day).times
    outcome, session = _log(plan, row, today, slots, at)
    if outcome == Done.ASK_FIRST:
        return outcome  # the button may be pressed again once the questions are answered
    ReminderAnswer.objects.create(
        reminder=row, kind=Kind.DONE, answered_at=at, asked_slot=asked_slot(row), session=session
    )
    return outcome


def _log(
    plan: Plan, row: Reminder, today: list[RoutineSession], slots: tuple[str, ...], at: datetime
) -> tuple[Done, RoutineSession | None]:
    held_back = any(session.state == Session.BLOCKED for session in today)
    logged = _session_of(row, plan, today, slots)
    if logged:
        return Done.ALREADY, logged
    if held_back:
        return Done.NOT_FROM_HERE, None
    opened = next((session for session in today if session.state == Session.BEGUN), None)
    is_unasked = opened is None or needs_day_answers(opened)
    if is_unasked and _was_by_word_last(plan):
        return Done.ASK_FIRST, None
    if opened:
        if is_unasked:
            opened.log = {**opened.log, "by_word": True}
            opened.save(update_fields=["log"])
        return Done.NOTED, end_session(opened, by=BY_LINK, at=at)
    done = [session for session in today if session.state == Session.DONE]
    if len(done) >= len(slots):
        return (Done.ALREADY, done[-1]) if done else (Done.NOT_FROM_HERE, None)
    return Done.NOTED, log_by_word(plan, by=BY_LINK, local_day=row.local_day, begun_at=min(_asked_at(row), at), at=at)


def _was_by_word_last(plan: Plan) -> bool:
    """Whether the client's last session was done by word alone: before the next one the questions are answered. One
    that was stopped before they were answered is no answer.
    """
    sessions = RoutineSession.objects.for_practice(plan.client.practice_id).filter(plan__client=plan.client_id)
    ended = sessions.exclude(state__in=[Session.SKIPPED, Session.BEGUN]).order_by("-begun_at")
    last = next((session for session in ended.iterator() if session.is_by_word or is_answered(session)), None)
    return last is not None and last.is_by_word


def _session_of(
    row: Reminder, plan: Plan, today: list[RoutineSession], slots: tuple[str, ...]
) -> RoutineSession | None:
    """The done session that already counts as this occurrence: begun in its window, before the next one's."""
    chosen, zone = preferences_of(plan.client).chosen_times, plan.client.time_zone
    slot = chosen.get(asked_slot(row), asked_slot(row))
    every = sorted({*(chosen.get(each, each) for each in slots), slot})
    begins = logging_window(row.local_day, slot, every, zone)
    later = every[every.index(slot) + 1 :]
    ends = logging_window(row.local_day, later[0], every, zone) if later else None
    for session in today:
        if session.state == Session.DONE and session.begun_at >= begins and (ends is None or session.begun_at < ends):
            return session
    return None


def asked_slot(row: Reminder) -> str:
    """The plan's own time that this occurrence is about, however often it was snoozed."""
    made_by = ReminderAnswer.objects.across_practices().filter(again=row).first()
    return made_by.asked_slot if made_by else row.slot


def _asked_at(row: Reminder) -> datetime:
    """When the plan's own moment was due, so that a later moment of the day is not taken for done."""
    first = row.plan.reminders.filter(local_day=row.local_day, slot=asked_slot(row)).first()
    return first.due_at if first else row.due_at


def _locked(row: Reminder) -> Plan:
    """Lock the client, as every act on a session does, then the plan: one answer at a time."""
    lock_client(row.plan.client_id)
    Plan.objects.across_practices().select_for_update(of=("self",), no_key=True).filter(pk=row.plan_id).first()
    return row.plan


def _wants_reminders(plan: Plan) -> bool:
    consents = Consent.objects.across_practices().in_force().filter(client=plan.client_id)
    return consents.filter(purpose=Consent.Purpose.REMINDERS).exists()
