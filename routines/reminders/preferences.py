"""How a client wants to be reminded, from the saved rows. Pure; `change_preferences` writes them."""

from datetime import time
from typing import Any

from clients.roster.models import Client
from practice.tenancy.models import Practice
from routines.reminders.models import ReminderPreferences
from routines.reminders.schedule import TimePreferences


def preferences_of(client: Client) -> ReminderPreferences:
    """The client's saved preferences, or the defaults."""
    return getattr(client, "reminder_preferences", None) or ReminderPreferences()


def time_preferences_of(client: Client) -> TimePreferences:
    """What moves this client's moments: their own quiet hours, or else the practice's, and their own times."""
    return TimePreferences(quiet_hours(client), preferences_of(client).chosen_times)


def quiet_hours(client: Client) -> tuple[str, str] | None:
    row = preferences_of(client)
    if row.quiet == ReminderPreferences.Quiet.NONE:
        return None
    if row.quiet == ReminderPreferences.Quiet.OWN and row.quiet_from is not None and row.quiet_to is not None:
        return _hours(row.quiet_from, row.quiet_to)
    return practice_hours(client.practice)


def practice_hours(practice: Practice) -> tuple[str, str] | None:
    """The quiet hours that a practice suggests to clients who chose none."""
    return _hours(practice.quiet_hours_from, practice.quiet_hours_to)


def _hours(begins: time, ends: time) -> tuple[str, str] | None:
    return (clock(begins), clock(ends)) if begins != ends else None


def clock(wall: time) -> str:
    return f"{wall:%H:%M}"


def defer_sealed(rows: Any, path: str = "") -> Any:
    """Leave out the sealed fields of the plan at `path` and of its client, which nobody here reads."""
    plan = [f"{path}{name}" for name in ("state_reason", "note_to_client", "therapist_note")]
    return rows.defer(*plan, *(f"{path}client__{name}" for name in ("notes", "born_on", "not_present")))
