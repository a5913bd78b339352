"""Marks on running plans: something that their screening rests on has changed. Written with the change itself."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from practice.core.clock import local_today
from practice.mail import outbox
from routines.plans.models import Plan, PlanQuerySet
from routines.reminders.models import Reminder

#: No clocks are further ahead of UTC; what is good beyond that day there is good everywhere.
FARTHEST_EAST = timedelta(hours=14)


def mark_all(at: datetime) -> int:
    """New rules or a new catalog: every running plan of every practice."""
    # Marked ones too: a check that is under way reads the old rules and takes its mark off when it ends.
    return _mark(Plan.objects.across_practices().running(), at)


def mark_practice(practice: Any, at: datetime) -> int:
    """The practice's own rules have changed."""
    return _mark(Plan.objects.for_practice(practice).running(), at)


def mark_aged(at: datetime) -> int:
    """Plans whose screening was only good until yesterday: an answer or a letter ran out, a window opened or closed.

    Yesterday on the client's own clocks: a check on a plan's last day leaves that day as it is, so a mark that comes
    earlier would be set anew after each check.
    """
    running = Plan.objects.across_practices().running().filter(recheck_since=None)
    near = running.filter(safe_until__lt=(at + FARTHEST_EAST).date())
    by_today: dict[date, list[str]] = {}
    for time_zone in near.order_by().values_list("client__time_zone", flat=True).distinct():
        by_today.setdefault(local_today(at, time_zone), []).append(time_zone)
    return sum(  # at most three, since the world never has more dates at once
        _mark(near.filter(safe_until__lt=today, client__time_zone__in=time_zones), at)
        for today, time_zones in by_today.items()
    )


@transaction.atomic
def _mark(plans: PlanQuerySet, at: datetime) -> int:
    """Reminders that wait or are about to leave are asked about again: the check comes before the hand-over."""
    marked = plans.update(recheck_since=at)
    if marked:
        on_their_way = Reminder.objects.across_practices().filter(state=Reminder.State.QUEUED, plan__recheck_since=at)
        outbox.ask_again(on_their_way.values_list("message", flat=True))
    return marked
