"""Where the numbered badges of the foot map go: inside their area where they fit, beside the foot otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from routines.footmap_artwork import PAD, Artwork
from routines.footmap_curves import CELL, Grid, Point

RADIUS = 11.0
_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Badge:
    """Centre of a badge; `tip` is the end of its pointer inside the area, or None when the badge lies on it."""

    place: int
    x: float
    y: float
    tip: Point | None


def place_badges(art: Artwork, areas: Sequence[Grid]) -> list[Badge]:
    """One badge per area that has any visible cell, small areas served first; badges never touch while room is left."""
    taken: list[Point] = []
    badges = []
    for place in sorted(range(len(areas)), key=lambda k: areas[k].count()):
        area = areas[place]
        if not area.count():
            continue
        core, reach = _heart(area)
        spot = _inside(area, core, taken) if reach >= RADIUS * 0.85 else None
        tip = None
        if spot is None:
            spot = _beside(art, core, taken)
            tip = core if spot else None
        spot = spot or core
        taken.append(spot)
        badges.append(Badge(place, round(spot[0], 1), round(spot[1], 1), tip))
    return sorted(badges, key=lambda badge: badge.place)


def _point(cell: tuple[int, int]) -> Point:
    return (cell[0] + 0.5) * CELL - PAD[0], (cell[1] + 0.5) * CELL - PAD[1]


def _heart(area: Grid) -> tuple[Point, float]:
    """The point deepest inside the area, and about how deep that is."""
    depth, layer = 0, area
    while (inner := layer.shrunk(diagonal=depth % 2 == 1)).count():
        layer, depth = inner, depth + 1
    points = [_point(cell) for cell in layer.cells()]
    middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
    return min(points, key=lambda point: math.dist(point, middle)), (depth + 0.5) * CELL


def _free(point: Point, taken: Sequence[Point]) -> bool:
    return all(math.dist(point, other) >= 2 * RADIUS + _GAP for other in taken)


def _inside(area: Grid, core: Point, taken: Sequence[Point]) -> Point | None:
    if _free(core, taken):
        return core
    for k in range(round(RADIUS / CELL)):
        area = area.shrunk(diagonal=k % 2 == 1)
    points = sorted((_point(cell) for cell in area.cells()), key=lambda point: math.dist(point, core))
    return next((point for point in points if _free(point, taken)), None)


def _beside(art: Artwork, core: Point, taken: Sequence[Point]) -> Point | None:
    """The nearest free spot off the foot and inside the picture."""
    off = art.surroundings
    points = sorted((_point(cell) for cell in off.cells()), key=lambda point: math.dist(point, core))
    return next((point for point in points if _free(point, taken)), None)
