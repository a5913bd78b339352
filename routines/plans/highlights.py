"""A plan's steps as marks on the foot map."""

from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from routines.catalog.types import Catalog
from routines.footmap.artwork import Side
from routines.footmap.draw import Atlas, Highlight, Tone

SIDES: dict[str, tuple[Side, ...]] = {"left": ("left",), "right": ("right",), "both": ("left", "right"), "none": ()}


@lru_cache(maxsize=4)
def _atlas(views: tuple, regions: tuple) -> Atlas:
    return Atlas.of(
        [{"slug": view.slug, "name": view.name} for view in views],
        [
            {"slug": region.slug, "name": region.name, "shapes": [*map(asdict, region.shapes)], "parts": region.parts}
            for region in regions
        ],
    )


def atlas_of(catalog: Catalog) -> Atlas:
    """The drawing's places, kept per catalog version."""
    return _atlas(catalog.views, catalog.regions)


def draft_highlights(rows: Iterable[Any], catalog: Catalog) -> list[Highlight]:
    """For the therapist: each step-side toned by its verdict, labelled with the zone's own name."""
    marks = []
    for row in rows:
        if row.zone is None:
            continue
        for side in SIDES[row.step.side]:
            verdict = row.report.sides.get(side)
            tone: Tone = "work" if verdict and verdict.is_allowed and not row.report.invalid else "blocked"
            if verdict and verdict.kind in ("reduce_pressure", "shorten"):
                tone = "caution"
            marks.append(Highlight(tuple(map(asdict, row.zone.shapes)), side, tone, row.zone.name, row.number))
    return marks


def frozen_highlights(steps: Iterable[dict[str, Any]]) -> list[Highlight]:
    """For the client: the places of a released version, labelled with the region's name only."""
    return [
        Highlight(tuple(step["shapes"]), side, "work", step["place"], step["n"])
        for step in steps
        if step["shapes"]
        for side in SIDES[step["side"]]
    ]
