"""What a released plan asks for on one day: its phase, its times, its length; the next day and the last."""

from datetime import date, timedelta
from typing import Any

import pytest

from routines.plans.day import DayPlan, first_day, last_day, next_day, plan_day

FIRST = date(2026, 3, 16)  # a Monday
DAILY = [1, 2, 3, 4, 5, 6, 7]


def phase(first: int = 1, last: int | None = None, times: tuple[str, ...] = ("09:00",), **more: Any) -> dict[str, Any]:
    return {"from_day": first, "to_day": last, "times": list(times), "weekdays": DAILY, "steps": [], **more}


def content(*phases: dict[str, Any]) -> dict[str, Any]:
    return {"starts_on": FIRST.isoformat(), "phases": list(phases)}


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


TWO = content(phase(1, 14, ("07:00", "18:30")), phase(15, 20))


@pytest.mark.parametrize(
    ("days", "number", "which", "times"),
    [
        (-1, 0, None, ()),
        (0, 1, 0, ("07:00", "18:30")),
        (13, 14, 0, ("07:00", "18:30")),
        (14, 15, 1, ("09:00",)),
        (19, 20, 1, ("09:00",)),
        (20, 21, None, ()),
    ],
)
def test_the_phase_of_a_day_and_its_number(days: int, number: int, which: int | None, times: tuple[str, ...]) -> None:
    expected = None if which is None else TWO["phases"][which]
    assert plan_day(TWO, after(days)) == DayPlan(after(days), number, expected, times)
    assert plan_day(TWO, after(days)).is_rest_day is (not times)


def test_a_phase_without_an_end_goes_on() -> None:
    assert plan_day(content(phase()), after(4000)).times == ("09:00",)


def test_on_other_weekdays_the_phase_rests() -> None:
    plan = content(phase(weekdays=[1, 4]))
    assert [bool(plan_day(plan, after(days)).times) for days in range(7)] == [True, False, False, True] + [False] * 3
    assert plan_day(plan, after(1)).phase == plan["phases"][0]


@pytest.mark.parametrize(
    ("steps", "seconds"),
    [
        ([], 0),
        ([("left", 60)], 60),
        ([("both", 60)], 120),
        ([("none", 30), ("both", 45), ("right", None), ("both", None)], 120),
    ],
)
def test_the_length_of_a_session(steps: list[tuple[str, int | None]], seconds: int) -> None:
    rows = [{"side": side, "seconds": each} for side, each in steps]
    day = plan_day(content(phase(steps=rows)), FIRST)
    assert (day.steps, day.seconds) == (rows, seconds)
    nothing = plan_day(content(phase(steps=rows)), after(-1))
    assert (nothing.steps, nothing.seconds) == ([], 0)


@pytest.mark.parametrize(("from_day", "expected"), [(-3, 0), (-1, 0), (0, 3), (2, 3), (3, 7), (6, 7), (7, None)])
def test_the_next_day_that_asks_for_something(from_day: int, expected: int | None) -> None:
    plan = content(phase(1, 10, weekdays=[1, 4]))
    found = next_day(plan, after(from_day))
    assert found == (None if expected is None else plan_day(plan, after(expected)))


def test_the_next_day_is_looked_for_only_so_far_ahead() -> None:
    plan = content(phase(100))
    assert next_day(plan, after(96), within=2) is None
    assert next_day(plan, after(96), within=3) == plan_day(plan, after(99))
    assert next_day(plan, after(38)) is None
    assert next_day(plan, after(39)) == plan_day(plan, after(99))


def test_the_first_and_the_last_day() -> None:
    assert first_day(TWO) == FIRST
    assert last_day(TWO) == after(19)
    assert last_day(content(phase(15, 20), phase(1, 14))) == after(19)
    assert last_day(content(phase(1, 14), phase(15))) is None
    assert last_day(content()) == after(-1)
