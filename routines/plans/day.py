"""What a released plan asks for on one local day. Pure over the frozen contents."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class DayPlan:
    """One day: its phase, the day's number (1 = first day) and the wall times asked for."""

    day: date
    number: int
    phase: dict[str, Any] | None
    times: tuple[str, ...]

    @property
    def is_rest_day(self) -> bool:
        return not self.times

    @property
    def steps(self) -> list[dict[str, Any]]:
        return self.phase["steps"] if self.phase else []

    @property
    def seconds(self) -> int:
        """Length of one session, both feet counted for a step on both sides. An untimed step counts 0."""
        return sum((step["seconds"] or 0) * (2 if step["side"] == "both" else 1) for step in self.steps)


def plan_day(content: dict[str, Any], day: date) -> DayPlan:
    """Before the first day and after the last phase there is no phase and nothing is asked for."""
    number = (day - date.fromisoformat(content["starts_on"])).days + 1
    phase = next((phase for phase in content["phases"] if _covers(phase, number)), None)
    times = tuple(phase["times"]) if phase and day.isoweekday() in phase["weekdays"] else ()
    return DayPlan(day, number, phase, times)


def _covers(phase: dict[str, Any], number: int) -> bool:
    return phase["from_day"] <= number and (phase["to_day"] is None or number <= phase["to_day"])


def next_day(content: dict[str, Any], after: date, *, within: int = 60) -> DayPlan | None:
    """The first day after `after` that asks for something, looking at most `within` days ahead."""
    days = (plan_day(content, after + timedelta(days=offset)) for offset in range(1, within + 1))
    return next((found for found in days if found.times), None)


def first_day(content: dict[str, Any]) -> date:
    return date.fromisoformat(content["starts_on"])


def last_day(content: dict[str, Any]) -> date | None:
    """The last day of the last phase; None for a plan without an end."""
    ends = [phase["to_day"] for phase in content["phases"]]
    return None if None in ends else first_day(content) + timedelta(days=max(ends, default=0) - 1)
