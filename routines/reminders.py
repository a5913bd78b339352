"""Reminders: queue what is due, call back what is no longer wanted, stop. Planned by reminder_planning."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, connection, transaction
from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_noop

from clients.consent import withdraw_consent
from clients.models import Client, Consent
from practice import audit, outbox
from practice.clock import local_now
from practice.models import OutboundMessage, User
from routines import emails
from routines.models import Plan, Reminder, RoutineSession
from routines.reminder_planning import NO_WISH, NOT_NOW, plan_ahead, replan_one
from routines.rescreening import shown_now
from routines.schedule import logging_window

__all__ = ["due_soon", "mirror_outcomes", "plan_ahead", "queue_due", "still_wanted", "stop_reminders"]
logger = logging.getLogger(__name__)
State = Reminder.State

ARCHIVED = gettext_noop("The client's record is closed.")
LOGGED = gettext_noop("Already logged: there was nothing to remind of.")
STALE = gettext_noop("Too late to be of use.")
SUPERSEDED = gettext_noop("A later reminder went out instead.")
UNPREPARED = gettext_noop("It could not be prepared.")
UNSUBSCRIBE_SALT = "routines.reminders.stop"
GUARD = "routines.reminders.still_wanted"
#: Long or sealed, and not asked about before a hand-over.
_UNREAD = ("plan__note_to_client", "plan__therapist_note", "plan__state_reason")


class LinkInvalid(ValueError):
    """The link was not made by this site, or not in full."""


# ---- What is due


def queue_due(now: datetime, *, limit: int = 200) -> int:
    """Decide about everything that is due for up to `limit` clients. Returns how many reminders were decided.

    A reminder that may go becomes an outbox message; every other is skipped with its reason. At most one
    message per client and run: after an outage the latest one goes, if it is not stale.
    """
    due = Reminder.objects.across_practices().planned().filter(due_at__lte=now)
    clients = list(due.order_by("plan__client").values_list("plan__client", flat=True).distinct()[:limit])
    if not clients:
        return 0
    try:
        return _queue_for(clients, now)
    except DatabaseError:
        raise
    except Exception:  # find the one that fails, and let everybody else have theirs
        return sum(_queue_or_set_aside(client, now) for client in clients)


@transaction.atomic
def _queue_for(clients: list[Any], now: datetime) -> int:
    held = Client.objects.across_practices().filter(pk__in=clients).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        # One worker decides for one person; on SQLite the whole transaction is alone.
        held = held.select_for_update(of=("self",), skip_locked=True, no_key=True)
    keys = list(held.values_list("pk", flat=True))
    rows = list(
        Reminder.objects.across_practices()
        .planned()
        .filter(plan__client__in=keys, due_at__lte=now)
        .select_related("plan__client__practice")
        .defer("plan__state_reason")
        .order_by("due_at", "pk")
    )
    facts = Facts(rows)
    latest = {row.plan.client_id: row for row in rows if facts.reason_against(row, now) is None}
    messages = []
    for row in rows:
        if latest.get(row.plan.client_id) is row:
            row.message = emails.reminder([row], unsubscribe_url=unsubscribe_url(row.plan.client), guard=GUARD, at=now)
            row.state, row.reason = State.QUEUED, ""
            messages.append(row.message)
        else:
            row.state, row.reason = State.SKIPPED, facts.reason_against(row, now) or SUPERSEDED
    outbox.queue_all(messages)
    Reminder.objects.across_practices().bulk_update(rows, ["state", "reason", "message"], batch_size=200)
    return len(rows)


def _queue_or_set_aside(client: Any, now: datetime) -> int:
    try:
        return _queue_for([client], now)
    except DatabaseError:
        raise
    except Exception as fault:
        logger.warning("Reminders of client %s cannot be prepared: %s", client, type(fault).__name__)
        mine = Reminder.objects.across_practices().planned().filter(plan__client=client, due_at__lte=now)
        return mine.update(state=State.FAILED, reason=UNPREPARED)


class Facts:
    """What the decision about a batch of reminders needs, read in three queries whatever their number."""

    def __init__(self, rows: Iterable[Reminder]) -> None:
        rows = list(rows)
        plans, days = {row.plan_id for row in rows}, {row.local_day for row in rows}
        wishes = (
            Consent.objects.across_practices()
            .in_force()
            .filter(client__in={row.plan.client_id for row in rows}, purpose=Consent.Purpose.REMINDERS)
        )
        self._wish = set(wishes.values_list("client", flat=True))
        self._slots: dict[tuple[Any, date], list[str]] = defaultdict(list)
        every = Reminder.objects.across_practices().filter(plan__in=plans, local_day__in=days)
        for plan, day, slot in every.values_list("plan", "local_day", "slot"):
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
        if client.pk not in self._wish:
            return NO_WISH
        if not shown_now(row.plan, at=at):
            # shown_now's own words are for the client; the ledger is open to reception.
            return NOT_NOW
        if at - row.due_at > settings.REMINDER_STALE_AFTER:
            return STALE
        return LOGGED if self._is_logged(row) else None

    def _is_logged(self, row: Reminder) -> bool:
        day = row.plan_id, row.local_day
        if not self._begun[day]:
            return False
        window = logging_window(row.local_day, row.slot, self._slots[day], row.plan.client.time_zone)
        return any(begun_at >= window for begun_at in self._begun[day])


def still_wanted(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """The outbox asks this just before the hand-over: reasons not to send."""
    asked = {message.pk: list[Reminder]() for message in messages}
    rows = Reminder.objects.across_practices().select_related("plan__client").defer(*_UNREAD).filter(message__in=asked)
    for row in rows:
        asked[row.message_id].append(row)
    facts, later = Facts(rows), _latest_by_client(rows, at)
    reasons = {key: _reason_against_all(rows, facts, later, at) for key, rows in asked.items()}
    return {key: reason for key, reason in reasons.items() if reason}


def _reason_against_all(rows: list[Reminder], facts: Facts, latest: dict[Any, datetime], at: datetime) -> str | None:
    if not rows:
        return NOT_NOW
    reasons = [facts.reason_against(row, at) for row in rows]
    if all(reasons):
        return reasons[0]
    last = max(row.due_at for row in rows)
    return SUPERSEDED if latest.get(rows[0].plan.client_id, last) > last else None


def _latest_by_client(rows: Iterable[Reminder], at: datetime) -> dict[Any, datetime]:
    """When each client's latest reminder that went or goes was due."""
    gone = Reminder.objects.across_practices().filter(state__in=[State.QUEUED, State.SENT], due_at__lte=at)
    of_them = gone.filter(plan__client__in={row.plan.client_id for row in rows})
    return dict(of_them.values_list("plan__client").annotate(latest=Max("due_at")))


def mirror_outcomes() -> int:
    """Write each message's end on its reminder, so that lists and figures need no second table."""
    changed = 0
    for ended, state in Reminder.FROM_MESSAGE.items():
        reason = OutboundMessage.objects.across_practices().filter(pk=OuterRef("message")).values("reason")
        open_rows = Reminder.objects.across_practices().filter(
            state__in=[State.QUEUED, State.UNCONFIRMED], message__state=ended
        )
        changed += open_rows.exclude(state=state).update(state=state, reason=Subquery(reason[:1]))
    return changed


# ---- What changes


@transaction.atomic
def stop_reminders(client: Client, *, by: User, at: datetime) -> bool:
    """The client wants no more reminders, from the commit of this on. False when that was already so."""
    # The consent's listeners call back what is on its way; see routines/consequences.py.
    withdrawn = withdraw_consent(client, purpose=Consent.Purpose.REMINDERS, by=by, at=at)
    if withdrawn:
        audit.record(by, "reminder.stopped", client)
    return withdrawn is not None


def unsubscribe_url(client: Client) -> str:
    token = signing.dumps(str(client.pk), salt=UNSUBSCRIBE_SALT, compress=False)
    return settings.SITE_URL + reverse("routines:reminders_stop", args=[token])


def client_of_link(token: str) -> Client:
    """The client whose mail carried this link. It does not expire: old mail must still be able to stop new mail.
    Raises LinkInvalid."""
    try:
        key = signing.loads(token, salt=UNSUBSCRIBE_SALT)
        return Client.objects.across_practices().select_related("practice", "user").get(pk=key)
    except (signing.BadSignature, Client.DoesNotExist, ValueError) as fault:
        raise LinkInvalid from fault


def due_soon(plan: Plan, *, at: datetime) -> Reminder:
    """One more moment for the demo: a whole minute on the client's clocks, 15 to 75 seconds from now."""
    replan_one(plan.pk, at)
    wall = (local_now(at, plan.client.time_zone) + timedelta(seconds=75)).replace(second=0, microsecond=0)
    reminder, _made = Reminder.objects.across_practices().get_or_create(
        plan=plan, local_day=wall.date(), slot=f"{wall:%H:%M}", defaults={"due_at": wall.astimezone(UTC)}
    )
    return reminder
