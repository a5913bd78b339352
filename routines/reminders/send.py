"""Reminders: queue what is due, call back what is no longer wanted, stop. `routines.reminders.plan` plans them."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, connection, transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse

from clients.consent.consent import withdraw_consent
from clients.record.models import Consent
from clients.roster.models import Client
from practice.audit import audit
from practice.core.clock import local_now
from practice.mail import outbox
from practice.mail.models import OutboundMessage
from practice.tenancy.models import User
from routines.plans.models import Plan
from routines.reminders import emails
from routines.reminders.eligibility import (
    ReminderEligibility,
    for_decision,
    last_reminder_emails,
    later_reminders,
    with_client,
)
from routines.reminders.links import LinkInvalid
from routines.reminders.models import Reminder
from routines.reminders.plan import plan_ahead, replan_one
from routines.reminders.skip_reasons import ARCHIVED, LOGGED, NOT_NOW, NOT_WANTED, STALE, SUPERSEDED, UNPREPARED

__all__ = [
    "ARCHIVED",
    "LOGGED",
    "NOT_NOW",
    "NOT_WANTED",
    "STALE",
    "SUPERSEDED",
    "due_soon",
    "mirror_outcomes",
    "plan_ahead",
    "queue_due",
    "still_wanted",
    "stop_reminders",
]
logger = logging.getLogger(__name__)
State = Reminder.State

UNSUBSCRIBE_SALT = "routines.reminders.stop"
PRECHECK = "routines.reminders.send.still_wanted"
#: Moments of one client that fall within this become one message, at the first of them.
DIGEST = timedelta(minutes=30)
#: How many rows one statement decides.
STALE_BATCH, MIRRORED = 5000, 1000


# ---- What is due


def queue_due(now: datetime, *, limit: int = 200) -> int:
    """Decide about what is due: all that is too late (up to STALE_BATCH), and the rest for up to `limit` clients.
    Returns how many reminders it decided about.

    A reminder that may go becomes part of one message to its client; every other is skipped with its reason. After an
    outage the latest goes, with those that are within DIGEST of it.
    """
    return _skip_stale(now) + _queue_fresh(now, limit)


def _skip_stale(now: datetime) -> int:
    stale = Reminder.objects.across_practices().planned().filter(due_at__lt=now - settings.REMINDER_STALE_AFTER)
    if not stale.exists():
        return 0
    with transaction.atomic():
        held = stale.order_by("due_at")
        if connection.features.has_select_for_update_skip_locked:
            held = held.select_for_update(of=("self",), skip_locked=True, no_key=True)
        keys = list(held.values_list("pk", flat=True)[:STALE_BATCH])
        return stale.filter(pk__in=keys).update(state=State.SKIPPED, reason=STALE) if keys else 0


def _queue_fresh(now: datetime, limit: int) -> int:
    # One range of the index of planned rows, then their clients: sorting all that is due by client would grow.
    due = _fresh(now).filter(due_at__lte=now).order_by("due_at")
    plans = set(due.values_list("plan", flat=True)[: 2 * limit])
    if not plans:
        return 0
    clients = set(Plan.objects.across_practices().filter(pk__in=plans).values_list("client", flat=True))
    try:
        return _queue_for(clients, now)
    except DatabaseError:
        raise
    except Exception:  # find the one that fails, and decide all others
        return sum(_queue_or_set_aside(client, now) for client in clients)


def _fresh(now: datetime) -> Any:
    return Reminder.objects.across_practices().planned().filter(due_at__gte=now - settings.REMINDER_STALE_AFTER)


@transaction.atomic
def _queue_for(clients: Iterable[Any], now: datetime) -> int:
    held = Client.objects.across_practices().filter(pk__in=clients).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        # One worker at a time decides for a person; on SQLite the whole transaction runs alone.
        held = held.select_for_update(of=("self",), skip_locked=True, no_key=True)
    keys = list(held.values_list("pk", flat=True))
    coming = _fresh(now).filter(plan__client__in=keys, due_at__lte=now + DIGEST).order_by("due_at", "pk")
    by_client: dict[Any, list[Reminder]] = defaultdict(list)
    for row in (rows := list(with_client(coming))):
        by_client[row.plan.client_id].append(row)
    eligibility, last_emails = (
        ReminderEligibility(rows),
        last_reminder_emails(keys, now - settings.REMINDER_STALE_AFTER, now),
    )
    messages: list[OutboundMessage] = []
    decided: list[Reminder] = []
    for client, mine in by_client.items():
        decided += _decide(mine, eligibility, last_emails.get(client), messages, now)
    outbox.queue_all(messages)
    Reminder.objects.across_practices().bulk_update(decided, ["state", "reason", "message"], batch_size=200)
    return len(decided)


def _decide(
    rows: list[Reminder],
    eligibility: ReminderEligibility,
    last_email_at: datetime | None,
    messages: list[OutboundMessage],
    now: datetime,
) -> list[Reminder]:
    """Decide about one client's due reminders, and those that leave in the same message."""
    due = [row for row in rows if row.due_at <= now]
    for row in due:
        row.state, row.reason = State.SKIPPED, eligibility.reason_against(row, now) or ""
        if not row.reason and last_email_at and last_email_at >= row.due_at:
            row.reason = SUPERSEDED  # a message was made after this moment, so it covered this one too
    wanted = [row for row in due if not row.reason]
    if not wanted:
        return due
    group = [row for row in wanted if wanted[-1].due_at - row.due_at <= DIGEST]
    soon = [row for row in rows if now < row.due_at <= group[0].due_at + DIGEST]
    group += [row for row in soon if eligibility.reason_against(row, now) is None]
    message = emails.reminder(group, unsubscribe_url=unsubscribe_url(group[0].plan.client), precheck=PRECHECK, at=now)
    messages.append(message)
    for row in group:
        row.message, row.state = message, State.QUEUED
    for row in wanted:
        if row.state == State.SKIPPED:
            row.reason = SUPERSEDED
    return due + [row for row in group if row.due_at > now]


def _queue_or_set_aside(client: Any, now: datetime) -> int:
    try:
        return _queue_for([client], now)
    except DatabaseError:
        raise
    except Exception as fault:
        logger.warning("Reminders of client %s cannot be prepared: %s", client, type(fault).__name__)
        mine = Reminder.objects.across_practices().planned().filter(plan__client=client, due_at__lte=now)
        return mine.update(state=State.FAILED, reason=UNPREPARED)


def still_wanted(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """The outbox's last check before the hand-over: message -> why it shall not be sent at `at`; those that may go are
    left out. Six queries, whatever the number, and one for each moment that is dropped.

    In a message that goes, a reminder that no longer has to be sent is recorded as skipped.
    """
    by_message: dict[uuid.UUID, list[Reminder]] = {message.pk: [] for message in messages}
    for row in (rows := list(for_decision(Reminder.objects.across_practices().filter(message__in=by_message)))):
        by_message[row.message_id].append(row)
    if not rows:
        return dict.fromkeys(by_message, NOT_NOW)
    later = later_reminders({row.plan.client_id for row in rows}, min(row.due_at for row in rows), at)
    eligibility = ReminderEligibility([*rows, *later])
    speaking = _speaking(later, eligibility, at)
    refused, dropped = {}, []
    for key, mine in by_message.items():
        against = [(row, eligibility.reason_against(row, at)) for row in mine]
        last = max(mine, key=lambda row: row.due_at, default=None)
        if all(reason for _row, reason in against):
            refused[key] = next((reason for _row, reason in against if reason), NOT_NOW)
        elif last and any(due_at > last.due_at for due_at in speaking[last.plan.client_id]):
            refused[key] = SUPERSEDED
        else:
            dropped += [(row, reason) for row, reason in against if reason]
    _drop(dropped, {message.pk: message for message in messages})
    return refused


def _speaking(later: list[Reminder], eligibility: ReminderEligibility, at: datetime) -> dict[Any, list[datetime]]:
    """Client -> later moments whose message has gone, or waits and may go; those that may not go are left out."""
    found: dict[Any, list[datetime]] = defaultdict(list)
    for row in later:
        if row.state != State.QUEUED or eligibility.reason_against(row, at) is None:
            found[row.plan.client_id].append(row.due_at)
    return found


def _drop(dropped: list[tuple[Reminder, str]], messages: dict[Any, OutboundMessage]) -> None:
    """Take a reminder out of the ledger's “on its way”, and out of the text of the message that the worker holds."""
    for row, reason in dropped:
        message = messages[row.message_id]
        told = message.context["moments"]
        moments = [each for each in told if isinstance(each, dict) and each["reminder"] != str(row.pk)]
        message.context = {**message.context, "moments": moments}
        message.save(update_fields=["context"])
        row.state, row.reason, row.message = State.SKIPPED, reason, None
    if dropped:
        rows = [row for row, _reason in dropped]
        Reminder.objects.across_practices().bulk_update(rows, ["state", "reason", "message"], batch_size=200)


def mirror_outcomes() -> int:
    """Copy the outcome of up to MIRRORED messages of each kind to their reminders, so that lists and figures need no
    second table."""
    ended = OutboundMessage.objects.across_practices().filter(pk=OuterRef("message"))
    keys = [key for state in (State.QUEUED, State.UNCONFIRMED) for key in _differing(state)]
    return (
        Reminder.objects.across_practices()
        .filter(pk__in=keys)
        .update(state=Subquery(ended.values("state")[:1]), reason=Subquery(ended.values("reason")[:1]))
    )


def _differing(state: str) -> Any:
    """Reminders in `state` whose message has another outcome."""
    ends = [ended for ended in Reminder.FROM_MESSAGE if ended != state]
    rows = Reminder.objects.across_practices().filter(state=state, message__state__in=ends)
    return rows.order_by().values_list("pk", flat=True)[:MIRRORED]


# ---- What changes


@transaction.atomic
def stop_reminders(client: Client, *, by: User, at: datetime) -> bool:
    """The client wants no more reminders, from the commit of this on. False when that was already so."""
    # The receivers of `consent_withdrawn` call back what is on its way: see routines/receivers.py.
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
    """One more moment for the demo: a whole minute in the client's time zone, 15 to 75 seconds from now."""
    replan_one(plan.pk, at)
    wall = (local_now(at, plan.client.time_zone) + timedelta(seconds=75)).replace(second=0, microsecond=0)
    reminder, _made = Reminder.objects.across_practices().get_or_create(
        plan=plan,
        local_day=wall.date(),
        slot=f"{wall:%H:%M}",
        defaults={"due_at": wall.astimezone(UTC), "is_own": True},
    )
    return reminder
