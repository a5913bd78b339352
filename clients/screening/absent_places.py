"""Places that are not there, such as a missing toe or an amputated foot: a fact about a client, beside the rules. Pure.

They change no outcome. What only works on them is left out, and they are neither asked about nor offered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.safestring import SafeString

from clients.roster.models import Client
from clients.screening.answer_text import side_name
from clients.screening.answers import Mark
from clients.screening.body_places import BodyPlaces, Place, body_places
from clients.screening.effects import Absent, EffectInForce
from clients.screening.entries import CatalogSlugs
from clients.screening.findings import Finding, Screening

SIDES = ("left", "right")
#: (side, region)
Pair = tuple[str, str]


def absent_marks(client: Client) -> tuple[Mark, ...]:
    """The places that the client does not have, each on one side."""
    return tuple(Mark(entry["side"], entry["region"]) for entry in client.not_present)


def with_absent(screening: Screening, absent: tuple[Mark, ...]) -> Screening:
    """The same screening with a finding for each place that is not there; the outcome stays."""
    if not absent:
        return screening
    return replace(screening, absent=absent, findings=(*screening.findings, *absence_findings(absent)))


def absence_findings(absent: tuple[Mark, ...]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            rule=f"not-there:{mark.side}-{mark.region}",
            outcome="CLEAR",
            kind="absence",
            effects=(EffectInForce(Absent(absent), marks=(mark,)),),
        )
        for mark in absent
    )


def absent_names(absent: Iterable[Mark], names: Mapping[str, str]) -> list[str]:
    """“Big toe (left)”, “Little toe (both sides)”."""
    sides: dict[str, list[str]] = {}
    for side, region in sorted(pairs_of(absent)):
        sides.setdefault(region, []).append(side)
    return [
        f"{names.get(region) or region.replace('-', ' ')} ({side_name('both' if len(on) > 1 else on[0])})"
        for region, on in sides.items()
    ]


def pairs_of(marks: Iterable[Mark]) -> frozenset[Pair]:
    return frozenset((side, mark.region) for mark in marks for side in mark.sides)


def pairs_within(pairs: Iterable[Pair], body: BodyPlaces) -> frozenset[Pair]:
    """Every place that lies wholly inside these, by side; with places that the catalog no longer has as they are."""
    kept = frozenset(pairs)
    on = {side: {region for place_side, region in kept if place_side == side} for side in SIDES}
    return kept | {(side, region) for side in SIDES if on[side] for region in body.within(on[side])}


def tidied(pairs: Collection[Pair], body: BodyPlaces) -> list[dict[str, str]]:
    """As stored: in order, without places that are part of a larger one among them."""
    inside = {region: body.within({region}) for _side, region in pairs}

    def is_part(region: str, other: str) -> bool:
        """Of two names for the same place the first one stays."""
        return region in inside[other] and (other not in inside[region] or other < region)

    return [
        {"side": side, "region": region}
        for side, region in sorted(pairs)
        if not any(is_part(region, other) for other_side, other in pairs if other_side == side and other != region)
    ]


@dataclass(frozen=True)
class ClientPlaces:
    """The places of a catalog version on one client: what is not there is drawn as such and cannot be marked."""

    body: BodyPlaces
    marks: tuple[Mark, ...]

    @cached_property
    def absent(self) -> frozenset[Pair]:
        return pairs_within(pairs_of(self.marks), self.body)

    @property
    def places(self) -> tuple[Place, ...]:
        return self.body.places

    @property
    def slugs(self) -> CatalogSlugs:
        return self.body.slugs

    @property
    def names(self) -> Mapping[str, str]:
        return self.body.names

    @property
    def pressure_ranks(self) -> Mapping[str, int]:
        return self.body.pressure_ranks

    def within(self, regions: Collection[str]) -> frozenset[str]:
        return self.body.within(regions)

    def draw(self, question: str, marked: Collection[Pair], absent: Collection[Pair] = ()) -> SafeString:
        """`absent` on top of what is not there anyway; a place that is marked all the same can be unmarked."""
        return self.body.draw(question, marked, (self.absent | frozenset(absent)) - pairs_within(marked, self.body))


def places_for(client: Client) -> BodyPlaces:
    """The places in force as this client has them. Raises NoCatalog."""
    body, marks = body_places(), absent_marks(client)
    return ClientPlaces(body, marks) if marks else body
