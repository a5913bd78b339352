"""What decides whether a reminder may be sent, read for many at once."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from clients.record.models import Consent
from routines.rechecking.recheck import checked_visibility
from routines.reminders.models import Reminder
from routines.reminders.preferences import defer_sealed, preferences_of, quiet_hours
from routines.reminders.schedule import logging_window, quiet_period
from routines.reminders.skip_reasons import ARCHIVED, LATE_IN_QUIET, LOGGED, NOT_NOW, NOT_WANTED, STALE
from routines.sessions.models import RoutineSession

State = Reminder.State

#: A reminder that was due shortly before the quiet hours may still leave in their first minutes.
INTO_QUIET = timedelta(minutes=15)


class ReminderEligibility:
    """What decides about a batch of reminders, read in three queries whatever their number.

    `rows` come with plan, client, practice and reminder preferences (`with_client`).
    """

    def __init__(self, rows: Iterable[Reminder]) -> None:
        rows = list(rows)
        plans, days = {row.plan_id for row in rows}, {row.local_day for row in rows}
        agreed = (
            Consent.objects.across_practices()
            .in_force()
            .filter(client__in={row.plan.client_id for row in rows}, purpose=Consent.Purpose.REMINDERS)
        )
        self._agreed = set(agreed.values_list("client", flat=True))
        self._slots: dict[tuple[Any, date], list[str]] = defaultdict(list)
        #: A snoozed moment is logged by whatever logs the one that the plan asked for.
        self._asked: dict[Any, str] = {}
        every = Reminder.objects.across_practices().filter(plan__in=plans, local_day__in=days)
        named = every.values_list("pk", "plan", "local_day", "slot", "snoozed_from__asked_slot")
        for key, plan, day, slot, asked in named:
            if asked:
                self._asked[key] = asked
            else:
                self._slots[plan, day].append(slot)
        self._begun: dict[tuple[Any, date], list[datetime]] = defaultdict(list)
        logged = RoutineSession.objects.across_practices().filter(plan__in=plans, local_day__in=days)
        for plan, day, begun_at in logged.values_list("plan", "local_day", "begun_at"):
            self._begun[plan, day].append(begun_at)

    def reason_against(self, row: Reminder, at: datetime) -> str | None:
        """Why this reminder shall not be sent at `at`; None when it may."""
        client = row.plan.client
        if client.archived_at:
            return ARCHIVED
        if client.pk not in self._agreed:
            return NOT_WANTED
        if not checked_visibility(row.plan, at=at) or self._rests(row, at):
            # The words of `checked_visibility` are for the client; the ledger is open to reception.
            return NOT_NOW
        if at - row.due_at > settings.REMINDER_STALE_AFTER:
            return STALE
        if _is_late_in_quiet(row, at):
            return LATE_IN_QUIET
        return LOGGED if preferences_of(client).only_unlogged and self._is_logged(row) else None

    @staticmethod
    def _rests(row: Reminder, at: datetime) -> bool:
        """Whether an answer of the day forbids the routine until after this moment."""
        answers = getattr(row.plan.client, "day_answers", None)
        until = answers.rests_until if answers else None
        return until is not None and max(row.due_at, at) < until

    def _is_logged(self, row: Reminder) -> bool:
        day = row.plan_id, row.local_day
        if not self._begun[day]:
            return False
        chosen = preferences_of(row.plan.client).chosen_times
        walls = [chosen.get(slot, slot) for slot in self._slots[day]]
        slot = self._asked.get(row.pk, row.slot)
        window = logging_window(row.local_day, chosen.get(slot, slot), walls, row.plan.client.time_zone)
        return any(begun_at >= window for begun_at in self._begun[day])


def _is_late_in_quiet(row: Reminder, at: datetime) -> bool:
    quiet = quiet_hours(row.plan.client)
    period = quiet_period(at, ZoneInfo(row.plan.client.time_zone), quiet) if quiet else None
    return bool(period and row.due_at < period[0] < at - INTO_QUIET)


def with_client(reminders: Any) -> Any:
    """The rows with what `ReminderEligibility` and the mail need, in two queries: many clients share a practice."""
    related = reminders.select_related("plan__client__reminder_preferences", "plan__client__day_answers")
    rows = related.prefetch_related("plan__client__practice").defer("plan__client__day_answers__answers")
    return defer_sealed(rows, "plan__")


def for_decision(reminders: Any) -> Any:
    """The rows with only what `ReminderEligibility` needs, since this is read anew for each batch that leaves."""
    plan = ["client", "state", "safe_until", "recheck_since", "client__practice", "client__archived_at"]
    of_client = ("time_zone", "reminder_preferences", "day_answers__rests_until")
    names = [f"plan__{name}" for name in (*plan, *(f"client__{name}" for name in of_client))]
    related = reminders.select_related("plan__client__reminder_preferences", "plan__client__day_answers")
    rows = related.prefetch_related("plan__client__practice")
    return rows.only("message", "plan", "local_day", "slot", "due_at", "state", *names)


def last_reminder_emails(clients: Iterable[Any], since: datetime, until: datetime) -> dict[uuid.UUID, datetime]:
    """Client -> when their last reminder e-mail about a moment from `since` on was made, by `until` at the latest."""
    told = Reminder.objects.across_practices().filter(
        plan__client__in=clients,
        # What has a message was due by then, or so soon after that it is part of it; nothing later needs reading.
        due_at__range=(since, until + timedelta(hours=1)),
        state__in=[State.QUEUED, State.SENT, State.UNCONFIRMED],
        message__created_at__lte=until,
    )
    made = told.order_by().values("plan__client").annotate(made=Max("message__created_at"))
    return {row["plan__client"]: row["made"] for row in made if row["made"]}


def later_reminders(clients: Iterable[Any], since: datetime, until: datetime) -> list[Reminder]:
    """Moments in (since, until] whose message is on its way, has left or may have left."""
    gone = Reminder.objects.across_practices().filter(
        plan__client__in=clients,
        due_at__gt=since,
        due_at__lte=until,
        state__in=[State.QUEUED, State.SENT, State.UNCONFIRMED],
    )
    # A message that ended without leaving may not be noted on its reminder yet.
    return list(for_decision(gone.exclude(message__state__in=["skipped", "failed"])))
