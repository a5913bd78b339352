"""Flags running plans for a check when something that their screening rests on changes, in the same transaction."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction

from practice.core.clock import local_today
from routines.plans.models import Plan, PlanQuerySet
from routines.rechecking.signals import plans_flagged

#: No time zone is further ahead of UTC; what is good beyond the day there is good everywhere.
FARTHEST_EAST = timedelta(hours=14)


def flag_all(at: datetime) -> int:
    """Flag every running plan of every practice: new rules or a new catalog. For how many are flagged, see `_live`."""
    # Flagged ones too: a check that is under way reads the old rules, and clears the flag when it ends.
    return _flag(_live(Plan.objects.across_practices()), at)


def flag_practice(practice: uuid.UUID, at: datetime) -> int:
    """Flag the practice's running plans: its own rules have changed. How many."""
    return _flag(_live(Plan.objects.for_practice(practice)), at)


def _live(plans: PlanQuerySet) -> PlanQuerySet:
    """Running ones, and those that a release under way may just be setting running by the old rules.

    Such a release holds the plan's row, so the flag waits for it and then lands on a running plan. On a plan that
    stays a draft or paused a flag means nothing, and goes when it is released.
    """
    return plans.exclude(state=Plan.State.ENDED)


def flag_outdated(at: datetime) -> int:
    """Flag plans whose screening was good until yesterday: an answer or letter ran out, a window opened or closed.

    Yesterday in the client's time zone: a check on the last good day leaves that day as it is, so an earlier flag
    would be set anew after each check. Returns how many.
    """
    running = Plan.objects.across_practices().running().filter(recheck_since=None)
    near = running.filter(safe_until__lt=(at + FARTHEST_EAST).date())
    by_today: dict[date, list[str]] = {}
    for time_zone in near.order_by().values_list("client__time_zone", flat=True).distinct():
        by_today.setdefault(local_today(at, time_zone), []).append(time_zone)
    return sum(  # at most three: the world never has more dates at once
        _flag(near.filter(safe_until__lt=today, client__time_zone__in=time_zones), at)
        for today, time_zones in by_today.items()
    )


@transaction.atomic
def _flag(plans: PlanQuerySet, at: datetime) -> int:
    """Set the flag. Reminders that wait or are about to leave are checked again before the hand-over."""
    flagged = plans.update(recheck_since=at)
    if flagged:
        plans_flagged.send(Plan, flagged_at=at)
    return flagged
