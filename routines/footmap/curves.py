"""Geometry of the foot map: smooth curves through hand-placed points, and the grid used to place badges.

Lengths are drawing units of the view's frame (about one CSS pixel at full size); y grows downwards.
Own code rather than a geometry library: a few dozen lines, and the handout needs no compiled dependency for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Cubic = tuple[Point, Point, Point, Point]
Loop = tuple[Cubic, ...]

CELL = 3.0  # drawing units per grid cell; fine enough to centre a badge, coarse enough to stay cheap


def _knot(a: Point, b: Point) -> float:
    return max(math.hypot(b[0] - a[0], b[1] - a[1]) ** 0.5, 1e-6)


def spline(points: Sequence[Point], *, closed: bool = False) -> Loop:
    """A centripetal Catmull-Rom curve through every point, as cubic Bezier segments (no cusps, no overshoot)."""
    count = len(points)
    if closed:
        around = [points[-1], *points, points[0], points[1]]
    else:
        around = [
            (2 * points[0][0] - points[1][0], 2 * points[0][1] - points[1][1]),
            *points,
            (2 * points[-1][0] - points[-2][0], 2 * points[-1][1] - points[-2][1]),
        ]
    segments = []
    for k in range(count if closed else count - 1):
        p0, p1, p2, p3 = around[k : k + 4]
        d1, d2, d3 = _knot(p0, p1), _knot(p1, p2), _knot(p2, p3)
        first, second = [], []
        for axis in (0, 1):
            m1 = (p1[axis] - p0[axis]) / d1 - (p2[axis] - p0[axis]) / (d1 + d2) + (p2[axis] - p1[axis]) / d2
            m2 = (p2[axis] - p1[axis]) / d2 - (p3[axis] - p1[axis]) / (d2 + d3) + (p3[axis] - p2[axis]) / d3
            first.append(p1[axis] + m1 * d2 / 3)
            second.append(p2[axis] - m2 * d2 / 3)
        segments.append((p1, (first[0], first[1]), (second[0], second[1]), p2))
    return tuple(segments)


def ellipse(cx: float, cy: float, rx: float, ry: float, turn: float = 0.0) -> Loop:
    """An ellipse as four cubic segments, turned clockwise on screen by `turn` degrees."""
    k = 0.5523
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))

    def at(u: float, v: float) -> Point:
        return cx + u * rx * cos - v * ry * sin, cy + u * rx * sin + v * ry * cos

    corners = ((1, 0), (0, 1), (-1, 0), (0, -1))
    quarters = []
    for (a, b), (c, d) in zip(corners, (*corners[1:], corners[0]), strict=True):
        quarters.append((at(a, b), at(a + c * k, b + d * k), at(c + a * k, d + b * k), at(c, d)))
    return tuple(quarters)


def soft_polygon(points: Sequence[Point], rounding: float = 14.0) -> Loop:
    """The polygon with each corner rounded over at most `rounding` units of its edges; it never leaves the hull."""
    segments: list[Cubic] = []
    for k, corner in enumerate(points):
        before, after = (
            _towards(corner, points[k - 1], rounding),
            _towards(corner, points[(k + 1) % len(points)], rounding),
        )
        if segments:
            segments.append((segments[-1][3], segments[-1][3], before, before))
        c1, c2 = _towards(before, corner, math.inf), _towards(after, corner, math.inf)
        segments.append((before, c1, c2, after))
    segments.append((segments[-1][3], segments[-1][3], segments[0][0], segments[0][0]))
    return tuple(segments)


def _towards(start: Point, end: Point, reach: float) -> Point:
    """The point `reach` units along the way, at most half of it."""
    length = math.dist(start, end)
    share = min(0.5, reach / length) if length else 0.0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def rounded(loop: Loop, radius: float = 8.0) -> Loop:
    """The loop with every corner sharper than 30 degrees rounded over about `radius` units of the curves it joins."""
    sharp = [_turn(loop[k - 1], segment) > math.radians(30) for k, segment in enumerate(loop)]
    softened: list[Cubic] = []
    for k, segment in enumerate(loop):
        reach = min(radius / (math.dist(segment[0], segment[3]) or 1.0), 0.45)
        start, end = (reach if sharp[k] else 0.0), (1 - reach if sharp[(k + 1) % len(loop)] else 1.0)
        middle = _cut(segment, start, end)
        if sharp[k] and softened:
            softened.append(_bridge(softened[-1], segment[0], middle))
        softened.append(middle)
    if sharp[0]:
        softened.append(_bridge(softened[-1], loop[0][0], softened[0]))
    return tuple(softened)


def _bridge(before: Cubic, corner: Point, after: Cubic) -> Cubic:
    start, end = before[3], after[0]
    return start, _between(start, corner, 0.6), _between(end, corner, 0.6), end


def _turn(before: Cubic, after: Cubic) -> float:
    """The change of direction where two segments meet, in radians."""
    one = math.atan2(before[3][1] - before[2][1], before[3][0] - before[2][0])
    two = math.atan2(after[1][1] - after[0][1], after[1][0] - after[0][0])
    return abs((two - one + math.pi) % (2 * math.pi) - math.pi)


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _split(segment: Cubic, t: float) -> tuple[Cubic, Cubic]:
    a, b, c, d = segment
    ab, bc, cd = _between(a, b, t), _between(b, c, t), _between(c, d, t)
    abc, bcd = _between(ab, bc, t), _between(bc, cd, t)
    at = _between(abc, bcd, t)
    return (a, ab, abc, at), (at, bcd, cd, d)


def _cut(segment: Cubic, start: float, end: float) -> Cubic:
    first = _split(segment, end)[0] if end < 1 else segment
    return _split(first, start / end)[1] if start > 0 else first


def tapered(points: Sequence[Point], weight: float) -> Loop:
    """A pen stroke along the points that swells to `weight` in the middle and ends in fine points."""
    centre = spline(points)
    knots = [centre[0][0]]
    for a, b, c, d in centre:
        knots += [_on((a, b, c, d), 0.5), d]
    left, right = [], []
    for k, (x, y) in enumerate(knots):
        before, after = knots[max(k - 1, 0)], knots[min(k + 1, len(knots) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        half = weight / 2 * math.sin(math.pi * k / (len(knots) - 1)) ** 0.7 if 0 < k < len(knots) - 1 else 0.0
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    return spline(left) + spline(right[::-1])


def _on(segment: Cubic, t: float) -> Point:
    a, b, c, d = segment
    s = 1 - t
    w = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    return (
        w[0] * a[0] + w[1] * b[0] + w[2] * c[0] + w[3] * d[0],
        w[0] * a[1] + w[1] * b[1] + w[2] * c[1] + w[3] * d[1],
    )


def reverse(loop: Loop) -> Loop:
    return tuple((d, c, b, a) for a, b, c, d in reversed(loop))


def clockwise(loop: Loop) -> Loop:
    """The same loop, always run in the same direction, so that overlapping loops add up instead of cutting holes."""
    area = sum(s[0][0] * s[3][1] - s[3][0] * s[0][1] for s in loop)
    return loop if area >= 0 else reverse(loop)


def mirror(loop: Loop, width: float) -> Loop:
    return tuple(tuple((width - x, y) for x, y in segment) for segment in loop)  # type: ignore[misc]


def path_data(loops: Iterable[Loop]) -> str:
    """SVG path text with relative cubics, rounded to a tenth of a unit without drifting."""
    out = []
    for loop in loops:
        px, py = round(loop[0][0][0], 1), round(loop[0][0][1], 1)
        out.append(f"M{px:g} {py:g}")
        for _, b, c, d in loop:
            rel = " ".join(f"{round(x - px, 1):g} {round(y - py, 1):g}" for x, y in (b, c, d))
            out.append("c" + rel.replace(" -", "-"))
            px, py = round(px + round(d[0] - px, 1), 1), round(py + round(d[1] - py, 1), 1)
        out.append("z")
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Grid:
    """A black-and-white picture of an area: one integer per row, one bit per cell."""

    columns: int
    rows: tuple[int, ...]

    def __and__(self, other: Grid) -> Grid:
        return Grid(self.columns, tuple(a & b for a, b in zip(self.rows, other.rows, strict=True)))

    def __or__(self, other: Grid) -> Grid:
        return Grid(self.columns, tuple(a | b for a, b in zip(self.rows, other.rows, strict=True)))

    def outside(self) -> Grid:
        full = (1 << self.columns) - 1
        return Grid(self.columns, tuple(full & ~row for row in self.rows))

    def shrunk(self, diagonal: bool = False) -> Grid:
        """The area without its outermost cells; the border of the picture counts as outside."""
        across = [row & row << 1 & row >> 1 for row in self.rows]
        side = across if diagonal else self.rows
        last = len(self.rows) - 1
        return Grid(
            self.columns,
            tuple((across[k] & side[k - 1] & side[k + 1]) if 0 < k < last else 0 for k in range(last + 1)),
        )

    def count(self) -> int:
        return sum(row.bit_count() for row in self.rows)

    def cells(self) -> list[tuple[int, int]]:
        """Every (column, row) that is set, from the top."""
        found = []
        for y, row in enumerate(self.rows):
            while row:
                low = row & -row
                found.append((low.bit_length() - 1, y))
                row ^= low
        return found


def grid_of(loops: Iterable[Loop], width: float, height: float, pad: Point) -> Grid:
    """The cells whose centre lies inside any of the loops; the picture reaches `pad` beyond the frame."""
    columns, lines = math.ceil((width + 2 * pad[0]) / CELL), math.ceil((height + 2 * pad[1]) / CELL)
    rows = [0] * lines
    for loop in loops:
        outline = [_on(segment, t / 5) for segment in loop for t in range(5)]
        crossings: list[list[float]] = [[] for _ in range(lines)]
        for k, (x2, y2) in enumerate(outline):
            x1, y1 = outline[k - 1]
            if y1 == y2:
                continue
            top, bottom = min(y1, y2), max(y1, y2)
            first = max(math.ceil((top + pad[1]) / CELL - 0.5), 0)
            for row in range(first, min(math.ceil((bottom + pad[1]) / CELL - 0.5), lines)):
                y = (row + 0.5) * CELL - pad[1]
                crossings[row].append(x1 + (y - y1) / (y2 - y1) * (x2 - x1))
        for row, found in enumerate(crossings):
            found.sort()
            for left, right in zip(found[::2], found[1::2], strict=False):
                a = max(math.ceil((left + pad[0]) / CELL - 0.5), 0)
                b = min(math.ceil((right + pad[0]) / CELL - 0.5), columns)
                if b > a:
                    rows[row] |= (1 << b) - (1 << a)
    return Grid(columns, tuple(rows))
