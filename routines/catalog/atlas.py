"""The catalog's regions as places on the foot map."""

from dataclasses import asdict
from functools import lru_cache

from routines.catalog.places import Region, View
from routines.catalog.types import Catalog
from routines.footmap.draw import Atlas


@lru_cache(maxsize=4)
def _atlas(views: tuple[View, ...], regions: tuple[Region, ...]) -> Atlas:
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
