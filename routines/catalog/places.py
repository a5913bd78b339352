"""What a zone catalog says about places: sources, traditions, drawings, regions and zones, named as in the document."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, Protocol, cast

from practice.core.schema import Place, Slug, read_slug, read_value
from routines.footmap.atlas import ShapeEntry


def _read_text(value: Any, place: Place) -> str:
    text: str = read_value(str, value, place)
    return text


# Any text of the catalog reaches clients, and is held against the rules of wording, unless its type says otherwise.
#: For therapists and editors alone.
InternalText = Annotated[str, _read_text, "internal"]
#: Stands where others look: in calendars, on print, in the subject of a mail.
TitleText = Annotated[str, _read_text, "title"]
#: A short name that clients read with spaces for its hyphens.
TitleSlug = Annotated[str, read_slug, "title"]

Foot = Literal["left", "right"]
StepSide = Literal["left", "right", "both", "affected", "none"]
Default = Literal["on", "off"]


class NamedEntry(Protocol):
    """Any entry that pages look up by its slug and call by its name."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class SourceFile:
    id: InternalText
    file: InternalText


@dataclass(frozen=True)
class Source:
    """The place in a source article that an entry rests on."""

    file: InternalText
    heading: InternalText
    note: InternalText = ""


@dataclass(frozen=True)
class Tradition:
    slug: Slug
    name: str
    summary: InternalText
    evidence: InternalText
    sources: tuple[Source, ...]
    parent: Slug | None = None


@dataclass(frozen=True)
class View:
    """A drawing of the right foot or leg; `outline` and every shape use its x and y from 0 to 1."""

    slug: Slug
    name: str
    x: InternalText
    y: InternalText
    drawn_for: InternalText
    screen: InternalText
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

    def as_entry(self) -> ShapeEntry:
        """The shape as the foot map reads it."""
        return cast(ShapeEntry, asdict(self))


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
    note: InternalText = ""


@dataclass(frozen=True)
class Duration:
    """Seconds, both ends included; None where an entry is not timed or the source names no bound."""

    min: int | None
    max: int | None
    basis: InternalText = ""


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
    name: InternalText
    kind: Literal["zone", "point", "point-group", "roaming-point"]
    regions: tuple[Slug, ...]
    sides: tuple[Foot, ...]
    tradition: Slug
    associated_with: tuple[InternalText, ...]
    client_wording: str
    how_to_locate: str
    techniques: tuple[ZoneTechnique, ...]
    pressure: Slug
    cautions: tuple[InternalText, ...]
    direct_plantar: bool
    view: Slug
    views: tuple[Slug, ...]
    shapes: tuple[Shape, ...]
    source: Source
    traditional_claims_internal: tuple[InternalText, ...] = ()
    notes: InternalText = ""
    shapes_are: InternalText = ""
