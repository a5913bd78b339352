"""Places on the foot and leg that a client can mark. They belong to the catalog, one floor up, which answers here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.utils.safestring import SafeString

from clients.screening.entries import CatalogSlugs

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Place:
    """A region of the catalog; `group` is the heading of the list that it stands under."""

    slug: str
    name: str
    group: str | StrPromise


class BodyPlaces(Protocol):
    """The places of one catalog version."""

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place that may be marked, in the order of the list."""

    @property
    def slugs(self) -> CatalogSlugs:
        """Every name that a rule may refer to."""

    @property
    def names(self) -> Mapping[str, str]:
        """Slug -> name of regions, techniques, tools, traditions and pressure levels, for the therapist."""

    @property
    def pressure_ranks(self) -> Mapping[str, int]:
        """Pressure level -> its rank, 0 for the least."""

    @property
    def absent(self) -> frozenset[tuple[str, str]]:
        """(side, region) of what is not there, on the client whose places these are."""

    def within(self, regions: Collection[str]) -> frozenset[str]:
        """Every place that lies wholly inside these regions together."""

    def draw(
        self, question: str, marked: Collection[tuple[str, str]], absent: Collection[tuple[str, str]] = ()
    ) -> SafeString:
        """The drawings to tap for one question; both collections hold (side, region) pairs."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A line of the list of places, with the sides on which it can be marked."""

    place: Place
    sides: tuple[str, ...]
    #: The slugs of what a larger area is made of, apart by spaces.
    parts: str = ""

    @property
    def offers_left(self) -> bool:
        return "left" in self.sides

    @property
    def offers_right(self) -> bool:
        return "right" in self.sides


def place_rows(body: BodyPlaces, *, marked: Collection[str] = ()) -> list[tuple[str, list[PlaceRow]]]:
    """Heading and lines of the list; what is not there is left out. `marked`: "side:region", kept all the same."""
    groups: dict[str, list[PlaceRow]] = {}
    for place in body.places:
        sides = tuple(
            side
            for side in ("left", "right")
            if (side, place.slug) not in body.absent or f"{side}:{place.slug}" in marked
        )
        if sides:
            groups.setdefault(str(place.group), []).append(PlaceRow(place, sides, _parts(place, body)))
    return list(groups.items())


def _parts(place: Place, body: BodyPlaces) -> str:
    return " ".join(sorted(body.within({place.slug}) - {place.slug}))


class NoCatalog(Exception):
    """No catalog is loaded, so no place can be shown: run `manage.py load_catalog FILE`."""


_provider: Callable[[], BodyPlaces | None] | None = None


def provide_body_places(provider: Callable[[], BodyPlaces | None]) -> None:
    """Called once, by the floor above when it is ready. The provider returns None while no catalog is loaded."""
    global _provider
    _provider = provider


def find_body_places() -> BodyPlaces | None:
    """The places in force; None while no catalog is loaded. Raises ImproperlyConfigured when nobody provides them."""
    if _provider is None:
        raise ImproperlyConfigured(
            "Nobody provides the places of the body: routines/apps.py must call provide_body_places()."
        )
    return _provider()


def body_places() -> BodyPlaces:
    """The places in force. Raises NoCatalog: no place may become unmarkable in silence."""
    found = find_body_places()
    if found is None:
        raise NoCatalog
    return found
