"""A released plan as one frozen value, which every channel reads: portal, player, handout, calendar, reminders.

What is stored is JSON with the number of its form, `VERSION`. To give a step something new (rounds, holds, times for
each spot, both feet together, a rate, positions, cautions, videos, a view of the map):

1. Add the field at the end of `StepContent`, with a default that means "as before"; what has parts of its own is a
   frozen dataclass, as `Shape` is. Fill it in plan_freeze.py.
2. Where screening has to judge it, add it to `Step` as well and hand it on in `as_step`: re-checking then reads it too.
3. Raise `VERSION` by one. Releases from before are read with the default, and software that does not know the field
   refuses a newer release, because leaving a part of an instruction out may be unsafe.

A field whose meaning changes takes a new name; one that goes needs a migration that writes old releases anew, and
`OLDEST` raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from routines.footmap.atlas import Shape
from routines.safety.steps import Step, as_step

VERSION = 2
OLDEST = 1

Kind = Literal["preparation", "work", "companion", "aftercare"]
Side = Literal["left", "right", "both", "none"]
Waits = Literal["", "comfort", "therapist"]
#: Counted from 1, the plan's first day.
DayNumber = Annotated[int, Field(ge=1)]
#: ISO: Monday is 1.
Weekday = Annotated[int, Field(ge=1, le=7)]
#: "HH:MM" in the client's time zone.
WallTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
FormVersion = Annotated[int, Field(ge=OLDEST, le=VERSION)]


#: Begins the id of a step that a rule adds for a day.
OFFER = "offer:"


class ContentUnreadable(ValueError):
    """A stored release is of an unknown version or malformed. Says where and what is wrong, never the value itself."""


@dataclass(frozen=True, slots=True)
class StepContent:
    """One step as the client reads it, with the catalog's slugs by which it is checked again.

    Of a zone it holds the region's name and the wording for clients; `place` is empty for a step without a zone.
    """

    number: int
    id: str
    kind: Kind
    label: str
    zone: str | None
    place: str
    client_wording: str
    how_to_locate: str
    view: str | None
    views: tuple[str, ...]
    regions: tuple[str, ...]
    shapes: tuple[Shape, ...]
    #: None for a line that is only said, such as "keep a cold pack ready".
    technique: str | None
    technique_name: str
    how: str
    rate: str
    direction: str
    side: Side
    pressure: str
    pressure_name: str
    pressure_cue: str
    #: On each side; None for a step that is not timed.
    seconds: Annotated[int, Field(ge=0)] | None
    per: str
    tool: str | None
    tool_name: str
    position: str | None
    position_name: str
    optional: bool
    note: str

    @property
    def sides(self) -> tuple[Side, ...]:
        """The feet on which it is done, in that order; ("none",) for a step without a foot."""
        return ("left", "right") if self.side == "both" else (self.side,)

    @property
    def is_offer(self) -> bool:
        """Whether a rule added it for the day; the id then names the rule."""
        return self.id.startswith(OFFER)

    @property
    def title(self) -> str:
        """What people call it: its place, else its own wording, else the technique."""
        return self.place or self.label or self.technique_name


@dataclass(frozen=True, slots=True)
class PhaseContent:
    """Days `from_day` to `to_day` of the plan (None: open end), both included, with their times and steps."""

    name: str
    focus: str
    from_day: DayNumber
    to_day: DayNumber | None
    max_pressure: str
    weekdays: tuple[Weekday, ...]
    times: tuple[WallTime, ...]
    steps: tuple[StepContent, ...]
    id: str = ""
    #: What it waits for beside its first day: the client's word that the last days were fine, or the therapist's look.
    waits_for: Waits = ""
    #: The rule with which it ends: once that no longer fires, it has done its work. "" for one that ends by date.
    ends_with_rule: str = ""
    #: The protocol that is meant to follow it then.
    then_protocol: str = ""

    def covers(self, day_number: int) -> bool:
        return self.from_day <= day_number and (self.to_day is None or day_number <= self.to_day)

    @property
    def seconds(self) -> int:
        """Length of one session, both feet counted for a step on both; a step that is not timed counts 0."""
        return sum((step.seconds or 0) * len(step.sides) for step in self.steps)


@dataclass(frozen=True, slots=True)
class PlanContent:
    """All that the client's pages, print, calendar and reminders need of a release, and nothing internal.

    `questionnaire` and `catalog` are the numbers of the versions that it was checked against.
    """

    title: str
    note: str
    starts_on: date
    questionnaire: int
    catalog: int
    tradition: str
    phases: tuple[PhaseContent, ...]

    def to_json(self) -> bytes:
        return _PLAN.dump_json(_StoredPlan(VERSION, self), warnings="error")

    @classmethod
    def from_json(cls, stored: bytes) -> PlanContent:
        """Raises ContentUnreadable."""
        return _read(_PLAN, stored).plan

    @property
    def steps(self) -> Iterator[StepContent]:
        """Those of every phase, in order."""
        return (step for phase in self.phases for step in phase.steps)

    @property
    def last_day(self) -> date | None:
        """The last day of the last phase; None for a plan without an end."""
        ends = [phase.to_day for phase in self.phases]
        return None if None in ends else self.date_of(max(filter(None, ends), default=0))

    def date_of(self, day_number: int) -> date:
        return self.starts_on + timedelta(days=day_number - 1)

    def day_number(self, day: date) -> int:
        """1 on the first day; 0 and less before it."""
        return (day - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A released step as screening judges it, and the name of its place for whoever reads why it was stopped."""

    place: str
    step: Step


@dataclass(frozen=True, slots=True)
class CheckedSteps:
    """What a re-screening reads of a release, a tenth of its size: phase by phase the steps with a technique."""

    phases: tuple[tuple[CheckedStep, ...], ...]

    @classmethod
    def of(cls, content: PlanContent) -> CheckedSteps:
        return cls(
            tuple(
                tuple(
                    CheckedStep(step.place or step.technique_name, as_step(step.number, step))
                    for step in phase.steps
                    if step.technique
                )
                for phase in content.phases
            )
        )

    def to_json(self) -> bytes:
        return _CHECKED.dump_json(_StoredChecked(VERSION, self), warnings="error")

    @classmethod
    def from_json(cls, stored: bytes) -> CheckedSteps:
        """Raises ContentUnreadable."""
        return _read(_CHECKED, stored).checked


# ---- The stored form


@dataclass(frozen=True, slots=True)
class _StoredPlan:
    version: FormVersion
    plan: PlanContent


@dataclass(frozen=True, slots=True)
class _StoredChecked:
    version: FormVersion
    checked: CheckedSteps


_Stored = TypeVar("_Stored")
_PLAN = TypeAdapter(_StoredPlan)
_CHECKED = TypeAdapter(_StoredChecked)


def _read(adapter: TypeAdapter[_Stored], stored: bytes) -> _Stored:
    try:
        return adapter.validate_json(stored, strict=True, extra="forbid")
    except ValidationError as fault:
        # Without the cause: it quotes what it read, which is about somebody's health.
        raise ContentUnreadable(_told(fault)) from None


def _told(fault: ValidationError) -> str:
    """Where the first fault is, and what; the version comes first, so that an unknown one is what gets reported."""
    first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    return f"{where or 'stored release'}: {first['msg']}"
