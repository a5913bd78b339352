"""The moments of a plan as its client wants them: own times, and quiet hours with what becomes of moments in them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routines.reminders import schedule
from routines.reminders.schedule import Moment, TimePreferences, quiet_period
from tests.factories.reminders import content

NIGHT = schedule.TimePreferences(quiet=("21:30", "07:00"))


def moments(
    *times: str, preferences: schedule.TimePreferences = NIGHT, zone: str = "UTC"
) -> list[tuple[str, str, str]]:
    """Slot, the wall time at which it is due, and what is said about it, for one day's slots."""
    since = datetime(2026, 3, 16, 12, tzinfo=UTC)
    found = schedule.preferred_moments(
        content(times=times, starts_on=since.date()), time_zone=zone, since=since, until=since + timedelta(days=1),
        preferences=preferences, most=timedelta(hours=3),
    )  # fmt: skip
    return [(each.slot, f"{each.due_at:%H:%M}", each.note or each.reason) for each in found]


def test_outside_quiet_hours_nothing_moves() -> None:
    assert moments("07:00", "21:29") == [("21:29", "21:29", ""), ("07:00", "07:00", "")]


def test_a_moment_shortly_before_their_end_moves_to_it() -> None:
    assert moments("06:30") == [("06:30", "07:00", schedule.MOVED)]
    assert moments("04:00") == [("04:00", "07:00", schedule.MOVED)]


def test_a_moment_too_long_before_their_end_is_skipped() -> None:
    assert moments("03:59") == [("03:59", "03:59", schedule.QUIET)]
    assert moments("22:00") == [("22:00", "22:00", schedule.QUIET)]


def test_a_moment_gives_way_to_one_that_comes_at_their_end() -> None:
    assert moments("06:30", "07:00") == [("06:30", "06:30", schedule.QUIET_NEXT), ("07:00", "07:00", "")]
    assert moments("05:00", "06:30") == [("05:00", "05:00", schedule.QUIET_NEXT), ("06:30", "07:00", schedule.MOVED)]


def test_own_time_of_a_slot() -> None:
    own = schedule.TimePreferences(quiet=None, chosen={"22:00": "21:00"})
    assert moments("22:00", preferences=own) == [("22:00", "21:00", schedule.CHOSEN)]


def test_quiet_hours_within_one_day() -> None:
    siesta = schedule.TimePreferences(quiet=("13:00", "15:00"))
    assert moments("13:30", "16:00", preferences=siesta) == [("13:30", "15:00", schedule.MOVED), ("16:00", "16:00", "")]


def test_quiet_hours_that_end_in_a_gap_of_the_clocks() -> None:
    # London skips 01:00 to 02:00 on 29 March 2026.
    since = datetime(2026, 3, 28, 12, tzinfo=UTC)
    (moment,) = schedule.preferred_moments(
        content(times=("00:30",)), time_zone="Europe/London", since=since, until=since + timedelta(days=1),
        preferences=schedule.TimePreferences(quiet=("22:00", "01:30")), most=timedelta(hours=3),
    )  # fmt: skip
    assert (moment.slot, moment.due_at) == ("00:30", datetime(2026, 3, 29, 1, 0, tzinfo=UTC))


def wished(
    *times: str, preferences: TimePreferences, zone: str = "UTC", hours: int = 24, **frozen: object
) -> list[Moment]:
    since = datetime(2026, 3, 16, 12, tzinfo=UTC)
    return schedule.preferred_moments(
        content(times=times, **frozen), time_zone=zone, since=since, until=since + timedelta(hours=hours),
        preferences=preferences, most=timedelta(hours=3),
    )  # fmt: skip


def test_a_moment_keeps_its_day_and_slot_wherever_it_moves() -> None:
    (moment,) = wished("23:30", preferences=TimePreferences(quiet=("22:00", "01:00")))
    assert moment == Moment(
        datetime(2026, 3, 17, 1, tzinfo=UTC), date(2026, 3, 16), "23:30", note=schedule.MOVED, reason=""
    )
    (skipped,) = wished("22:30", preferences=TimePreferences(quiet=("22:00", "07:00")))
    assert skipped == Moment(
        datetime(2026, 3, 16, 22, 30, tzinfo=UTC), date(2026, 3, 16), "22:30", note="", reason=schedule.QUIET
    )


def test_an_own_time_in_quiet_hours_moves_too() -> None:
    night = TimePreferences(quiet=("22:00", "07:00"), chosen={"20:00": "06:00", "09:00": "09:00"})
    assert [(each.slot, f"{each.due_at:%H:%M}", each.note) for each in wished("20:00", "09:00", preferences=night)] == [
        ("20:00", "07:00", schedule.MOVED),
        ("09:00", "09:00", ""),
    ]


def test_moments_come_in_order_and_once_and_only_in_the_window() -> None:
    found = wished("13:00", "12:00", "13:00", "12:01", preferences=TimePreferences(), hours=48)
    assert [f"{each.due_at:%d %H:%M}" for each in found] == [
        "16 12:01", "16 13:00", "17 12:00", "17 12:01", "17 13:00", "18 12:00",
    ]  # fmt: skip


def test_a_moment_that_moves_over_the_end_of_the_window_belongs_to_the_next() -> None:
    quiet = TimePreferences(quiet=("11:00", "12:01"))
    assert [f"{each.due_at:%d %H:%M}" for each in wished("11:30", preferences=quiet)] == ["16 12:01"]
    assert [f"{each.due_at:%d %H:%M}" for each in wished("11:30", preferences=quiet, hours=25)] == [
        "16 12:01",
        "17 12:01",
    ]


def test_the_moment_after_the_window_counts_as_the_next_one() -> None:
    quiet = TimePreferences(quiet=("10:00", "13:00"))
    found = wished("11:30", "12:30", preferences=quiet)
    assert [(each.slot, each.reason) for each in found] == [("12:30", ""), ("11:30", schedule.QUIET_NEXT)]


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        (("13:00", "15:00"), "12:59", None),
        (("13:00", "15:00"), "13:00", ("16 13:00", "16 15:00")),
        (("13:00", "15:00"), "14:59", ("16 13:00", "16 15:00")),
        (("13:00", "15:00"), "15:00", None),
        (("22:00", "07:00"), "21:59", None),
        (("22:00", "07:00"), "22:00", ("16 22:00", "17 07:00")),
        (("22:00", "07:00"), "06:59", ("15 22:00", "16 07:00")),
        (("22:00", "07:00"), "07:00", None),
        (("22:00", "00:00"), "00:00", None),
        (("08:00", "08:00"), "08:00", None),
        (("08:00", "08:00"), "07:59", None),
    ],
)
def test_the_quiet_hours_around_an_instant(quiet: tuple[str, str], at: str, expected: tuple[str, str] | None) -> None:
    hour, minute = map(int, at.split(":"))
    found = quiet_period(datetime(2026, 3, 16, hour, minute, tzinfo=UTC), ZoneInfo("UTC"), quiet)
    assert (found and tuple(f"{each:%d %H:%M}" for each in found)) == expected


def test_quiet_hours_are_on_the_clients_own_clocks() -> None:
    at, berlin = datetime(2026, 3, 16, 20, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin")
    period = (datetime(2026, 3, 16, 20, tzinfo=UTC), datetime(2026, 3, 17, 5, tzinfo=UTC))
    assert quiet_period(at, berlin, ("21:00", "06:00")) == period


def test_a_period_never_ends_before_the_instant_in_it() -> None:
    # London's clocks go back at 02:00 on 25 October 2026: 01:30 comes twice, and so would the end at 01:45.
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert quiet_period(second, ZoneInfo("Europe/London"), ("01:15", "01:45")) == (
        datetime(2026, 10, 25, 0, 15, tzinfo=UTC),
        second,
    )
    # And go forward at 01:00 on 29 March: 01:10 is no time of that day, quiet hours from then begin at 02:00.
    first = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert quiet_period(first, ZoneInfo("Europe/London"), ("01:10", "03:00")) == (
        first,
        datetime(2026, 3, 29, 2, 0, tzinfo=UTC),
    )


def test_an_own_time_is_on_the_clients_clocks() -> None:
    (moment,) = wished("20:00", preferences=TimePreferences(chosen={"20:00": "19:00"}), zone="Europe/Berlin")
    assert (moment.due_at, moment.slot) == (datetime(2026, 3, 16, 18, tzinfo=UTC), "20:00")


def test_why_nothing_is_sent_is_told() -> None:
    assert "too late" in schedule.QUIET
    assert "next reminder" in schedule.QUIET_NEXT
    assert "Moved" in schedule.MOVED
    assert "client chose" in schedule.CHOSEN


def test_equal_wishes_on_equal_clocks_have_one_basis() -> None:
    night = TimePreferences(quiet=("22:00", "07:00"), chosen={"a": "1", "b": "2"})
    basis = night.basis("UTC", {})
    assert len(basis) == 32
    assert TimePreferences(quiet=("22:00", "07:00"), chosen={"b": "2", "a": "1"}).basis("UTC", {}) == basis
    others = [
        night.basis("Europe/London", {}),
        night.basis("UTC", {"part": "2026-03-16"}),
        TimePreferences(quiet=("22:00", "07:01"), chosen=night.chosen).basis("UTC", {}),
        TimePreferences(quiet=None, chosen=night.chosen).basis("UTC", {}),
        TimePreferences(quiet=night.quiet, chosen={"a": "1"}).basis("UTC", {}),
        TimePreferences(quiet=night.quiet).basis("UTC", {}),
    ]
    assert len({basis, *others}) == 7
