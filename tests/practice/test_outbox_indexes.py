"""The reads of every tick take the index of the few rows that are open, however many messages there were."""

import pytest
from django.db import connection
from django.utils import timezone

from practice.mail.models import OutboundMessage
from routines.reminders import send
from routines.reminders.models import Reminder, ReminderHorizon


@pytest.mark.django_db
@pytest.mark.parametrize("index", ["outbox_waiting", "reminder_queued", "reminder_planned", "horizon_to_replan"])
def test_sqlite_takes_the_index_of_open_rows(index: str) -> None:
    """SQLite uses a partial index only for a condition that it can tell to be the same; PostgreSQL's choice depends
    on how many rows there are, and bench/growth.py shows it."""
    now, messages = timezone.now(), OutboundMessage.objects.across_practices()
    reads = {
        "outbox_waiting": [messages.due(now), messages.vanished(now), messages.open(), messages.not_begun()],
        "reminder_queued": [send._differing("queued")],
        "reminder_planned": [Reminder.objects.across_practices().planned().filter(due_at__lte=now).order_by("due_at")],
        "horizon_to_replan": [ReminderHorizon.objects.across_practices().filter(replan_at__lte=now)],
    }
    if connection.vendor == "sqlite":
        assert all(index in rows.explain() for rows in reads[index])
    else:
        assert index in str(connection.introspection.get_constraints(connection.cursor(), _table(reads[index][0])))


def _table(rows) -> str:
    return rows.model._meta.db_table
