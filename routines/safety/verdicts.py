"""What may become of a step on one side: its state, the caps on it, and every rule that touched it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

StateKind = Literal["allowed", "reduce_pressure", "shorten", "excluded", "blocked"]
Side = str
"""left, right or none; for a step that breaks plan_validity, whatever it says."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The effect on one step-side: left out, or a greatest pressure and a greatest number of seconds."""

    excluded: bool = False
    level: str | None = None
    rank: int | None = None
    seconds: int | None = None

    @property
    def touches(self) -> bool:
        return self.excluded or self.level is not None or self.seconds is not None

    @property
    def kind(self) -> StateKind:
        """Excluded over reduce_pressure over shorten over allowed."""
        if self.excluded:
            return "excluded"
        if self.level is not None:
            return "reduce_pressure"
        return "shorten" if self.seconds is not None else "allowed"

    @property
    def state(self) -> str:
        """The state in words of the document: `excluded`, `reduce_pressure:light`, `shorten:120`, `allowed`."""
        kind = self.kind
        if kind == "reduce_pressure":
            return f"reduce_pressure:{self.level}"
        return f"shorten:{self.seconds}" if kind == "shorten" else kind

    def joined(self, other: Cap) -> Cap:
        """Both effects together: of two caps of one kind the stricter."""
        lower = min((cap for cap in (self, other) if cap.rank is not None), key=lambda cap: cap.rank or 0, default=None)
        seconds = [cap.seconds for cap in (self, other) if cap.seconds is not None]
        return Cap(
            excluded=self.excluded or other.excluded,
            level=lower.level if lower else None,
            rank=lower.rank if lower else None,
            seconds=min(seconds, default=None),
        )


NO_CAP = Cap()


@dataclass(frozen=True, slots=True)
class RuleTouch:
    """One rule's own effect on one step-side, before the rules are combined."""

    rule: str
    cap: Cap

    @property
    def state(self) -> str:
        return self.cap.state


@dataclass(frozen=True, slots=True)
class StepVerdict:
    """The combined verdict on one step-side."""

    cap: Cap
    blocked: bool = False
    touches: tuple[RuleTouch, ...] = ()

    @property
    def kind(self) -> StateKind:
        return "blocked" if self.blocked else self.cap.kind

    @property
    def state(self) -> str:
        return "blocked" if self.blocked else self.cap.state

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(touch.rule for touch in self.touches)

    @property
    def max_pressure(self) -> str | None:
        """The slug of the strongest pressure that is allowed; None without a cap."""
        return self.cap.level

    @property
    def max_seconds(self) -> int | None:
        return self.cap.seconds

    @property
    def is_allowed(self) -> bool:
        return self.kind == "allowed"


@dataclass(frozen=True, slots=True)
class InvalidStep:
    """A step that breaks plan_validity, and why; it is refused whatever the screening says."""

    step: int | str
    reason: str


@dataclass(frozen=True)
class PlanVerdict:
    """The verdict on every step-side of a plan, in the plan's order."""

    steps: Mapping[int | str, Mapping[Side, StepVerdict]]
    screening_allows: bool
    invalid: tuple[InvalidStep, ...] = ()

    @property
    def releasable(self) -> bool:
        """Whether screening alone lets the plan be released: the outcome allows it and every step-side is allowed."""
        return self.screening_allows and all(verdict.is_allowed for verdict in self.step_sides())

    @property
    def may_be_released(self) -> bool:
        """Whether the plan may be released: screening allows it and no step breaks plan_validity. Ask this one."""
        return self.releasable and not self.invalid

    def step_sides(self) -> Iterable[StepVerdict]:
        return (verdict for sides in self.steps.values() for verdict in sides.values())
