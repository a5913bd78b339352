"""What one local day of a frozen plan asks for."""

from datetime import date, timedelta

import pytest

from routines.plans.day import next_day, plan_day

STEP = {"seconds": 60, "side": "both"}
CONTENT = {
    "starts_on": "2026-03-16",
    "phases": [
        {
            "from_day": 1,
            "to_day": 14,
            "weekdays": [1, 3, 5],
            "times": ["07:00", "21:00"],
            "steps": [STEP, {"seconds": None, "side": "none"}],
        },
        {
            "from_day": 15,
            "to_day": 16,
            "weekdays": [1, 2, 3, 4, 5, 6, 7],
            "times": ["08:00"],
            "steps": [{"seconds": 30, "side": "left"}],
        },
    ],
}
MONDAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("offset", "number", "times"),
    [
        (-1, 0, ()),  # the day before the first
        (0, 1, ("07:00", "21:00")),
        (1, 2, ()),  # Tuesday: rest
        (13, 14, ()),  # Sunday, the phase's last day
        (14, 15, ("08:00",)),  # the next phase's first day
        (15, 16, ("08:00",)),
        (16, 17, ()),  # after the last phase
    ],
)
def test_days(offset: int, number: int, times: tuple[str, ...]) -> None:
    day = plan_day(CONTENT, MONDAY + timedelta(days=offset))
    assert (day.number, day.times) == (number, times)
    assert day.is_rest_day == (not times)


def test_both_feet_count_twice_and_an_untimed_step_not_at_all() -> None:
    assert plan_day(CONTENT, MONDAY).seconds == 120
    assert plan_day(CONTENT, MONDAY + timedelta(days=14)).seconds == 30


def test_next_day_skips_rest_and_ends_with_the_plan() -> None:
    found = next_day(CONTENT, MONDAY)
    assert found is not None
    assert found.day == MONDAY + timedelta(days=2)
    assert next_day(CONTENT, MONDAY + timedelta(days=15)) is None
    assert next_day(CONTENT, MONDAY - timedelta(days=90), within=60) is None
