"""Which plans are to be planned again: flagged by what changes, and slowly compared in case a flag was forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clients.record.models import Consent
from practice.mail import outbox
from routines.plans.models import Plan
from routines.reminders.models import PlanningRound, Reminder, ReminderHorizon
from routines.reminders.preferences import defer_sealed, time_preferences_of
from routines.reminders.skip_reasons import CLOCK_REASONS, STALE

#: Before any clock's time, so that a flag holds whatever the clocks are set to.
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
#: The slow comparison reads one slice of this many plans, and no more often than this.
SLICE, PAUSE = 100, timedelta(seconds=9)
#: Two machines' clocks may differ by less than this; by more, the clock was set back.
SET_BACK = timedelta(minutes=1)
RELEASED = (Plan.State.PUBLISHED, Plan.State.SUSPENDED)


def wanted_plans() -> Any:
    """Plans whose moments are planned: released ones of clients who want reminders. Suspended ones too,
    so that the ledger shows each moment as skipped; none of those is sent."""
    return Plan.objects.across_practices().filter(Exists(_agreed()), state__in=RELEASED, client__archived_at=None)


def _agreed() -> Any:
    in_force = Consent.objects.across_practices().in_force()
    return in_force.filter(client=OuterRef("client"), purpose=Consent.Purpose.REMINDERS)


@transaction.atomic(savepoint=False)
def flag_plans(plans: Any) -> int:
    """Have the next tick plan these plans (a scoped queryset) again. Call it in the transaction of the change."""
    keys = list(plans.filter(state__in=RELEASED).order_by("pk").values_list("pk", flat=True))
    rows = [ReminderHorizon(plan_id=key, replan_at=AT_ONCE) for key in keys]
    ReminderHorizon.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    flag_horizons(ReminderHorizon.objects.across_practices().filter(pk__in=keys))
    return len(keys)


def flag_horizons(horizons: Any) -> None:
    """Flag horizons. Waits for a tick that holds one, which would overwrite the flag with what it read before."""
    # In the order of keys, like everywhere else, so that there is no deadlock.
    held = list(horizons.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
    ReminderHorizon.objects.across_practices().filter(pk__in=held).update(replan_at=AT_ONCE)


def compare_slice(now: datetime) -> int:
    """Compare the next SLICE plans with what they were planned from, and flag those that differ; how many.

    Goes round all plans again and again in even, small steps. Safe in any number of processes.
    """
    turn, _made = PlanningRound.objects.get_or_create(pk=1, defaults={"at": AT_ONCE})
    set_back = turn.at > now + SET_BACK
    if now - turn.at < PAUSE and not set_back:
        return 0
    if not PlanningRound.objects.filter(pk=1, at=turn.at).update(at=now):
        return 0  # another worker has this slice
    if set_back:
        _reopen(now)
    plans = Plan.objects.across_practices().filter(state__in=RELEASED).order_by("pk")
    if turn.after:
        plans = plans.filter(pk__gt=turn.after)
    # The keys alone: one short range of the primary key, whatever the query planner makes of the joins.
    keys = list(plans.values_list("pk", flat=True)[:SLICE])
    found = Plan.objects.across_practices().filter(pk__in=keys)
    found = found.select_related("client__practice", "client__reminder_preferences", "horizon")
    sliced = list(defer_sealed(found))
    in_force = Consent.objects.across_practices().in_force().filter(purpose=Consent.Purpose.REMINDERS)
    clients = {plan.client_id for plan in sliced}
    agreed = set(in_force.filter(client__in=clients).values_list("client", flat=True))
    differing = [plan.pk for plan in sliced if not _is_in_line(plan, agreed)]
    if differing:
        flag_plans(Plan.objects.across_practices().filter(pk__in=differing))
    PlanningRound.objects.filter(pk=1).update(after=keys[-1] if len(keys) == SLICE else None)
    return len(differing)


def _is_in_line(plan: Any, agreed: set[Any]) -> bool:
    horizon = getattr(plan, "horizon", None)
    if plan.client_id not in agreed or plan.client.archived_at:
        return horizon is None
    if horizon is None or horizon.planned_until is None:
        return False
    return (
        horizon.version_id == plan.current_version_id
        and horizon.basis == time_preferences_of(plan.client).basis(plan.client.time_zone, plan.opened)
        and (horizon.replan_at is None or horizon.replan_at <= horizon.planned_until)
    )


def _reopen(now: datetime) -> None:
    """The clock ran ahead and has been set back: plan, or send, again what was given up because of it."""
    given_up = Reminder.objects.across_practices().filter(state=Reminder.State.SKIPPED, message=None)
    by_the_clock = Q(reason__in=CLOCK_REASONS, due_at__gt=now)
    by_the_clock |= Q(reason=STALE, due_at__gte=now - settings.REMINDER_STALE_AFTER)
    given_up.filter(by_the_clock).update(state=Reminder.State.PLANNED, reason="")
    again = outbox.take_up_again(CLOCK_REASONS, now)
    on_their_way = Reminder.objects.across_practices().filter(state=Reminder.State.SKIPPED, message__in=again)
    on_their_way.update(state=Reminder.State.QUEUED, reason="")
