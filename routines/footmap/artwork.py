"""The hand-drawn artwork of the foot map, read once from data/footmap.yaml and mirrored per side."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from routines.footmap.curves import (
    Cubic,
    Grid,
    Loop,
    Point,
    clockwise,
    ellipse,
    grid_of,
    mirror,
    path_data,
    reverse,
    rounded,
    spline,
    tapered,
)

Side = Literal["left", "right"]

SOURCE = Path(__file__).parent / "data" / "footmap.yaml"
LAYERS = ("silhouette", "behind", "section", "lines", "fine", "nails")
PAD: Point = (16.0, 30.0)  # room around the frame for badges that stand beside a small area


@dataclass(frozen=True, slots=True)
class Shade:
    """A soft ellipse of light or shade; `turn` in degrees clockwise."""

    kind: str
    strength: float
    cx: float
    cy: float
    rx: float
    ry: float
    turn: float


@dataclass(frozen=True)
class Artwork:
    """One view of one foot, in drawing units as it appears on screen."""

    view: str
    side: Side
    width: float
    height: float
    silhouette: tuple[Loop, ...]
    behind: tuple[Loop, ...]
    section: tuple[Loop, ...]
    lines: tuple[Loop, ...]
    fine: tuple[Loop, ...]
    nails: tuple[Loop, ...]
    shades: tuple[Shade, ...]
    curves: Mapping[str, Loop]
    faces: Mapping[str, tuple[tuple[str, int, int], ...]]
    areas: Mapping[str, Loop]
    fits: Mapping[tuple[float, ...], tuple[str, ...]]  # a catalog shape's numbers -> the regions drawn for it

    @property
    def mirrored(self) -> bool:
        return self.side != drawn_side(self.view)

    @property
    def regions(self) -> tuple[str, ...]:
        """The leaf regions drawn by hand in this view, large ones first."""
        return (*self.faces, *self.areas)

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """Ready-made SVG path text of the artwork's layers."""
        return {name: path_data(getattr(self, name)) for name in LAYERS}

    @cached_property
    def body(self) -> Grid:
        return self.grid(self.silhouette)

    @cached_property
    def surroundings(self) -> Grid:
        """Where a badge fits beside the foot without touching it or leaving the picture."""
        off = self.grid((*self.silhouette, *self.behind)).outside()
        for k in range(4):
            off = off.shrunk(diagonal=k % 2 == 1)
        return off

    def grid(self, loops: Iterable[Loop]) -> Grid:
        return grid_of(loops, self.width, self.height, PAD)

    def joined(self, slugs: Iterable[str]) -> tuple[Loop, ...]:
        """The outline of several hand-drawn regions together: a border between two of them disappears."""
        edges: dict[tuple[str, int], Loop] = {}
        loops = []
        for slug in dict.fromkeys(slugs):
            if slug in self.areas:
                loops.append(self.areas[slug])
            for name, start, end in self.faces.get(slug, ()):
                steps = range(start, end) if end > start else range(end, start)
                for k in steps:
                    segment = self.curves[name][k : k + 1]
                    if edges.pop((name, k), None) is None:
                        edges[name, k] = segment if end > start else reverse(segment)
        return (*_chained(edges.values()), *loops)


def _corner(point: Point) -> tuple[int, int]:
    return round(point[0] * 100), round(point[1] * 100)


def _chained(segments: Iterable[Loop]) -> list[Loop]:
    """Closed loops with soft corners out of loose segments; four regions may meet in one point."""
    leaving: dict[tuple[int, int], list[Cubic]] = {}
    for (segment,) in segments:
        leaving.setdefault(_corner(segment[0]), []).append(segment)
    loops = []
    while leaving:
        start = here = next(iter(leaving))
        loop: list[Cubic] = []
        while not loop or here != start:
            loop.append(leaving[here].pop())
            if not leaving[here]:
                del leaving[here]
            here = _corner(loop[-1][3])
        loops.append(rounded(clockwise(tuple(loop))))
    return loops


@lru_cache(maxsize=1)
def _drawings() -> dict[str, Any]:
    drawings = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {name: {**view, "toe": drawings["toe"]} for name, view in drawings["views"].items()}


def drawn_side(view: str) -> Side:
    """The side on which a view is shown as drawn, with catalog x running to the right."""
    return "left" if _drawings()[view]["mirrored"] == "right" else "right"


def drawn_views() -> tuple[str, ...]:
    """The views that have artwork, in the order in which a page shows them."""
    return tuple(_drawings())


@lru_cache(maxsize=32)
def artwork(view: str, side: Side) -> Artwork:
    """The artwork of a view as seen on that foot. Raises KeyError for a view without artwork."""
    return _Reader(_drawings()[view], mirrored=side != drawn_side(view)).read(view, side)


class _Reader:
    """Turns one view's data into curves in drawing units."""

    def __init__(self, drawing: dict[str, Any], *, mirrored: bool) -> None:
        self.drawing = drawing
        self.mirrored = mirrored
        self.width, self.height = drawing["size"]

    def read(self, view: str, side: Side) -> Artwork:
        drawing, toes = self.drawing, list(self._toes())
        areas = {slug: self._place(loop) for slug, loop in self._shown(toes, "outline")}
        areas |= {slug: self._closed(text) for slug, text in drawing.get("areas", {}).items()}
        return Artwork(
            view=view,
            side=side,
            width=self.width,
            height=self.height,
            silhouette=tuple(self._silhouette(toes)),
            behind=tuple(self._closed(text) for text in drawing.get("behind", ())),
            section=self._section(),
            lines=(*self._strokes("lines"), *(self._place(loop) for _, loop in self._shown(toes, "lines"))),
            fine=self._strokes("fine"),
            nails=(
                *(self._closed(text) for text in drawing.get("nails", ())),
                *(self._place(loop) for _, loop in self._shown(toes, "nails")),
            ),
            shades=(*map(self._shade, drawing["shades"]), *(shade for toe in toes for shade in self._toe_shades(*toe))),
            curves={
                name: self._flip(spline(self._points(text)[0])) for name, text in drawing.get("curves", {}).items()
            },
            faces={slug: _runs(text) for slug, text in drawing.get("faces", {}).items()},
            areas=areas,
            fits={_numbers(text): tuple(slugs.split()) for text, slugs in drawing.get("fits", {}).items()},
        )

    def _flip(self, loop: Loop) -> Loop:
        return mirror(loop, self.width) if self.mirrored else loop

    def _place(self, loop: Loop) -> Loop:
        return clockwise(self._flip(loop))

    def _points(self, text: str) -> tuple[list[Point], list[int]]:
        """The points in drawing units, and the places of those that are corners."""
        points, corners = [], []
        for k, word in enumerate(text.split()):
            x, y = word.removesuffix("!").split(",")
            points.append((float(x) * self.width, float(y) * self.height))
            if word.endswith("!"):
                corners.append(k)
        return points, corners

    def _silhouette(self, toes: Sequence[tuple[str, Point, Point, float]]) -> Iterator[Loop]:
        for k, text in enumerate(self.drawing["silhouette"]):
            points, corners = self._points(text)
            if k == 0 and toes:
                webs = self._points(self.drawing["webs"])[0]
                edge = self.drawing["toe"][self.drawing["toe_side"]]["edge"]
                for place, (_slug, at, half, turn) in enumerate(toes):
                    points += _set(edge, at, half, turn) + webs[place : place + 1]
            yield self._smooth(points, corners)

    def _closed(self, text: str) -> Loop:
        return self._smooth(*self._points(text))

    def _smooth(self, points: list[Point], corners: list[int]) -> Loop:
        if not corners:
            return self._place(spline(points, closed=True))
        loop: list[Any] = []
        for k, start in enumerate(corners):
            end = corners[(k + 1) % len(corners)]
            run = points[start : end + 1] if end > start else points[start:] + points[: end + 1]
            loop += spline(run)
        return self._place(tuple(loop))

    def _strokes(self, name: str) -> tuple[Loop, ...]:
        strokes = []
        for text in self.drawing.get(name, ()):
            weight, _, points = text.partition(" ")
            strokes.append(self._place(tapered(self._points(points)[0], float(weight))))
        return tuple(strokes)

    def _section(self) -> tuple[Loop, ...]:
        if "section" not in self.drawing:
            return ()
        (cx, cy), (rx, ry) = self._points(self.drawing["section"])[0]
        return (self._place(ellipse(cx, cy, rx, ry)),)

    def _shade(self, text: str) -> Shade:
        kind, strength, centre, radii, turn = text.split()
        (cx, cy), (rx, ry) = self._points(f"{centre} {radii}")[0]
        return self._flipped(Shade(kind, float(strength), cx, cy, rx, ry, float(turn)))

    def _flipped(self, shade: Shade) -> Shade:
        if not self.mirrored:
            return shade
        return replace(shade, cx=self.width - shade.cx, turn=-shade.turn)

    def _toes(self) -> Iterable[tuple[str, Point, Point, float]]:
        for slug, text in self.drawing.get("toes", {}).items():
            place, _, turn = text.rpartition(" ")
            at, half = self._points(place)[0]
            yield slug, at, half, float(turn)

    def _shown(self, toes: Iterable[tuple[str, Point, Point, float]], layer: str) -> Iterable[tuple[str, Loop]]:
        """The toe template's outlines or strokes, set at every toe's place."""
        template = self.drawing["toe"]
        for slug, at, half, turn in toes:
            if layer == "outline":
                yield slug, spline(_set(template["outline"], at, half, turn), closed=True)
                continue
            for text in template[self.drawing["toe_side"]][layer]:
                if layer == "nails":
                    yield slug, spline(_set(text, at, half, turn), closed=True)
                else:
                    weight, _, points = text.partition(" ")
                    yield slug, tapered(_set(points, at, half, turn), float(weight))

    def _toe_shades(self, slug: str, at: Point, half: Point, turn: float) -> Iterable[Shade]:
        for text in self.drawing["toe"][self.drawing["toe_side"]]["shades"]:
            kind, strength, centre, radii, _ = text.split()
            ((cx, cy),) = _set(centre, at, half, turn)
            rx, ry = (float(part) * size for part, size in zip(radii.split(","), half, strict=True))
            yield self._flipped(Shade(kind, float(strength), cx, cy, rx, ry, turn))


def _set(text: str, at: Point, half: Point, turn: float) -> list[Point]:
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    placed = []
    for word in text.split():
        u, v = (float(part) * size for part, size in zip(word.split(","), half, strict=True))
        placed.append((at[0] + u * cos - v * sin, at[1] + u * sin + v * cos))
    return placed


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for word in text.split() for part in word.split(","))


def _runs(text: str) -> tuple[tuple[str, int, int], ...]:
    found = re.findall(r"([a-z-]+) (\d+)-(\d+)", text)
    return tuple((name, int(start), int(end)) for name, start, end in found)
