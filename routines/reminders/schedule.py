"""Which moments a released plan asks for, in the client's time zone. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import zip_longest
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from routines.plans.content import PlanContent
from routines.plans.day import plan_day

DAY = timedelta(days=1)

CHOSEN = gettext_noop("At the time that the client chose.")
MOVED = gettext_noop("Moved to the end of the quiet hours.")
QUIET = gettext_noop("In quiet hours, and their end would be too late for it.")
QUIET_NEXT = gettext_noop("In quiet hours, and the next reminder comes no later than their end.")


@dataclass(frozen=True, order=True)
class Moment:
    """`slot` ("HH:MM", the wall time asked for) of `local_day`, and the instant at which that comes.

    `note`: why that is not the time of the slot. `reason`: why nothing is to be sent.
    """

    due_at: datetime
    local_day: date
    slot: str
    note: str = ""
    reason: str = ""


@dataclass(frozen=True)
class TimePreferences:
    """When a client wants to be reminded, in wall times "HH:MM". `quiet`: from, to; `chosen`: slot -> own time."""

    quiet: tuple[str, str] | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)

    def basis(self, time_zone: str, opened: Mapping[str, str]) -> str:
        """A text that is equal for equal preferences, time zones and opened phases: what moments were planned from."""
        known = (time_zone, self.quiet, sorted(self.chosen.items()), sorted(opened.items()))
        return sha256(repr(known).encode()).hexdigest()[:32]


def due_moments(content: PlanContent, *, time_zone: str, since: datetime, until: datetime) -> list[Moment]:
    """Every moment of a frozen plan with `since` < due ≤ `until`, in order; each (day, slot) once."""
    zone = ZoneInfo(time_zone)
    found = (
        Moment(local_instant(day, slot, zone), day, slot)
        for day in _days(since, until, zone)
        for slot in sorted(set(plan_day(content, day).times))
    )
    return sorted(moment for moment in found if since < moment.due_at <= until)


def preferred_moments(
    content: PlanContent,
    *,
    time_zone: str,
    since: datetime,
    until: datetime,
    preferences: TimePreferences,
    most: timedelta,
) -> list[Moment]:
    """The moments of `due_moments` as the client wants them, each (day, slot) once.

    A moment in quiet hours moves to their end. Where that is more than `most` later, or the plan's next moment comes
    by then, it keeps its time, with a reason not to send: a reminder that late is of no use.
    """
    zone = ZoneInfo(time_zone)
    asked = sorted(_chosen(content, _days(since, until + DAY, zone), zone, preferences.chosen))
    if preferences.quiet:
        following = [later.due_at for later in asked[1:]]
        asked = [
            _out_of_quiet(moment, later, zone, preferences.quiet, most)
            for moment, later in zip_longest(asked, following)
        ]
    return sorted(moment for moment in asked if since < moment.due_at <= until)


def _chosen(content: PlanContent, days: Iterable[date], zone: ZoneInfo, chosen: Mapping[str, str]) -> Iterator[Moment]:
    for day in days:
        for slot in sorted(set(plan_day(content, day).times)):
            wall = chosen.get(slot, slot)
            yield Moment(local_instant(day, wall, zone), day, slot, CHOSEN if wall != slot else "")


def _out_of_quiet(
    moment: Moment, following: datetime | None, zone: ZoneInfo, quiet: tuple[str, str], most: timedelta
) -> Moment:
    period = quiet_period(moment.due_at, zone, quiet)
    if period is None:
        return moment
    if period[1] - moment.due_at > most:
        return replace(moment, reason=QUIET)
    if following and following <= period[1]:
        return replace(moment, reason=QUIET_NEXT)
    return replace(moment, due_at=period[1], note=MOVED)


def quiet_period(at: datetime, zone: ZoneInfo, quiet: tuple[str, str]) -> tuple[datetime, datetime] | None:
    """Beginning and end of the quiet hours that `at` lies in; None outside. Their end is not quiet any more."""
    begins, ends = quiet
    wall = at.astimezone(zone)
    today, now = wall.date(), f"{wall:%H:%M}"
    if begins < ends:
        first, last, is_within = today, today, begins <= now < ends
    elif now >= begins:
        first, last, is_within = today, today + DAY, begins != ends
    else:
        first, last, is_within = today - DAY, today, begins != ends and now < ends
    if not is_within:
        return None
    return min(at, local_instant(first, begins, zone)), max(at, local_instant(last, ends, zone))


def local_instant(day: date, slot: str, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time. A time that the clocks skip (spring) becomes the first minute after the gap;
    of a time that comes twice (autumn) it is the first."""
    wall = datetime.combine(day, time.fromisoformat(slot), tzinfo=zone)
    earlier, later = wall.replace(fold=1).astimezone(UTC), wall.astimezone(UTC)
    if later.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return later
    # In a gap fold=1 lies before the change and fold=0 after it (PEP 495).
    return _next_minute(_change_between(earlier, later, zone))


def logging_window(day: date, slot: str, slots: list[str], time_zone: str) -> datetime:
    """The instant from which a session counts as the one that `slot` asks for: half-way from the slot before, or the
    start of the day."""
    zone = ZoneInfo(time_zone)
    before = [other for other in slots if other < slot]
    if not before:
        return local_instant(day, "00:00", zone)
    last, this = local_instant(day, max(before), zone), local_instant(day, slot, zone)
    return last + (this - last) / 2


def _days(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[date]:
    # One day more at the front: a gap of a whole day moves its moments into the next.
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
