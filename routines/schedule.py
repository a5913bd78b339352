"""Which moments a released plan asks for, on the client's own clocks. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from routines.day_plan import plan_day

DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Moment:
    """`slot` ("HH:MM", the wall time asked for) of `local_day`, and the instant at which that comes."""

    due_at: datetime
    local_day: date
    slot: str


def due_moments(content: dict[str, Any], *, time_zone: str, since: datetime, until: datetime) -> list[Moment]:
    """Every moment of a frozen plan with `since` < due ≤ `until`, in order; each (day, slot) once."""
    zone = ZoneInfo(time_zone)
    found = (
        Moment(local_instant(day, slot, zone), day, slot)
        for day in _days(since, until, zone)
        for slot in sorted(set(plan_day(content, day).times))
    )
    return sorted(moment for moment in found if since < moment.due_at <= until)


def local_instant(day: date, slot: str, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time. A time that the clocks skip (spring) is the first minute after the
    gap; a time that comes twice (autumn) is the first of the two."""
    wall = datetime.combine(day, time.fromisoformat(slot), tzinfo=zone)
    earlier, later = wall.replace(fold=1).astimezone(UTC), wall.astimezone(UTC)
    if later.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return later
    # In a gap fold=1 lies before the change and fold=0 after it (PEP 495).
    return _next_minute(_change_between(earlier, later, zone))


def logging_window(day: date, slot: str, slots: list[str], time_zone: str) -> datetime:
    """From when on a session counts as the one that `slot` asks for: half-way from the slot before it,
    or the start of the day."""
    zone = ZoneInfo(time_zone)
    before = [other for other in slots if other < slot]
    if not before:
        return local_instant(day, "00:00", zone)
    last, this = local_instant(day, max(before), zone), local_instant(day, slot, zone)
    return last + (this - last) / 2


def _days(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[date]:
    # One day more at the front: a gap of a whole day carries its moments into the next.
    day, last = since.astimezone(zone).date() - DAY, until.astimezone(zone).date()
    while day <= last:
        yield day
        day += DAY


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second in (before, after] with the offset of `after`."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def _next_minute(instant: datetime) -> datetime:
    return instant + timedelta(seconds=-instant.second % 60)
