"""A session as the client goes through it: one screen per step and side, in the order in which they are done."""

from collections.abc import Iterable
from dataclasses import dataclass

from routines.footmap.draw import Highlight
from routines.plans.content import StepContent
from routines.plans.highlights import frozen_highlights


@dataclass(frozen=True)
class PlayerStep:
    """One step on one side (or a step without a side)."""

    number: int
    step: StepContent
    side: str

    @property
    def highlights(self) -> list[Highlight]:
        return [highlight for highlight in frozen_highlights([self.step]) if highlight.side == self.side]


def player_steps(steps: Iterable[StepContent]) -> list[PlayerStep]:
    """A step on both sides becomes two, left then right."""
    pairs = [(step, side) for step in steps for side in step.sides]
    return [PlayerStep(number, step, side) for number, (step, side) in enumerate(pairs, 1)]
