"""The catalog's ways of working: techniques, tools, pressure levels, preparation and protocols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from practice.core.schema import Slug
from routines.catalog.places import Default, Duration, InternalText, Source, StepSide, TitleSlug, TitleText

StepKind = Literal["work", "prep", "aftercare", "companion", "assessment", "stretch"]


@dataclass(frozen=True)
class Count:
    """How often or how long, both ends included."""

    min: int
    max: int


@dataclass(frozen=True)
class PressureRange:
    min: Slug
    max: Slug


@dataclass(frozen=True)
class Technique:
    """How the hand or a tool moves; owns allowed seconds and pressure. Without typical regions it needs no place.

    It is done inside its typical regions and those that it is `also_on`, and nowhere else; one that `takes_whole` takes
    in all of one of them at once, as standing on a mat does.
    """

    slug: Slug
    name: str
    family: Slug
    step_kind: StepKind
    how: str
    duration_s: Duration
    pressure: PressureRange
    tools: tuple[Slug, ...]
    contraindicated_when: tuple[Slug, ...]
    sources: tuple[Source, ...]
    typical_regions: tuple[Slug, ...] = ()
    also_on: tuple[Slug, ...] = ()
    takes_whole: bool = False
    per: str = ""
    conflict: InternalText = ""
    direct_plantar: bool = False
    direction: str = ""
    caution: InternalText = ""
    hard_max_s: int | None = None
    home_plan_default: Default = "on"
    weight_bearing: bool = False
    rate: str = ""
    repeats: InternalText = ""
    translation_uncertain: bool = False
    hold_s: Duration | None = None


@dataclass(frozen=True)
class OutOfScope:
    slug: Slug
    name: InternalText
    why: InternalText
    source: Source


@dataclass(frozen=True)
class Tool:
    slug: Slug
    name: str
    use: InternalText
    self_care: bool
    sources: tuple[Source, ...]
    cautions: InternalText = ""
    contraindicated_when: tuple[Slug, ...] = ()


@dataclass(frozen=True)
class Position:
    slug: Slug
    name: str
    weight_bearing: bool
    source: Source
    note: InternalText = ""


@dataclass(frozen=True)
class PressureLevel:
    """A pressure by rank, 0 being none."""

    slug: Slug
    rank: int
    name: str
    client_cue: str
    source_language: tuple[InternalText, ...]
    home_plan_default: Default = "on"


@dataclass(frozen=True)
class Degree:
    slug: Slug
    name: InternalText
    technique: Slug
    pressure: Slug
    contact: InternalText
    duration_s: Duration
    repeats: InternalText
    source: Source
    note: InternalText = ""


@dataclass(frozen=True)
class TimeOfDay:
    slug: Slug
    name: str
    why: InternalText
    source: Source


@dataclass(frozen=True)
class RoutineStep:
    """A preparation or aftercare entry; with a technique it is a step and is screened with its zone and side."""

    slug: Slug
    name: str
    technique: Slug | None
    source: Source
    zone: Slug | None = None
    side: StepSide = "none"


@dataclass(frozen=True)
class Frequency:
    per_day: int | Count | None = None
    days_per_week: int | Count | None = None
    basis: InternalText = ""


@dataclass(frozen=True)
class SessionLength:
    """Minutes of a whole session for both feet, and sessions a day."""

    minutes: Count
    per_day: Count
    basis: InternalText = ""


@dataclass(frozen=True)
class Gate:
    """A screening rule that decides about a whole protocol, and what to do when it fires."""

    rule: Slug
    if_fired: InternalText
    also: tuple[Slug, ...] = ()


@dataclass(frozen=True)
class ProtocolStep:
    n: int
    zone: Slug | None
    technique: Slug
    duration_s: Duration
    pressure: Slug
    side: StepSide
    optional: bool
    tool: Slug | None = None
    position: Slug | None = None
    per: str = ""
    note: InternalText = ""
    kind: StepKind | None = None


@dataclass(frozen=True)
class Phase:
    """A range of plan days, the first being 1; `to_day` None means until further notice."""

    slug: TitleSlug
    from_day: int
    to_day: int | None
    frequency: Frequency
    max_pressure: Slug
    steps: tuple[ProtocolStep, ...]
    focus: str = ""
    source_says_internal: InternalText = ""
    session: SessionLength | None = None
    note: InternalText = ""
    ends_when: str = ""
    #: The screening rule with which it ends: once that no longer fires. Not checked here: the rules lie above.
    ends_with_rule: Slug | None = None
    then_protocol: Slug | None = None


@dataclass(frozen=True)
class Limits:
    min_seconds_per_foot: int
    min_seconds_per_painful_point: int
    basis: InternalText = ""


@dataclass(frozen=True)
class Protocol:
    """A template of steps and phases. Clients read `client_title`; without one it is not for them."""

    slug: Slug
    name: InternalText
    tradition: Slug
    client_title: TitleText | None
    session: SessionLength
    phases: tuple[Phase, ...]
    sources: tuple[Source, ...]
    audience: InternalText = ""
    gate: Gate | None = None
    times_of_day: tuple[Slug, ...] = ()
    do_not: tuple[InternalText, ...] = ()
    escalate: tuple[InternalText, ...] = ()
    use_when: InternalText = ""
    limits: Limits | None = None
    preparation: tuple[Slug, ...] = ()
    positions: tuple[Slug, ...] = ()
    aftercare: tuple[Slug, ...] = ()
    degree: Slug | None = None
    home_plan_default: Default = "on"
    note: InternalText = ""
