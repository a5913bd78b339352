"""The catalog's regions as the places that an intake can mark, drawn on the foot map."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from routines.catalog.types import Catalog, CatalogSlugs
from routines.catalog.versions import CatalogMissing, catalog_of, current_version
from routines.footmap.draw import Highlight, draw_pair

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

#: The first view is open; the others open at a tap.
OPEN = mark_safe(" open")
GROUPS = {
    "foot": _("Exact places on the foot"),
    "ankle": _("Exact places at the ankle"),
    "lower-leg": _("Exact places on the leg"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A region of the catalog; `group` is the heading of the list that it stands under."""

    slug: str
    name: str
    group: str | StrPromise


class BodyPlaces:
    """The places of one catalog version that a client can mark, and the names that rules call them by."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every place that may be marked, in the order of the list."""
        wide = [
            Place(region.slug, region.name, _("Larger areas")) for region in self.catalog.regions if not region.leaf
        ]
        exact = [Place(region.slug, region.name, GROUPS[region.kind]) for region in self.catalog.regions if region.leaf]
        return (*wide, *exact)

    @property
    def slugs(self) -> CatalogSlugs:
        """Every name that a rule may refer to."""
        return self.catalog.slugs

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Slug -> name of regions, zones, techniques, tools, traditions and pressure levels, for the therapist."""
        catalog, names = self.catalog, dict[str, str]()
        names |= {tradition.slug: tradition.name for tradition in catalog.traditions}
        names |= {zone.slug: zone.name for zone in catalog.zones}
        names |= {tool.slug: tool.name for tool in catalog.tools}
        names |= {technique.slug: technique.name for technique in catalog.techniques}
        names |= {level.slug: level.name for level in catalog.pressure_levels}
        return names | {region.slug: region.name for region in catalog.regions}

    @cached_property
    def pressure_ranks(self) -> Mapping[str, int]:
        """Pressure level -> its rank, 0 for none."""
        return {level.slug: level.rank for level in self.catalog.pressure_levels}

    @property
    def absent(self) -> frozenset[tuple[str, str]]:
        """(side, region) of what is not there; the catalog by itself speaks of nobody's feet."""
        return frozenset()

    def within(self, regions: Collection[str]) -> frozenset[str]:
        """Every place that lies wholly inside these regions together."""
        known = [self.catalog.leaves_of(region) for region in regions if region in self.catalog.region_by_slug]
        inside = frozenset().union(*known)
        return frozenset(
            region.slug for region in self.catalog.regions if self.catalog.leaves_of(region.slug) <= inside
        )

    def draw(
        self, question: str, marked: Collection[tuple[str, str]], absent: Collection[tuple[str, str]] = ()
    ) -> SafeString:
        """The drawings to tap for one question, every view with both feet; both collections hold (side, region) pairs.

        A larger area that is marked shows as the places that it is made of.
        """
        atlas = self.catalog.atlas
        highlights = [
            Highlight((region,), side, tone, atlas.regions[region].name)  # type: ignore[arg-type]
            for tone, pairs in (("pick", marked), ("absent", absent))
            for side, region in sorted(pairs)
            if region in atlas.regions and side in ("left", "right")
        ]
        return format_html_join(
            "",
            '<details class="body-view"{}><summary>{}</summary>{}</details>',
            (
                (
                    OPEN if number == 0 else "",
                    view.name,
                    draw_pair(
                        view.slug, highlights, atlas=atlas, element_id=f"map-{question}-{view.slug}", interactive=True
                    ),
                )
                for number, view in enumerate(self.catalog.views)
            ),
        )


def body_places() -> BodyPlaces:
    """The places of the catalog in use, one small query.

    Raises CatalogMissing before the first load: no place may become unmarkable in silence.
    """
    version = current_version()
    if version.digest not in _made:
        _made.clear()  # only the version in use is asked for
        _made[version.digest] = BodyPlaces(catalog_of(version))
    return _made[version.digest]


def find_body_places() -> BodyPlaces | None:
    """`body_places`, or None while no catalog is loaded."""
    try:
        return body_places()
    except CatalogMissing:
        return None


_made: dict[str, BodyPlaces] = {}
