"""Reminders in figures for a monitor, over all practices."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from prometheus_client.core import Metric

from practice.site.metrics import age, gauge, gauges
from routines.reminders.ledger import OPEN_STATES, given_up, late, waiting, with_outcome
from routines.reminders.models import Reminder

WINDOW = timedelta(hours=1)
State = Reminder.State


def reminder_metrics(at: datetime) -> Iterator[Metric]:
    """Five reads: the last hour's and the last day's moments (index on due_at), and open rows (an index a state)."""
    every = with_outcome(Reminder.objects.across_practices())
    hour = every.filter(due_at__gt=at - WINDOW, due_at__lte=at).aggregate(
        late=Count("pk", filter=late(at)), **{state.value: Count("pk", filter=Q(became=state)) for state in State}
    )
    delayed = hour.pop("late")
    yield gauges(
        "reminders_due_last_hour",
        "Moments that fell due in the last hour, by what became of them (sent: accepted by the mail server).",
        "outcome",
        hour,
    )
    yield gauge("reminders_late_last_hour", "Of those, handed over or still waiting after a minute.", delayed)
    day = every.filter(due_at__gt=at - timedelta(days=1), due_at__lte=at)
    yield gauge(
        "reminders_given_up_last_day",
        "Moments of the last day that were skipped because they had become too late.",
        day.filter(given_up()).count(),
    )
    # Moments are planned far ahead, while those of the other states are few.
    few = {State.PLANNED: Q(due_at__lte=at)}
    open_now = [every.filter(few.get(state, Q()), state=state).aggregate(**_standing(at)) for state in OPEN_STATES]
    oldest = min((found["oldest"] for found in open_now if found["oldest"]), default=None)
    waits, doubtful = (sum(found[name] for found in open_now) for name in ("waiting", "unconfirmed"))
    yield gauge("reminders_waiting", "Due, and nothing has become of them yet.", waits)
    yield gauge("reminders_oldest_waiting_seconds", "Age of the oldest of those.", age(oldest, at))
    yield gauge("reminders_unconfirmed", "Handed over, with no answer from the mail server.", doubtful)


def _standing(at: datetime) -> dict[str, Any]:
    return {
        "waiting": Count("pk", filter=waiting(at)),
        "oldest": Min("due_at", filter=waiting(at)),
        "unconfirmed": Count("pk", filter=Q(became=State.UNCONFIRMED)),
    }
