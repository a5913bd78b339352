"""Places on the foot and leg that a client can mark. They belong to the catalog, one floor up, which answers here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import ImproperlyConfigured
from django.utils.safestring import SafeString

from clients.questionnaire_entries import CatalogSlugs


@dataclass(frozen=True, slots=True)
class Place:
    """A region of the catalog; `group` is the heading of the list that it stands under."""

    slug: str
    name: str
    group: str


class BodyPlaces(Protocol):
    """What the floor above provides. Each call speaks of the catalog in force."""

    def places(self) -> tuple[Place, ...]:
        """Every place that may be marked, in the order of the list."""

    def slugs(self) -> CatalogSlugs | None:
        """Every name that a rule may refer to; None while no catalog is loaded."""

    def names(self) -> Mapping[str, str]:
        """Slug -> name of regions, techniques, tools, traditions and pressure levels, for the therapist."""

    def draw(self, question: str, marked: Collection[tuple[str, str]]) -> SafeString:
        """The drawings to tap for one question; `marked` holds (side, region) pairs."""


_provider: BodyPlaces | None = None


def provide_body_places(provider: BodyPlaces) -> None:
    """Called once, when the floor above is ready."""
    global _provider  # noqa: PLW0603 - the one seam between the floors
    _provider = provider


def body_places() -> BodyPlaces:
    """The provider. Raises ImproperlyConfigured when no floor above has given one: no place may go unmarkable in silence."""
    if _provider is None:
        raise ImproperlyConfigured("Nobody provides the places of the body: routines/apps.py must call provide_body_places().")
    return _provider


def places() -> tuple[Place, ...]:
    return body_places().places()


def render_body_map(question: str, marked: Collection[tuple[str, str]]) -> SafeString:
    return body_places().draw(question, marked)
