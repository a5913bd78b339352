"""A client changes how they want to be reminded."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import TypedDict, Unpack

from django.db import transaction

from clients.roster.models import Client
from clients.roster.models.client import ClientQuerySet
from practice.audit import audit
from practice.tenancy.models import User
from routines.plans.models import Plan
from routines.reminders.models import Reminder
from routines.reminders.plan import replan_client
from routines.reminders.preferences import preferences_of

CHANGEABLE = frozenset({"quiet", "quiet_from", "quiet_to", "chosen_times", "only_unlogged"})
NEXT_SHOWN = 6


class PreferenceValues(TypedDict, total=False):
    """What a client may set; `chosen_times` says at what wall time to remind of each slot."""

    quiet: str
    quiet_from: time | None
    quiet_to: time | None
    only_unlogged: bool
    chosen_times: dict[str, str]


@transaction.atomic
def change_own_preferences(user: User, *, at: datetime, **values: Unpack[PreferenceValues]) -> int:
    """Save `values` (of CHANGEABLE) for the person, with every practice that looks after them, and plan their
    reminders anew at once. Returns how many records changed."""
    if unknown := values.keys() - CHANGEABLE:
        raise TypeError(f"Not a preference: {sorted(unknown)}")
    changed = 0
    for client in own_records(user).select_for_update(of=("self",)).order_by("pk"):
        row = preferences_of(client)
        if all(getattr(row, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.client = client
        row.save()
        audit.record(user, "reminder.changed", client)
        replan_client(client, at=at)
        changed += 1
    return changed


def own_records(user: User) -> ClientQuerySet:
    return Client.objects.of_user(user).select_related("practice", "reminder_preferences")


def asked_slots(user: User) -> list[str]:
    """Every wall time that the person's released plans ask for, sorted."""
    released = Plan.objects.of_user(user).filter(state__in=[Plan.State.PUBLISHED, Plan.State.SUSPENDED])
    contents = [plan.current_version.content for plan in released.select_related("current_version")]  # type: ignore[union-attr]
    return sorted({slot for content in contents for phase in content.phases for slot in phase.times})


def next_reminders(user: User, *, at: datetime) -> list[Reminder]:
    """The next moments as they are planned, including those that quiet hours take away."""
    own = Reminder.objects.across_practices().filter(
        plan__client__user=user, plan__client__archived_at=None, due_at__gt=at
    )
    return list(own.select_related("message").order_by("due_at", "slot")[:NEXT_SHOWN])


def merged_times(chosen: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """The client's own times by slot: `typed` over `chosen`; a time equal to its slot is left out."""
    return {slot: wall for slot, wall in {**chosen, **typed}.items() if wall and wall != slot}
