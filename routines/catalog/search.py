"""Searching the catalog: by word, for what else claims the same place, for where an entry is used. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from routines.catalog.methods import Phase, Protocol, ProtocolStep, Technique, Tool
from routines.catalog.notes import Disagreement
from routines.catalog.places import NamedEntry, Zone
from routines.catalog.types import Catalog

Entry = TypeVar("Entry", bound=NamedEntry)


@dataclass(frozen=True)
class Rival:
    """Another zone on the same place, with the leaf regions that both cover and how alike the places are (0 to 1)."""

    zone: Zone
    shared: tuple[str, ...]
    likeness: float

    @property
    def is_same_place(self) -> bool:
        return self.likeness == 1

    @property
    def is_near(self) -> bool:
        """Whether both places are of about the same size: a claim on the whole foot is not near one on the arch."""
        return self.likeness >= 0.3


@dataclass(frozen=True)
class Use:
    """A protocol that uses an entry, and in which of its phases."""

    protocol: Protocol
    phases: tuple[Phase, ...]


def find_zones(
    catalog: Catalog, *, words: str = "", tradition: str = "", region: str = "", view: str = ""
) -> list[Zone]:
    """Zones that hold every word and pass every filter; a region filter keeps zones that share a leaf with it."""
    leaves = catalog.leaves_of(region) if region in catalog.region_by_slug else frozenset()
    return [
        zone
        for zone in catalog.zones
        if (not tradition or zone.tradition == tradition)
        and (not region or leaves & catalog.leaves_of_zone(zone.slug))
        and (not view or view in zone.views)
        and holds(words, _zone_texts(catalog, zone))
    ]


def find_techniques(catalog: Catalog, *, words: str = "", family: str = "") -> list[Technique]:
    return [
        technique
        for technique in catalog.techniques
        if (not family or technique.family == family)
        and holds(words, (technique.slug, technique.name, technique.how, technique.family, technique.caution))
    ]


def find_tools(catalog: Catalog, *, words: str = "") -> list[Tool]:
    return [tool for tool in catalog.tools if holds(words, (tool.slug, tool.name, tool.use, tool.cautions))]


def find_protocols(catalog: Catalog, *, words: str = "", tradition: str = "") -> list[Protocol]:
    return [
        protocol
        for protocol in catalog.protocols
        if (not tradition or protocol.tradition == tradition)
        and holds(words, (protocol.slug, protocol.name, protocol.client_title or "", protocol.note))
    ]


def holds(words: str, texts: Iterable[str]) -> bool:
    """Whether each word of the search occurs in the texts, in upper or lower case."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())


def _zone_texts(catalog: Catalog, zone: Zone) -> Iterator[str]:
    yield from (zone.slug, zone.name, zone.client_wording, zone.how_to_locate, zone.notes)
    yield from zone.associated_with
    yield from zone.traditional_claims_internal
    yield from (catalog.region_by_slug[region].name for region in zone.regions)


def rivals_of(catalog: Catalog, zone: Zone) -> list[Rival]:
    """Every other zone that shares a leaf region, the most alike places first."""
    own = catalog.leaves_of_zone(zone.slug)
    rivals = []
    for other in catalog.zones:
        theirs = catalog.leaves_of_zone(other.slug)
        shared = own & theirs
        if shared and other.slug != zone.slug:
            rivals.append(Rival(other, tuple(sorted(shared)), len(shared) / len(own | theirs)))
    return sorted(rivals, key=lambda rival: -rival.likeness)


def disagreements_about(catalog: Catalog, zone: Zone) -> list[Disagreement]:
    return [each for each in catalog.disagreements if any(claim.zone == zone.slug for claim in each.claims)]


def uses_of(catalog: Catalog, *, zone: str = "", technique: str = "") -> list[Use]:
    """The protocols with a step on that zone or by that technique."""

    def is_meant(step: ProtocolStep) -> bool:
        return (not zone or step.zone == zone) and (not technique or step.technique == technique)

    uses = []
    for protocol in catalog.protocols:
        phases = tuple(phase for phase in protocol.phases if any(map(is_meant, phase.steps)))
        if phases:
            uses.append(Use(protocol, phases))
    return uses


def zones_worked_by(catalog: Catalog, technique: str) -> list[Zone]:
    return [zone for zone in catalog.zones if any(usual.technique == technique for usual in zone.techniques)]


def seconds_of(phase: Phase) -> tuple[int, int]:
    """The least and most seconds of a session on one foot: a step per spot counts once, an optional one not at all."""
    steps = [step.duration_s for step in phase.steps if not step.optional]
    return sum(step.min or 0 for step in steps), sum(step.max or 0 for step in steps)


def named(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries by slug, for pages that look up many."""
    return {entry.slug: entry for entry in entries}
