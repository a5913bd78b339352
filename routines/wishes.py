"""How a client wants to be reminded, read from what is saved. Pure over the rows; wishes_change.py writes them."""

from datetime import time

from clients.models import Client
from routines.models import ReminderWishes
from routines.schedule import Wishes


def row_of(client: Client) -> ReminderWishes:
    """The client's saved wishes, or what holds without any."""
    return getattr(client, "reminder_wishes", None) or ReminderWishes()


def wishes_of(client: Client) -> Wishes:
    """What moves this client's moments: their own quiet hours or else the practice's, and their own times."""
    return Wishes(quiet_hours(client), row_of(client).chosen_times)


def quiet_hours(client: Client) -> tuple[str, str] | None:
    row, practice = row_of(client), client.practice
    if row.quiet == ReminderWishes.Quiet.NONE:
        return None
    if row.quiet == ReminderWishes.Quiet.OWN and row.quiet_from is not None and row.quiet_to is not None:
        begins, ends = row.quiet_from, row.quiet_to
    else:
        begins, ends = practice.quiet_hours_from, practice.quiet_hours_to
    return (clock(begins), clock(ends)) if begins != ends else None


def clock(wall: time) -> str:
    return f"{wall:%H:%M}"
