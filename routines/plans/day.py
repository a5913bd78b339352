"""What a released plan asks for on one local day. Pure over the frozen contents."""

from dataclasses import dataclass
from datetime import date, timedelta

from routines.plans.content import PhaseContent, PlanContent, StepContent


@dataclass(frozen=True)
class DayPlan:
    """One day: its phase, the day's number (1 = first day) and the wall times asked for."""

    day: date
    number: int
    phase: PhaseContent | None
    times: tuple[str, ...]

    @property
    def is_rest_day(self) -> bool:
        return not self.times

    @property
    def steps(self) -> tuple[StepContent, ...]:
        return self.phase.steps if self.phase else ()

    @property
    def seconds(self) -> int:
        """Length of one session."""
        return self.phase.seconds if self.phase else 0


def plan_day(content: PlanContent, day: date) -> DayPlan:
    """Before the first day and after the last phase there is no phase and nothing is asked for."""
    number = content.day_number(day)
    phase = next((phase for phase in content.phases if phase.covers(number)), None)
    times = phase.times if phase and day.isoweekday() in phase.weekdays else ()
    return DayPlan(day, number, phase, times)


def next_day(content: PlanContent, after: date, *, within: int = 60) -> DayPlan | None:
    """The first day after `after` that asks for something, looking at most `within` days ahead."""
    days = (plan_day(content, after + timedelta(days=offset)) for offset in range(1, within + 1))
    return next((found for found in days if found.times), None)
