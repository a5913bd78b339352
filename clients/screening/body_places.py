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

    def draw(self, question: str, marked: Collection[tuple[str, str]]) -> SafeString:
        """The drawings to tap for one question; `marked` holds (side, region) pairs."""


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
