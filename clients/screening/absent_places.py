"""Places that are not there, such as a missing toe or an amputated foot: a fact about a client, beside the rules. Pure.

They change no outcome. What only works on them is left out, and they are neither asked about nor offered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from django.utils.safestring import SafeString

from clients.screening.answer_text import side_name
from clients.screening.answers import BodySite
from clients.screening.effects import Absent, ResolvedEffect
from clients.screening.findings import Finding, Screening
from routines.catalog.markable import BodyPlaces, body_places

SIDES = ("left", "right")
#: (side, region)
Pair = tuple[str, str]


def with_absent(screening: Screening, absent: tuple[BodySite, ...]) -> Screening:
    """The same screening with a finding for each place that is not there; the outcome stays."""
    if not absent:
        return screening
    return replace(screening, absent=absent, findings=(*screening.findings, *absence_findings(absent)))


def absence_findings(absent: tuple[BodySite, ...]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            rule=f"not-there:{site.side}-{site.region}",
            outcome="CLEAR",
            kind="absence",
            effects=(ResolvedEffect(Absent(absent), sites=(site,)),),
        )
        for site in absent
    )


def absent_names(absent: Iterable[BodySite], names: Mapping[str, str]) -> list[str]:
    """“Big toe (left)”, “Little toe (both sides)”."""
    sides: dict[str, list[str]] = {}
    for side, region in sorted(pairs_of(absent)):
        sides.setdefault(region, []).append(side)
    return [
        f"{names.get(region) or region.replace('-', ' ')} ({side_name('both' if len(on) > 1 else on[0])})"
        for region, on in sides.items()
    ]


def pairs_of(sites: Iterable[BodySite]) -> frozenset[Pair]:
    return frozenset((side, site.region) for site in sites for side in site.sides)


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


class ClientPlaces(BodyPlaces):
    """The places of a catalog version on one client: what is not there is drawn as such and cannot be marked."""

    def __init__(self, body: BodyPlaces, sites: tuple[BodySite, ...]) -> None:
        super().__init__(body.catalog)
        self._absent = pairs_within(pairs_of(sites), body)

    @property
    def absent(self) -> frozenset[Pair]:
        return self._absent

    def draw(self, question: str, marked: Collection[Pair], absent: Collection[Pair] = ()) -> SafeString:
        """`absent` on top of what is not there anyway; a place that is marked all the same can be unmarked."""
        return super().draw(question, marked, (self.absent | frozenset(absent)) - pairs_within(marked, self))


def places_for(sites: tuple[BodySite, ...]) -> BodyPlaces:
    """The places in force, without those that a client does not have. Raises NoCatalog."""
    body = body_places()
    return ClientPlaces(body, sites) if sites else body
