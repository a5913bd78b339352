"""Planning reminders ahead: one row per due moment, made before it comes and changed when the plan changes."""

import logging
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from clients.record.models import Consent
from clients.roster.models import Client
from practice.mail import outbox
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Practice
from routines.plans.day import first_day, last_day
from routines.plans.models import Plan
from routines.reminders.models import Reminder, ReminderHorizon
from routines.reminders.preferences import light, wishes_of
from routines.reminders.replan_queue import mark_horizons, mark_plans, wanted_plans
from routines.reminders.schedule import QUIET, QUIET_NEXT, Moment, wished_moments
from routines.reminders.skip_reasons import NO_WISH, NOT_NOW

logger = logging.getLogger(__name__)
State = Reminder.State

HORIZON = timedelta(hours=48)
#: A moment that came just before its plan was planned for the first time is still kept.
GRACE = timedelta(minutes=5)
CHUNK = 200
#: A plan that cannot be read is tried again after this.
PUT_OFF = timedelta(hours=1)
QUIET_SETTINGS = {"quiet_hours_from", "quiet_hours_to"}


def plan_ahead(now: datetime) -> int:
    """Write down what falls due until 48 hours from now, for up to CHUNK plans whose time to be planned has come.
    Returns how many plans were. One index range is read, whatever the number of plans."""
    try:
        return _plan_due(now)
    except DatabaseError:
        raise
    except Exception:  # find the one that cannot be read, and let everybody else have theirs
        due = _horizons().filter(replan_at__lte=now).order_by("replan_at")
        return sum(_plan_or_put_off(key, now) for key in list(due.values_list("pk", flat=True)[:CHUNK]))


@transaction.atomic
def _plan_due(now: datetime) -> int:
    due = _horizons().filter(replan_at__lte=now).order_by("replan_at").only("pk")
    if connection.features.has_select_for_update_skip_locked:
        # Both rows, and never waiting: whoever holds one of them plans that plan or marks it anew.
        due = due.select_related("plan").only("pk", "plan__id")
        due = due.select_for_update(of=("self", "plan"), skip_locked=True, no_key=True)
    keys = [horizon.pk for horizon in due[:CHUNK]]
    if keys:
        _plan_many(keys, now)
    return len(keys)


def _plan_or_put_off(key: Any, now: datetime) -> int:
    try:
        replan_one(key, now)
    except DatabaseError:
        raise
    except Exception as fault:
        logger.warning("Plan %s cannot be planned ahead: %s", key, type(fault).__name__)
        _horizons().filter(pk=key).update(replan_at=now + PUT_OFF)
        return 0
    return 1


@transaction.atomic
def replan_one(key: Any, now: datetime) -> None:
    """Bring a plan's future rows in line with its version, its client's clocks and wishes.
    What was sent or skipped stays."""
    # The locks keep two workers, or a worker and a person, from planning the same plan at once.
    Plan.objects.across_practices().select_for_update(of=("self",), no_key=True).only("pk").filter(pk=key).first()
    _horizons().select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    _plan_many([key], now)


def _plan_many(keys: Collection[Any], now: datetime) -> None:
    """The caller holds the rows. Seven queries, whatever the number of plans."""
    found = (
        wanted_plans()
        .filter(pk__in=keys)
        .select_related("client__practice", "client__reminder_wishes", "current_version", "horizon")
    )
    plans = list(light(found))
    _forget(set(keys) - {plan.pk for plan in plans}, now)
    until = now + HORIZON
    changed = [plan for plan in plans if _was_planned(plan) and not _is_same_basis(plan)]
    if changed:
        _realign(changed, now)
    rows = [row for plan in plans for row in _rows(plan, _since(plan, now), until)]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    ReminderHorizon.objects.bulk_create(
        [_horizon(plan, until) for plan in plans],
        update_conflicts=True,
        unique_fields=["plan"],
        update_fields=["version", "basis", "planned_until", "replan_at"],
        batch_size=500,
    )


def _horizons() -> Any:
    return ReminderHorizon.objects.across_practices()


def _was_planned(plan: Any) -> bool:
    return getattr(plan, "horizon", None) is not None and plan.horizon.planned_until is not None


def _basis(plan: Any) -> str:
    return wishes_of(plan.client).basis(plan.client.time_zone)


def _is_same_basis(plan: Any) -> bool:
    return plan.horizon.version_id == plan.current_version_id and plan.horizon.basis == _basis(plan)


def _since(plan: Any, now: datetime) -> datetime:
    if _was_planned(plan):
        return min(now, plan.horizon.planned_until)
    return max(now - GRACE, plan.state_changed_at - timedelta(seconds=1))


def _moments(plan: Any, since: datetime, until: datetime) -> list[Moment]:
    return wished_moments(
        plan.current_version.content,
        time_zone=plan.client.time_zone,
        since=since,
        until=until,
        wishes=wishes_of(plan.client),
        most=settings.REMINDER_STALE_AFTER,
    )


def _rows(plan: Any, since: datetime, until: datetime) -> list[Reminder]:
    return [
        Reminder(
            plan=plan,
            local_day=moment.local_day,
            slot=moment.slot,
            due_at=moment.due_at,
            note=moment.note,
            reason=moment.reason,
            state=_state(moment),
        )
        for moment in _moments(plan, since, until)
    ]


def _state(moment: Moment) -> State:
    return State.SKIPPED if moment.reason else State.PLANNED


def _horizon(plan: Any, until: datetime) -> ReminderHorizon:
    """Planned until `until`, or the eve of a plan that begins later; looked at again half a horizon before that."""
    content = plan.current_version.content
    eve = datetime.combine(first_day(content), time(), tzinfo=UTC) - timedelta(days=2)
    until, last = max(until, eve), last_day(content)
    # Two days more: what is the last day here may still be to come on other clocks, or end in moved moments.
    is_over = last is not None and until.date() > last + timedelta(days=2)
    return ReminderHorizon(
        plan=plan,
        version_id=plan.current_version_id,
        basis=_basis(plan),
        planned_until=until,
        replan_at=None if is_over else until - HORIZON / 2,
    )


def _realign(plans: list[Any], now: datetime) -> None:
    """Rows that are still open follow the new times; those that nobody asks for any more go, unless already due."""
    by_plan: dict[Any, list[Reminder]] = defaultdict(list)
    # What quiet hours took away is open again while it is ahead.
    undecided = Reminder.objects.across_practices().filter(plan__in=[plan.pk for plan in plans], is_own=False)
    ahead = undecided.filter(due_at__gt=now, state=State.SKIPPED, reason__in=[QUIET, QUIET_NEXT])
    for row in [*undecided.planned(), *ahead]:
        by_plan[row.plan_id].append(row)
    moved, gone = [], []
    for plan in plans:
        # Two horizons to either side, so that a row is found whatever the clocks were before.
        around = _moments(plan, now - 2 * HORIZON, now + 2 * HORIZON)
        wanted = {(moment.local_day, moment.slot): moment for moment in around}
        for row in by_plan[plan.pk]:
            moment = wanted.get((row.local_day, row.slot))
            if moment is None and row.due_at > now:
                gone.append(row.pk)
            elif moment and (moment.due_at, moment.note, moment.reason) != (row.due_at, row.note, row.reason):
                row.due_at, row.note, row.reason, row.state = moment.due_at, moment.note, moment.reason, _state(moment)
                moved.append(row)
    Reminder.objects.across_practices().filter(pk__in=gone).delete()
    Reminder.objects.across_practices().bulk_update(moved, ["due_at", "note", "reason", "state"], batch_size=200)


def _forget(keys: Collection[Any], now: datetime) -> None:
    """An ended plan, an archived client or a consent taken back: nothing more is planned."""
    if keys:
        Reminder.objects.across_practices().planned().filter(plan__in=keys, due_at__gt=now).delete()
        _horizons().filter(plan__in=keys).delete()


# ---- What changes


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
    """Called after a client's time zone, wishes, consents or record changed."""
    outbox.ask_again_about(client.pk)
    released = Plan.objects.across_practices().filter(client=client, state__in=["published", "suspended"])
    for plan in released.order_by("pk"):
        replan(plan, at=at)
    agreed = Consent.objects.across_practices().in_force().filter(client=client, purpose=Consent.Purpose.REMINDERS)
    if client.archived_at or not agreed.exists():
        _call_back(Reminder.objects.across_practices().filter(plan__client=client), at, NO_WISH)


def consent_withdrawn(consent: Consent, at: datetime) -> None:
    """For clients.consent.consent.after_withdrawal."""
    if consent.purpose == Consent.Purpose.REMINDERS:
        replan_client(consent.client, at=at)


def consent_given(consent: Consent, at: datetime) -> None:
    """For clients.consent.consent.after_giving."""
    if consent.purpose == Consent.Purpose.REMINDERS:
        mark_plans(Plan.objects.across_practices().filter(client=consent.client_id))


def practice_changed(practice: Practice, changed: Collection[str], at: datetime) -> None:
    """For practice.profile.change.after_change: the quiet hours of everybody who has none of their own."""
    if QUIET_SETTINGS & set(changed):
        mark_horizons(_horizons().filter(plan__client__practice=practice))


def _call_back(reminders: Any, at: datetime, reason: str) -> None:
    """What these reminders' messages also spoke for, of another plan, is decided anew."""
    queued = reminders.filter(state=State.QUEUED)
    outbox.ask_again(queued.values_list("message", flat=True))  # with those that are only being queued at this moment
    messages, mine = set(queued.values_list("message", flat=True)), set(queued.values_list("pk", flat=True))
    if not messages or not outbox.call_back(messages, at=at, reason=reason):
        return
    taken = OutboundMessage.objects.across_practices().filter(pk__in=messages, state=OutboundMessage.State.SKIPPED)
    others = Reminder.objects.across_practices().filter(message__in=taken, state=State.QUEUED).exclude(pk__in=mine)
    shared = set(others.values_list("message", flat=True))
    if shared:
        others.update(state=State.PLANNED, message=None)
        # The key stands for one of these reminders, which is to have a message of its own.
        OutboundMessage.objects.across_practices().filter(pk__in=shared).update(dedupe_key=None)
