"""Where the numbered badges of the foot map go: inside their area where they fit, beside the foot otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from routines.footmap.artwork import PAD, Artwork
from routines.footmap.curves import CELL, Grid, Point

RADIUS = 11.0
_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Badge:
    """Centre of a badge; `tip` is the end of its pointer inside the area, or None when the badge lies on it."""

    place: int
    x: float
    y: float
    tip: Point | None

    def mirrored(self, width: float) -> Badge:
        tip = self.tip and (round(width - self.tip[0], 1), self.tip[1])
        return Badge(self.place, round(width - self.x, 1), self.y, tip)


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
            spot = _beside(art, area, core, taken)
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


def _beside(art: Artwork, area: Grid, core: Point, taken: Sequence[Point]) -> Point | None:
    """A near, free spot off the foot whose pointer crosses as little else as possible."""
    spots = [_point(cell) for cell in art.surroundings.cells() if cell[0] % 2 == cell[1] % 2 == 0]
    free = [spot for spot in spots if _free(spot, taken)]
    return min(free, key=lambda spot: _cost(art.body, area, core, spot, taken), default=None)


def _cost(body: Grid, area: Grid, core: Point, spot: Point, taken: Sequence[Point]) -> float:
    """Length of the pointer, counting double where it crosses other parts of the foot and far more over a badge."""
    length = math.dist(core, spot)
    steps = 12
    cost = length
    for step in range(1, steps):
        x = core[0] + (spot[0] - core[0]) * step / steps
        y = core[1] + (spot[1] - core[1]) * step / steps
        column, row = int((x + PAD[0]) / CELL), int((y + PAD[1]) / CELL)
        if (body.rows[row] & ~area.rows[row]) >> column & 1:
            cost += length / steps
        cost += sum(40 for other in taken if math.dist((x, y), other) < RADIUS)
    return cost
