"""Every wall time comes exactly once, in every time zone and across every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from routines.reminders.schedule import Moment, due_moments, local_instant, logging_window
from tests.factories.reminders import content

QUARTERS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)]
#: Half-hour changes, changes at midnight, over Ramadan, southern, none at all, and odd offsets.
SOME_ZONES = [
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/Havana",
    "Asia/Tokyo",
]
MINUTE = timedelta(minutes=1)


def changes(name: str, first: int, last: int) -> list[datetime]:
    """The instants at which a zone's offset changes."""
    zone, found = ZoneInfo(name), []
    step, at, end = timedelta(hours=6), datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while at < end:
        if at.astimezone(zone).utcoffset() != (at + step).astimezone(zone).utcoffset():
            low = at
            while (low + MINUTE).astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset():
                low += MINUTE
            found.append(low + MINUTE)
        at += step
    return found


def first_passage(day: date, slot: str, zone: ZoneInfo, change: datetime) -> datetime:
    """The first minute whose wall time is not before the one asked for, found by looking at each minute."""
    wall = datetime.combine(day, time.fromisoformat(slot))
    offsets = [(change + side).astimezone(zone).utcoffset() for side in (-MINUTE, timedelta())]
    at = (wall - max(offsets)).replace(tzinfo=UTC) - timedelta(minutes=5)
    assert at.astimezone(zone).replace(tzinfo=None) < wall
    while at.astimezone(zone).replace(tzinfo=None) < wall:
        at += MINUTE
    return at


def zones(config: pytest.Config) -> list[str]:
    return sorted(available_timezones()) if config.getoption("--all-zones") else SOME_ZONES


def test_every_wall_time_around_every_change_comes_once(pytestconfig: pytest.Config) -> None:
    every_quarter, walked = content(times=tuple(QUARTERS), starts_on=date(2020, 1, 1)), 0
    for name in zones(pytestconfig):
        zone = ZoneInfo(name)
        for change in changes(name, 2026, 2031 if pytestconfig.getoption("--all-zones") else 2027):
            days = {(change + side).astimezone(zone).date() for side in (-MINUTE, timedelta())}
            since, until = change - timedelta(days=3), change + timedelta(days=3)
            halves = [(since, change), (change, until)]
            moments = [
                each
                for low, high in halves
                for each in due_moments(every_quarter, time_zone=name, since=low, until=high)
            ]
            for day in days:
                mine = {each.slot: each.due_at for each in moments if each.local_day == day}
                assert sorted(mine) == QUARTERS, (name, day)
                assert len([each for each in moments if each.local_day == day]) == len(QUARTERS), (name, day)
                for slot, due_at in mine.items():
                    assert due_at == first_passage(day, slot, zone, change), (name, day, slot)
                    walked += 1
    assert walked >= 96


def test_a_skipped_time_is_the_first_minute_after_the_gap() -> None:
    london = ZoneInfo("Europe/London")
    assert local_instant(date(2026, 3, 29), "01:30", london) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert local_instant(date(2026, 3, 29), "02:00", london) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_doubled_time_is_the_first_of_the_two() -> None:
    assert local_instant(date(2026, 10, 25), "01:30", ZoneInfo("Europe/London")) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_day_that_a_zone_left_out_keeps_its_moment() -> None:
    # Samoa had no 30 December 2011.
    assert local_instant(date(2011, 12, 30), "07:30", ZoneInfo("Pacific/Apia")) == datetime(
        2011, 12, 30, 10, 0, tzinfo=UTC
    )


def test_phases_and_weekdays() -> None:
    frozen = content(times=("07:30", "20:00"), starts_on=date(2026, 3, 2), to_day=7, weekdays=(1, 3))
    since = datetime(2026, 2, 20, tzinfo=UTC)
    found = due_moments(frozen, time_zone="Europe/London", since=since, until=since + timedelta(days=60))
    assert [(f"{each.local_day}", each.slot) for each in found] == [
        ("2026-03-02", "07:30"),
        ("2026-03-02", "20:00"),
        ("2026-03-04", "07:30"),
        ("2026-03-04", "20:00"),
    ]


def test_windows_that_touch_share_no_moment() -> None:
    frozen, start = content(times=("07:30",)), datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
    before = due_moments(frozen, time_zone="UTC", since=start - timedelta(days=1), until=start)
    after = due_moments(frozen, time_zone="UTC", since=start, until=start + timedelta(days=1))
    assert [each.due_at for each in before] == [start]
    assert [each.due_at for each in after] == [start + timedelta(days=1)]


def test_each_slot_of_a_day_once_in_order_with_its_day() -> None:
    frozen, noon = content(times=("20:00", "07:30", "07:30")), datetime(2026, 3, 10, 12, tzinfo=UTC)
    found = due_moments(frozen, time_zone="Europe/Berlin", since=noon, until=noon + timedelta(days=1))
    assert found == [
        Moment(datetime(2026, 3, 10, 19, tzinfo=UTC), date(2026, 3, 10), "20:00"),
        Moment(datetime(2026, 3, 11, 6, 30, tzinfo=UTC), date(2026, 3, 11), "07:30"),
    ]
    assert {(each.note, each.reason) for each in found} == {("", "")}


def test_the_day_is_the_clients_at_both_ends_of_the_window() -> None:
    frozen = content(times=("00:05", "23:55"))
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
        found = due_moments(frozen, time_zone=zone, since=noon, until=noon + timedelta(days=3))
        assert len(found) == 6, zone


def test_a_change_of_the_clocks_that_is_no_whole_minute_ends_at_the_next() -> None:
    # Liberia went from -0:44:30 to 0:00 at midnight on 7 January 1972.
    assert local_instant(date(1972, 1, 7), "00:20", ZoneInfo("Africa/Monrovia")) == datetime(
        1972, 1, 7, 0, 45, tzinfo=UTC
    )


def test_the_first_whole_minute_after_a_change_at_odd_seconds() -> None:
    # Ethiopia went from +2:35:20 to +3:00 at midnight on 5 May 1936.
    found = local_instant(date(1936, 5, 5), "00:10", ZoneInfo("Africa/Addis_Ababa"))
    assert found == datetime(1936, 5, 4, 21, 25, tzinfo=UTC)


def test_with_three_slots_the_nearest_before_counts() -> None:
    slots = ["20:00", "07:00", "13:00"]
    assert logging_window(date(2026, 3, 16), "20:00", slots, "UTC") == datetime(2026, 3, 16, 16, 30, tzinfo=UTC)
    assert logging_window(date(2026, 3, 16), "07:00", slots, "Europe/Berlin") == datetime(2026, 3, 15, 23, tzinfo=UTC)
    assert logging_window(date(2026, 3, 16), "20:00", slots, "Asia/Tokyo") == datetime(2026, 3, 16, 7, 30, tzinfo=UTC)


def test_a_session_counts_for_the_slot_it_is_nearer_to() -> None:
    slots = ["07:30", "20:00"]
    assert logging_window(date(2026, 3, 16), "07:30", slots, "UTC") == datetime(2026, 3, 16, tzinfo=UTC)
    assert logging_window(date(2026, 3, 16), "20:00", slots, "UTC") == datetime(2026, 3, 16, 13, 45, tzinfo=UTC)
