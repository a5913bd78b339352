"""How a client wants to be reminded, read from what is saved. Pure over the rows; wishes_change.py writes them."""

from datetime import time
from typing import Any

from clients.roster.models import Client
from practice.tenancy.models import Practice
from routines.reminders.models import ReminderWishes
from routines.reminders.schedule import Wishes


def row_of(client: Client) -> ReminderWishes:
    """The client's saved wishes, or what holds without any."""
    return getattr(client, "reminder_wishes", None) or ReminderWishes()


def wishes_of(client: Client) -> Wishes:
    """What moves this client's moments: their own quiet hours or else the practice's, and their own times."""
    return Wishes(quiet_hours(client), row_of(client).chosen_times)


def quiet_hours(client: Client) -> tuple[str, str] | None:
    row = row_of(client)
    if row.quiet == ReminderWishes.Quiet.NONE:
        return None
    if row.quiet == ReminderWishes.Quiet.OWN and row.quiet_from is not None and row.quiet_to is not None:
        return _hours(row.quiet_from, row.quiet_to)
    return practice_hours(client.practice)


def practice_hours(practice: Practice) -> tuple[str, str] | None:
    """What a practice suggests to those who chose nothing."""
    return _hours(practice.quiet_hours_from, practice.quiet_hours_to)


def _hours(begins: time, ends: time) -> tuple[str, str] | None:
    return (clock(begins), clock(ends)) if begins != ends else None


def clock(wall: time) -> str:
    return f"{wall:%H:%M}"


def light(rows: Any, path: str = "") -> Any:
    """The same rows without the sealed fields of the plan at `path` and its client, which nobody here reads."""
    plan = [f"{path}{name}" for name in ("state_reason", "note_to_client", "therapist_note")]
    return rows.defer(*plan, *(f"{path}client__{name}" for name in ("notes", "born_on", "not_present")))
