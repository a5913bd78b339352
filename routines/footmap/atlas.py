"""What the foot map needs to know of the catalog: view names, regions and their shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from routines.footmap.artwork import Artwork, artwork, drawn_views
from routines.footmap.curves import Loop, clockwise, ellipse, mirror, soft_polygon


class ShapeInvalid(ValueError):
    """A shape in the catalog that cannot be drawn."""


class ShapeEntry(TypedDict, total=False):
    """A shape as the catalog's file writes it: `cx`, `cy`, `rx`, `ry` and `rot_deg` of an ellipse, else `points`."""

    view: str
    type: str
    cx: float | None
    cy: float | None
    rx: float | None
    ry: float | None
    rot_deg: float | None
    points: Sequence[Sequence[float]]


class ViewEntry(TypedDict):
    slug: str
    name: str


class RegionEntry(TypedDict):
    slug: str
    name: str
    shapes: NotRequired[Sequence[ShapeEntry]]
    parts: NotRequired[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """An ellipse (cx, cy, rx, ry, degrees) or a polygon (x, y, x, y, ...) in the catalog's frame, 0 to 1."""

    view: str
    kind: str
    numbers: tuple[float, ...]

    @classmethod
    def read(cls, shape: ShapeEntry) -> Shape:
        """Read the catalog's form. Raises ShapeInvalid for an unknown view or kind and for impossible numbers."""
        try:
            view, kind = str(shape["view"]), str(shape["type"])
            if kind == "ellipse":
                numbers = [_number(shape[key]) for key in ("cx", "cy", "rx", "ry")] + [float(shape.get("rot_deg") or 0)]
            else:
                numbers = [float(part) for x, y in shape["points"] for part in (x, y)]
        except (KeyError, TypeError, ValueError) as error:
            raise ShapeInvalid(f"incomplete shape: {error}") from error
        if view not in drawn_views() or kind not in ("ellipse", "polygon"):
            raise ShapeInvalid(f"unknown view or type: {view}, {kind}")
        lengths = numbers[:4] if kind == "ellipse" else numbers
        if not all(math.isfinite(number) for number in numbers) or any(abs(number) > 2 for number in lengths):
            raise ShapeInvalid("coordinates are outside the picture")
        if (kind == "ellipse" and min(numbers[2:4]) <= 0) or (kind == "polygon" and len(numbers) < 6):
            raise ShapeInvalid("the shape has no area")
        return cls(view, kind, tuple(numbers))

    def loop(self, art: Artwork) -> Loop:
        """The shape's outline on the given drawing."""
        if self.kind == "ellipse":
            cx, cy, rx, ry, turn = self.numbers
            loop = ellipse(cx * art.width, cy * art.height, rx * art.width, ry * art.height, turn)
        else:
            pairs = zip(self.numbers[::2], self.numbers[1::2], strict=True)
            loop = soft_polygon([(x * art.width, y * art.height) for x, y in pairs])
        return clockwise(mirror(loop, art.width) if art.mirrored else loop)


def _number(value: float | None) -> float:
    if value is None:
        raise TypeError("a number is missing")
    return float(value)


@dataclass(frozen=True, slots=True)
class Region:
    """A leaf region has shapes; a composite lists its parts."""

    slug: str
    name: str
    shapes: tuple[Shape, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Atlas:
    """View names and regions by slug; make it once per request or keep it per published catalog version."""

    views: Mapping[str, str]
    regions: Mapping[str, Region]

    @classmethod
    def of(cls, views: Iterable[ViewEntry], regions: Iterable[RegionEntry]) -> Atlas:
        """Make one from entries in the catalog file's form. Raises ShapeInvalid."""
        known = [
            Region(
                str(region["slug"]),
                str(region["name"]),
                tuple(Shape.read(shape) for shape in region.get("shapes") or ()),
                tuple(region.get("parts") or ()),
            )
            for region in regions
        ]
        return cls({str(view["slug"]): str(view["name"]) for view in views}, {region.slug: region for region in known})

    def leaves(self, slug: str) -> Iterator[str]:
        """The leaf regions that make up a region. Raises KeyError for an unknown slug."""
        waiting, seen = [slug], set()
        while waiting:
            region = self.regions[waiting.pop(0)]
            if region.slug in seen:
                continue
            seen.add(region.slug)
            waiting = [*region.parts, *waiting]
            if not region.parts:
                yield region.slug

    def drawn_as(self, shape: Shape) -> tuple[str, ...]:
        """The hand-drawn regions that stand for a catalog shape; empty when it is drawn as it is."""
        numbers = shape.numbers
        if shape.kind == "ellipse":
            if numbers[4]:
                return ()
            numbers = numbers[:4]
        slugs = artwork(shape.view, "left").fits.get(numbers, ())
        return slugs if all(slug in self.regions for slug in slugs) else ()

    def is_drawn(self, slug: str, view: str) -> bool:
        """Whether the view's artwork has this leaf region, still at the place that the catalog gives."""
        here = [shape for shape in self.regions[slug].shapes if shape.view == view]
        return slug in artwork(view, "left").regions and all(self.drawn_as(shape) == (slug,) for shape in here)

    def leaves_in(self, view: str) -> Iterator[Region]:
        """The leaf regions that can be shown in a view, hand-drawn ones first and large before small."""
        drawn = [slug for slug in artwork(view, "left").regions if slug in self.regions and self.is_drawn(slug, view)]
        yield from (self.regions[slug] for slug in drawn)
        for region in self.regions.values():
            if region.slug not in drawn and any(shape.view == view for shape in region.shapes):
                yield region

    def views_of(self, slug: str) -> tuple[str, ...]:
        """The views in which a leaf region can be shown."""
        shaped = {shape.view for shape in self.regions[slug].shapes}
        return tuple(view for view in drawn_views() if view in shaped or self.is_drawn(slug, view))
