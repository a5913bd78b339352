"""The list of places beside the drawing: what can be marked, on which sides."""

from collections.abc import Collection
from dataclasses import dataclass

from routines.catalog.markable import BodyPlaces, Place


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
