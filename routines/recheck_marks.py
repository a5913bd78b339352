"""Marks on running plans: something that their screening rests on has changed. Written with the change itself."""

from datetime import datetime, timedelta
from typing import Any

from practice import outbox
from routines.models import Plan, Reminder
from routines.models.plan import PlanQuerySet

#: The westernmost and easternmost clocks are 26 hours apart; a plan is looked at when the day may be over anywhere.
FARTHEST_EAST = timedelta(hours=14)


def mark_all(at: datetime) -> int:
    """New rules or a new catalog: every running plan of every practice."""
    # Marked ones too: a check that is under way reads the old rules and takes its mark off when it ends.
    return _mark(Plan.objects.across_practices().running(), at)


def mark_practice(practice: Any, at: datetime) -> int:
    """The practice's own rules have changed."""
    return _mark(Plan.objects.for_practice(practice).running(), at)


def mark_aged(at: datetime) -> int:
    """Plans whose screening was only good until yesterday: an answer or a letter ran out, a window opened or closed."""
    day = (at + FARTHEST_EAST).date()
    aged = Plan.objects.across_practices().running().filter(safe_until__lt=day, recheck_since=None)
    return _mark(aged, at)


def _mark(plans: PlanQuerySet, at: datetime) -> int:
    """Reminders that wait or are about to leave are asked about again: the check comes before the hand-over."""
    marked = plans.update(recheck_since=at)
    if marked:
        on_their_way = Reminder.objects.across_practices().filter(state=Reminder.State.QUEUED, plan__recheck_since=at)
        outbox.ask_again(on_their_way.values_list("message_id", flat=True))
    return marked
