"""Planning reminders ahead: one row per due moment, made before it comes and changed when the plan changes."""

import contextlib
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
from routines.plans.content import ContentUnreadable, PlanContent
from routines.plans.models import Plan
from routines.reminders.models import Reminder, ReminderHorizon
from routines.reminders.preferences import defer_sealed, time_preferences_of
from routines.reminders.replan_queue import flag_horizons, flag_plans, wanted_plans
from routines.reminders.schedule import QUIET, QUIET_NEXT, Moment, preferred_moments
from routines.reminders.skip_reasons import NOT_NOW, NOT_WANTED

logger = logging.getLogger(__name__)
State = Reminder.State

HORIZON = timedelta(hours=48)
#: A moment from just before the first planning of its plan is still kept.
GRACE = timedelta(minutes=5)
CHUNK = 200
#: How long until a plan that cannot be read is tried again.
PUT_OFF = timedelta(hours=1)
QUIET_SETTINGS = {"quiet_hours_from", "quiet_hours_to"}


def plan_ahead(now: datetime) -> int:
    """Make the rows that fall due within 48 hours, for up to CHUNK plans that are to be planned now.
    Returns how many plans those were. Reads one index range, whatever the number of plans."""
    try:
        return _plan_due(now)
    except DatabaseError:
        raise
    except Exception:  # find the one that cannot be read, and plan all others
        due = _horizons().filter(replan_at__lte=now).order_by("replan_at")
        return sum(_plan_or_put_off(key, now) for key in list(due.values_list("pk", flat=True)[:CHUNK]))


@transaction.atomic
def _plan_due(now: datetime) -> int:
    due = _horizons().filter(replan_at__lte=now).order_by("replan_at").only("pk")
    if connection.features.has_select_for_update_skip_locked:
        # Locks both rows and never waits: whoever holds one of them plans that plan or flags it anew.
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
    """Bring a plan's future rows in line with its version and its client's time zone and preferences.
    What was sent or skipped stays."""
    # The locks keep two workers, or a worker and a person, from planning the same plan at once.
    Plan.objects.across_practices().select_for_update(of=("self",), no_key=True).only("pk").filter(pk=key).first()
    _plan_locked(key, now)


def _plan_locked(key: Any, now: datetime) -> None:
    """The caller holds the plan's row."""
    _horizons().select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    _plan_many([key], now)


def _plan_many(keys: Collection[Any], now: datetime, *, may_be_planned: bool = True) -> None:
    """The caller holds the rows. Seven queries, whatever the number of plans."""
    found = (
        wanted_plans()
        .filter(pk__in=keys)
        .select_related("client__practice", "client__reminder_preferences", "current_version", "horizon")
    )
    plans = list(defer_sealed(found))
    if may_be_planned:
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
    return time_preferences_of(plan.client).basis(plan.client.time_zone, plan.opened)


def _is_same_basis(plan: Plan) -> bool:
    return plan.horizon.version_id == plan.current_version_id and plan.horizon.basis == _basis(plan)


def _since(plan: Any, now: datetime) -> datetime:
    if _was_planned(plan):
        planned_until: datetime = plan.horizon.planned_until
        return min(now, planned_until)
    began: datetime = plan.state_changed_at - timedelta(seconds=1)
    return max(now - GRACE, began)


def _moments(plan: Any, since: datetime, until: datetime) -> list[Moment]:
    return preferred_moments(
        plan.content_now,
        time_zone=plan.client.time_zone,
        since=since,
        until=until,
        preferences=time_preferences_of(plan.client),
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
    """A horizon to `until`, or to the eve of the plan's first day if later; planned anew half a horizon before that."""
    content: PlanContent = plan.content_now
    eve = datetime.combine(content.starts_on, time(), tzinfo=UTC) - timedelta(days=2)
    until, last = max(until, eve), content.last_day
    # Two days more: the last day may still be to come in other time zones, or moments may have moved past it.
    is_over = last is not None and until.date() > last + timedelta(days=2)
    return ReminderHorizon(
        plan=plan,
        version_id=plan.current_version_id,
        basis=_basis(plan),
        planned_until=until,
        replan_at=None if is_over else until - HORIZON / 2,
    )


def _realign(plans: list[Any], now: datetime) -> None:
    """Move open rows to the new times; delete those that are no longer asked for, unless already due."""
    by_plan: dict[Any, list[Reminder]] = defaultdict(list)
    # What quiet hours took away is open again as long as it is ahead.
    undecided = Reminder.objects.across_practices().filter(plan__in=[plan.pk for plan in plans], is_own=False)
    ahead = undecided.filter(due_at__gt=now, state=State.SKIPPED, reason__in=[QUIET, QUIET_NEXT])
    for row in [*undecided.planned(), *ahead]:
        by_plan[row.plan_id].append(row)
    moved, gone = [], []
    for plan in plans:
        # Two horizons to either side, so that a row is found whatever the time zone was before.
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
    """Plan nothing more: an ended plan, an archived client or a withdrawn consent."""
    if keys:
        Reminder.objects.across_practices().planned().filter(plan__in=keys, due_at__gt=now).delete()
        _horizons().filter(plan__in=keys).delete()


# ---- What changes


def replan(plan: Plan, *, at: datetime, is_new: bool = False) -> None:
    """Called by whoever changes a plan, holding its row: planned rows follow at once, and a plan that may not be shown
    calls back what has not begun to leave. Once the caller's transaction has committed, no hand-over begins.

    `is_new`: never released before, so that nothing was planned that could be held or taken back.
    """
    if is_new:
        _plan_many([plan.pk], at, may_be_planned=False)
        return
    if plan.state == Plan.State.PUBLISHED:
        _plan_locked(plan.pk, at)
        return
    _call_back(Reminder.objects.across_practices().filter(plan=plan), at, NOT_NOW)
    # It must be possible to suspend even a version that cannot be read.
    with contextlib.suppress(ContentUnreadable), transaction.atomic():
        _plan_locked(plan.pk, at)


@transaction.atomic
def replan_client(client: Client, *, at: datetime) -> None:
    """Plan a client's reminders anew after a change of time zone, preferences, consents or record."""
    outbox.ask_again_about(client.pk)
    released = Plan.objects.across_practices().filter(client=client, state__in=["published", "suspended"])
    for plan in released.order_by("pk").select_for_update(of=("self",), no_key=True):
        replan(plan, at=at)
    agreed = Consent.objects.across_practices().in_force().filter(client=client, purpose=Consent.Purpose.REMINDERS)
    if client.archived_at or not agreed.exists():
        _call_back(Reminder.objects.across_practices().filter(plan__client=client), at, NOT_WANTED)


def consent_withdrawn(consent: Consent, at: datetime) -> None:
    """Without the consent nothing more leaves."""
    if consent.purpose == Consent.Purpose.REMINDERS:
        replan_client(consent.client, at=at)


def consent_given(consent: Consent, at: datetime) -> None:
    """Have the moments planned at the next tick."""
    if consent.purpose == Consent.Purpose.REMINDERS:
        flag_plans(Plan.objects.across_practices().filter(client=consent.client_id))


def practice_changed(practice: Practice, changed: Collection[str], at: datetime) -> None:
    """Plan anew for everybody who has no quiet hours of their own, when the practice's quiet hours changed."""
    if QUIET_SETTINGS & set(changed):
        flag_horizons(_horizons().filter(plan__client__practice=practice))


def ask_again_about_flagged(flagged_at: datetime) -> None:
    """Have messages for plans that were flagged at `flagged_at` checked once more before they leave."""
    queued = Reminder.objects.across_practices().filter(state=State.QUEUED, plan__recheck_since=flagged_at)
    outbox.ask_again(queued.values_list("message", flat=True))


def _call_back(reminders: Any, at: datetime, reason: str) -> None:
    """Call back the messages of these reminders. What they also stood for, of another plan, is decided anew."""
    queued = reminders.filter(state=State.QUEUED)
    outbox.ask_again(queued.values_list("message", flat=True))  # including those that are being queued at this moment
    messages, mine = set(queued.values_list("message", flat=True)), set(queued.values_list("pk", flat=True))
    if not messages or not outbox.call_back(messages, at=at, reason=reason):
        return
    taken = OutboundMessage.objects.across_practices().filter(pk__in=messages, state=OutboundMessage.State.SKIPPED)
    others = Reminder.objects.across_practices().filter(message__in=taken, state=State.QUEUED).exclude(pk__in=mine)
    shared = set(others.values_list("message", flat=True))
    if shared:
        others.update(state=State.PLANNED, message=None)
        # The key stands for one of these reminders, which is to get a message of its own.
        OutboundMessage.objects.across_practices().filter(pk__in=shared).update(dedupe_key=None)
