"""What a zone catalog says about places: sources, traditions, drawings, regions and zones, named as in the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from practice.core.schema import Slug

Foot = Literal["left", "right"]
StepSide = Literal["left", "right", "both", "affected", "none"]
Default = Literal["on", "off"]


@dataclass(frozen=True)
class SourceFile:
    id: str
    file: str


@dataclass(frozen=True)
class Source:
    """The place in a source article that an entry rests on."""

    file: str
    heading: str
    note: str = ""


@dataclass(frozen=True)
class Tradition:
    slug: Slug
    name: str
    summary: str
    evidence: str
    sources: tuple[Source, ...]
    parent: Slug | None = None


@dataclass(frozen=True)
class View:
    """A drawing of the right foot or leg; `outline` and every shape use its x and y from 0 to 1."""

    slug: Slug
    name: str
    x: str
    y: str
    drawn_for: str
    screen: str
    outline: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Shape:
    """An ellipse (centre, radii, turn in degrees) or a polygon (corner points) on one view."""

    view: Slug
    type: Literal["ellipse", "polygon"]
    cx: float | None = None
    cy: float | None = None
    rx: float | None = None
    ry: float | None = None
    rot_deg: float = 0.0
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Region:
    """An anatomical place: a leaf with shapes, or a composite with parts.

    No step that touches it is stronger than `max_pressure`, where it has one.
    """

    slug: Slug
    name: str
    kind: Literal["foot", "ankle", "lower-leg"]
    leaf: bool
    plantar_fascia_area: bool | None = None
    shapes: tuple[Shape, ...] = ()
    parts: tuple[Slug, ...] = ()
    max_pressure: Slug | None = None
    note: str = ""


@dataclass(frozen=True)
class Duration:
    """Seconds, both ends included; None where an entry is not timed or the source names no bound."""

    min: int | None
    max: int | None
    basis: str = ""


@dataclass(frozen=True)
class ZoneTechnique:
    """A usual technique for a zone, with the seconds that suit it there."""

    technique: Slug
    duration_s: Duration
    per: str = ""


@dataclass(frozen=True)
class Zone:
    """A place that a tradition works on. Clients see only `client_wording`, `how_to_locate` and the regions' names."""

    slug: Slug
    name: str
    kind: Literal["zone", "point", "point-group", "roaming-point"]
    regions: tuple[Slug, ...]
    sides: tuple[Foot, ...]
    tradition: Slug
    associated_with: tuple[str, ...]
    client_wording: str
    how_to_locate: str
    techniques: tuple[ZoneTechnique, ...]
    pressure: Slug
    cautions: tuple[str, ...]
    direct_plantar: bool
    view: Slug
    views: tuple[Slug, ...]
    shapes: tuple[Shape, ...]
    source: Source
    traditional_claims_internal: tuple[str, ...] = ()
    notes: str = ""
    shapes_are: str = ""
