"""What a zone catalog notes beside the work: observations, goals, point types, beliefs, disagreements and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from practice.core.schema import Slug
from routines.catalog.places import Source


@dataclass(frozen=True)
class FootTemperature:
    """An optional note; never affects screening, at most prompts to ask a question again."""

    slug: Slug
    label: str
    temperature: str
    moisture: str
    laterality: str
    source_says: str
    evidence: str
    show_source_claim_to_client: bool
    affects_screening: bool
    source: Source
    therapist_prompt: str = ""
    recheck_question: Slug | None = None


@dataclass(frozen=True)
class ObservationOption:
    slug: Slug
    label: str
    source: Source


@dataclass(frozen=True)
class Goal:
    slug: Slug
    label: str


@dataclass(frozen=True)
class NamedItems:
    items: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class ObservationOptions:
    foot_temperature: tuple[FootTemperature, ...]
    point_response: tuple[ObservationOption, ...]
    progress_measures: tuple[ObservationOption, ...]
    intake_goals: tuple[Goal, ...]
    risk_factors_named_for_plantar_pain: NamedItems
    back_complaints_named: NamedItems


@dataclass(frozen=True)
class PointType:
    slug: Slug
    name: str
    per_meridian: str
    said_to: str
    source: Source


@dataclass(frozen=True)
class Meridian:
    slug: Slug
    name: str
    standard_name: str
    source: Source | None = None


@dataclass(frozen=True)
class Meridians:
    count_claimed: int
    named: tuple[Meridian, ...]
    channels_term: str
    location_tolerance_mm: int
    device_tolerance_mm: int
    source: Source
    note: str = ""


@dataclass(frozen=True)
class Belief:
    slug: Slug
    text: str
    source: Source
    display: Literal["never", "attributed only"]


@dataclass(frozen=True)
class Claim:
    says: str
    zone: Slug | None = None
    source: str = ""


@dataclass(frozen=True)
class Disagreement:
    topic: str
    claims: tuple[Claim, ...]
    product_rule: str = ""


@dataclass(frozen=True)
class Figure:
    what: str
    value: str
    source: Source
