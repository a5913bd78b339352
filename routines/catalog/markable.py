"""The catalog's regions as the places that an intake can mark, drawn on the foot map."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from clients.screening.body_places import Place
from clients.screening.entries import CatalogSlugs
from routines.catalog.places import Shape as CatalogShape
from routines.catalog.types import Catalog
from routines.catalog.versions import CatalogMissing, catalog_of, current_version
from routines.footmap.draw import Atlas, Highlight, Region, Shape, draw_pair

#: The first view is open; the others wait for a tap.
OPEN = mark_safe(" open")
GROUPS = {
    "foot": _("Exact places on the foot"),
    "ankle": _("Exact places at the ankle"),
    "lower-leg": _("Exact places on the leg"),
}


class CatalogPlaces:
    """The places of one catalog version."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @cached_property
    def places(self) -> tuple[Place, ...]:
        wide = [
            Place(region.slug, region.name, _("Larger areas")) for region in self.catalog.regions if not region.leaf
        ]
        exact = [Place(region.slug, region.name, GROUPS[region.kind]) for region in self.catalog.regions if region.leaf]
        return (*wide, *exact)

    @cached_property
    def slugs(self) -> CatalogSlugs:
        return self.catalog.slugs

    @cached_property
    def names(self) -> Mapping[str, str]:
        catalog, names = self.catalog, dict[str, str]()
        names |= {tradition.slug: tradition.name for tradition in catalog.traditions}
        names |= {zone.slug: zone.name for zone in catalog.zones}
        names |= {tool.slug: tool.name for tool in catalog.tools}
        names |= {technique.slug: technique.name for technique in catalog.techniques}
        names |= {level.slug: level.name for level in catalog.pressure_levels}
        return names | {region.slug: region.name for region in catalog.regions}

    @cached_property
    def pressure_ranks(self) -> Mapping[str, int]:
        return {level.slug: level.rank for level in self.catalog.pressure_levels}

    @cached_property
    def atlas(self) -> Atlas:
        regions = {
            region.slug: Region(region.slug, region.name, tuple(map(_shape, region.shapes)), region.parts)
            for region in self.catalog.regions
        }
        return Atlas({view.slug: view.name for view in self.catalog.views}, regions)

    def draw(self, question: str, marked: Collection[tuple[str, str]]) -> SafeString:
        """Every view with both feet; a larger area that is marked shows as the places it is made of."""
        picks = [
            Highlight((region,), side, "pick", self.atlas.regions[region].name)  # type: ignore[arg-type]
            for side, region in sorted(marked)
            if region in self.atlas.regions and side in ("left", "right")
        ]
        return format_html_join(
            "",
            '<details class="body-view"{}><summary>{}</summary>{}</details>',
            (
                (
                    OPEN if number == 0 else "",
                    view.name,
                    draw_pair(
                        view.slug, picks, atlas=self.atlas, element_id=f"map-{question}-{view.slug}", interactive=True
                    ),
                )
                for number, view in enumerate(self.catalog.views)
            ),
        )


def _shape(shape: CatalogShape) -> Shape:
    if shape.type == "ellipse":
        numbers = {"cx": shape.cx, "cy": shape.cy, "rx": shape.rx, "ry": shape.ry, "rot_deg": shape.rot_deg}
        return Shape.read({"view": shape.view, "type": shape.type, **numbers})
    return Shape.read({"view": shape.view, "type": shape.type, "points": shape.points})


_made: dict[str, CatalogPlaces] = {}


def places_in_force() -> CatalogPlaces | None:
    """The places of the catalog in use, one small query; None while no catalog is loaded."""
    try:
        version = current_version()
    except CatalogMissing:
        return None
    if version.digest not in _made:
        _made.clear()  # only the version in use is asked for
        _made[version.digest] = CatalogPlaces(catalog_of(version))
    return _made[version.digest]
