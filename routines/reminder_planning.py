"""Planning reminders ahead: one row per due moment, made before it comes and changed when the plan changes."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_noop

from clients.models import Client, Consent
from practice import outbox
from routines.models import Plan, Reminder, ReminderHorizon
from routines.schedule import Moment, due_moments

logger = logging.getLogger(__name__)
State = Reminder.State

NOT_NOW = gettext_noop("The routine was not open to the client at that moment.")
NO_WISH = gettext_noop("The client does not want reminders.")

HORIZON = timedelta(hours=48)
#: A moment that came just before its plan was planned for the first time is still kept.
GRACE = timedelta(minutes=5)
CHUNK = 200


def wanted_plans() -> Any:
    """Plans whose moments are written down: released, of a client who wants reminders. A suspended plan's
    are too, so that the ledger shows each as skipped; none of them is sent."""
    agreed = (
        Consent.objects.across_practices()
        .in_force()
        .filter(client=OuterRef("client"), purpose=Consent.Purpose.REMINDERS)
    )
    return Plan.objects.across_practices().filter(
        Exists(agreed), state__in=[Plan.State.PUBLISHED, Plan.State.SUSPENDED], client__archived_at=None
    )


def plan_ahead(now: datetime) -> int:
    """Write down what falls due until 48 hours from now, for every plan that needs it. Returns how many plans did.

    Compares what each plan was planned from with what it is, so no other part has to remember to call.
    """
    done = 0
    for key in _outdated(now):
        try:
            replan_one(key, now)
        except DatabaseError:
            raise
        except Exception as fault:  # one plan that cannot be read must not keep all others from theirs
            logger.warning("Plan %s cannot be planned ahead: %s", key, type(fault).__name__)
        else:
            done += 1
    return done


def _outdated(now: datetime) -> Iterator[Any]:
    stale = (
        Q(horizon=None)
        | Q(horizon__version=None)
        | ~Q(horizon__version=F("current_version"))
        | ~Q(horizon__time_zone=F("client__time_zone"))
        | Q(horizon__planned_until__lte=now + HORIZON / 2)
    )
    yield from list(wanted_plans().filter(stale).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    forgotten = ReminderHorizon.objects.across_practices().exclude(plan__in=wanted_plans())
    yield from list(forgotten.order_by("pk").values_list("pk", flat=True)[:CHUNK])


@transaction.atomic
def replan_one(key: Any, now: datetime) -> None:
    """Bring a plan's future rows in line with its version and its client's clocks. What was sent or skipped stays."""
    # The lock keeps two workers, or a worker and a person, from planning the same plan at once.
    Plan.objects.across_practices().select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    plan = wanted_plans().select_related("client", "current_version", "horizon").filter(pk=key).first()
    if plan is None:
        _forget(key, now)
        return
    horizon = getattr(plan, "horizon", None)
    until = now + HORIZON
    zone, content = plan.client.time_zone, plan.current_version.content
    since = (
        min(now, horizon.planned_until) if horizon else max(now - GRACE, plan.state_changed_at - timedelta(seconds=1))
    )
    if horizon and (horizon.version_id != plan.current_version_id or horizon.time_zone != zone):
        _realign(plan, due_moments(content, time_zone=zone, since=now - 2 * HORIZON, until=until + HORIZON), now)
    moments = due_moments(content, time_zone=zone, since=since, until=until)
    rows = [Reminder(plan=plan, local_day=each.local_day, slot=each.slot, due_at=each.due_at) for each in moments]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    ReminderHorizon.objects.across_practices().update_or_create(
        plan=plan, defaults={"version_id": plan.current_version_id, "time_zone": zone, "planned_until": until}
    )


def _realign(plan: Plan, moments: list[Moment], now: datetime) -> None:
    """Planned rows follow the new times; those that nobody asks for any more go, unless they are already due."""
    wanted = {(moment.local_day, moment.slot): moment.due_at for moment in moments}
    moved, gone = [], []
    for row in plan.reminders.planned().filter(snoozed_from=None):  # what a client put off stays where they put it
        due_at = wanted.get((row.local_day, row.slot))
        if due_at is None and row.due_at > now:
            gone.append(row.pk)
        elif due_at and due_at != row.due_at:
            row.due_at = due_at
            moved.append(row)
    plan.reminders.filter(pk__in=gone).delete()
    Reminder.objects.across_practices().bulk_update(moved, ["due_at"], batch_size=500)


def _forget(key: Any, now: datetime) -> None:
    """An ended plan, an archived client or a consent taken back: nothing more is planned."""
    Reminder.objects.across_practices().planned().filter(plan=key, due_at__gt=now).delete()
    ReminderHorizon.objects.across_practices().filter(plan=key).delete()


@transaction.atomic
def replan(plan: Plan, *, at: datetime) -> None:
    """Called by whoever changes a plan: planned rows follow at once, and a plan that may not be shown calls back
    what has not begun to leave. Once the caller's transaction has committed, no hand-over begins."""
    if plan.state != Plan.State.PUBLISHED:
        _call_back(Reminder.objects.across_practices().filter(plan=plan), at, NOT_NOW)
    try:
        replan_one(plan.pk, at)
    except (KeyError, TypeError, ValueError):
        if plan.state == Plan.State.PUBLISHED:
            raise  # a version that cannot be read must still be possible to take away


def replan_client(client: Client, *, at: datetime) -> None:
    """Called after a client's time zone, consents or record changed."""
    for plan in Plan.objects.across_practices().filter(client=client, state__in=["published", "suspended"]):
        replan(plan, at=at)
    agreed = Consent.objects.across_practices().in_force().filter(client=client, purpose=Consent.Purpose.REMINDERS)
    if client.archived_at or not agreed.exists():
        _call_back(Reminder.objects.across_practices().filter(plan__client=client), at, NO_WISH)


def consent_withdrawn(consent: Consent, at: datetime) -> None:
    """For clients.consent.after_withdrawal."""
    if consent.purpose == Consent.Purpose.REMINDERS:
        replan_client(consent.client, at=at)


def _call_back(reminders: Any, at: datetime, reason: str) -> None:
    outbox.call_back(reminders.filter(state=State.QUEUED).values("message"), at=at, reason=reason)
