"""The catalog's notes beyond the work: observations, goals, point types, beliefs, disagreements and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from practice.core.schema import Slug
from routines.catalog.places import InternalText, Source


@dataclass(frozen=True)
class FootTemperature:
    """An optional note, which never affects screening and at most prompts somebody to ask a question again."""

    slug: Slug
    label: InternalText
    temperature: InternalText
    moisture: InternalText
    laterality: InternalText
    source_says: InternalText
    evidence: InternalText
    show_source_claim_to_client: bool
    affects_screening: bool
    source: Source
    therapist_prompt: InternalText = ""
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
    items: tuple[InternalText, ...]
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
    name: InternalText
    per_meridian: InternalText
    said_to: InternalText
    source: Source


@dataclass(frozen=True)
class Meridian:
    slug: Slug
    name: InternalText
    standard_name: InternalText
    source: Source | None = None


@dataclass(frozen=True)
class Meridians:
    count_claimed: int
    named: tuple[Meridian, ...]
    channels_term: InternalText
    location_tolerance_mm: int
    device_tolerance_mm: int
    source: Source
    note: InternalText = ""


@dataclass(frozen=True)
class Belief:
    slug: Slug
    text: InternalText
    source: Source
    display: Literal["never", "attributed only"]


@dataclass(frozen=True)
class Claim:
    says: InternalText
    zone: Slug | None = None
    source: InternalText = ""


@dataclass(frozen=True)
class Disagreement:
    topic: InternalText
    claims: tuple[Claim, ...]
    product_rule: InternalText = ""


@dataclass(frozen=True)
class Figure:
    what: InternalText
    value: InternalText
    source: Source
