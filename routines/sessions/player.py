"""A session as a run-through: one screen per step and side, in the order in which they are done."""

from collections.abc import Iterable
from dataclasses import dataclass

from routines.footmap.draw import Highlight
from routines.plans.content import StepContent
from routines.plans.highlights import frozen_highlights


@dataclass(frozen=True)
class Run:
    """One step on one side (or a step without a side)."""

    number: int
    step: StepContent
    side: str

    @property
    def highlights(self) -> list[Highlight]:
        return [mark for mark in frozen_highlights([self.step]) if mark.side == self.side]


def runs_of(steps: Iterable[StepContent]) -> list[Run]:
    """A step on both sides becomes two runs, left then right."""
    pairs = [(step, side) for step in steps for side in step.sides]
    return [Run(number, step, side) for number, (step, side) in enumerate(pairs, 1)]
