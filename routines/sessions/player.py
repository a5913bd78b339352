"""A session as a run-through: one screen per step and side, in the order in which they are done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from routines.footmap.draw import Highlight
from routines.plans.highlights import frozen_highlights


@dataclass(frozen=True)
class Run:
    """One step on one side (or a step without a side)."""

    number: int
    step: dict[str, Any]
    side: str

    @property
    def highlights(self) -> list[Highlight]:
        return [mark for mark in frozen_highlights([self.step]) if mark.side == self.side]


def runs_of(steps: Iterable[dict[str, Any]]) -> list[Run]:
    """A step on both sides becomes two runs, left then right."""
    sides = {"both": ("left", "right"), "left": ("left",), "right": ("right",), "none": ("none",)}
    pairs = [(step, side) for step in steps for side in sides[step["side"]]]
    return [Run(number, step, side) for number, (step, side) in enumerate(pairs, 1)]
