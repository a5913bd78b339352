"""A plan's steps as highlights on the foot map."""

from collections.abc import Iterable
from typing import Any

from clients.screening.answers import BodySite
from routines.catalog.types import Catalog
from routines.footmap.artwork import Side
from routines.footmap.draw import Highlight, Tone
from routines.plans.content import StepContent

SIDES: dict[str, tuple[Side, ...]] = {"left": ("left",), "right": ("right",), "both": ("left", "right"), "none": ()}


def draft_highlights(rows: Iterable[Any], catalog: Catalog) -> list[Highlight]:
    """For the therapist: each step-side in the tone of its verdict, labelled with the zone's own name."""
    highlights = []
    for row in rows:
        if row.zone is None:
            continue
        for side in SIDES[row.step.side]:
            verdict = row.report.sides.get(side)
            tone: Tone = "work" if verdict and verdict.is_allowed and not row.report.invalid else "blocked"
            if verdict and verdict.kind in ("reduce_pressure", "shorten"):
                tone = "caution"
            shapes = tuple(shape.as_entry() for shape in row.zone.shapes)
            highlights.append(Highlight(shapes, side, tone, row.zone.name, row.number))
    return highlights


def absent_highlights(absent: Iterable[BodySite], catalog: Catalog) -> list[Highlight]:
    """What is not there, to be drawn on every map of that client."""
    regions = catalog.region_by_slug
    return [
        Highlight((highlight.region,), side, "absent", regions[highlight.region].name)
        for highlight in absent
        if highlight.region in regions
        for side in SIDES[highlight.side]
    ]


def massaged_places(steps: Iterable[StepContent]) -> list[Highlight]:
    """For a map that says “massage here”: without the places of a cold pack or a bath, which have no pressure."""
    return frozen_highlights(step for step in steps if step.pressure != "none")


def frozen_highlights(steps: Iterable[StepContent]) -> list[Highlight]:
    """For the client: the places of a released version, labelled with the region's name only."""
    return [
        Highlight(step.shapes, side, "work", step.place, step.number)
        for step in steps
        if step.shapes
        for side in SIDES[step.side]
    ]
