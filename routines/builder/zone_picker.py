"""Finding the next step: zones by place, each with what the rules would say of it for this client. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clients.screening.findings import Screening
from routines.builder.from_protocol import StepDraft, step_for_zone
from routines.catalog.methods import Technique
from routines.catalog.places import Zone
from routines.catalog.search import find_zones, holds
from routines.catalog.types import Catalog
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step
from routines.safety.verdicts import StepVerdict

#: The drawing that a picker opens with.
FIRST_VIEW = "plantar"


@dataclass(frozen=True)
class Preview:
    """What would become of a step, in a few words, and the rules behind it."""

    state: str
    words: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """A step that could be added: a zone with its usual technique, or a technique without a place."""

    zone: Zone | None
    technique: Technique
    draft: StepDraft
    where: str
    tradition: str
    preview: Preview


@dataclass(frozen=True)
class PlaceGroup:
    """Zones on exactly the same place, side by side: the traditions' claims compete here."""

    place: str
    offers: list[Offer]

    @property
    def is_contested(self) -> bool:
        return len(self.offers) > 1


@dataclass(frozen=True)
class Wanted:
    """What the therapist asked for; anything that the catalog does not know asks for nothing."""

    words: str = ""
    region: str = ""
    tradition: str = ""
    view: str = FIRST_VIEW

    @classmethod
    def of(cls, asked: Mapping[str, str], catalog: Catalog) -> "Wanted":
        region, tradition, view = (asked.get(name, "") for name in ("region", "tradition", "view"))
        return cls(
            words=asked.get("q", "")[:80],
            region=region if region in catalog.region_by_slug else "",
            tradition=tradition if tradition in {entry.slug for entry in catalog.traditions} else "",
            view=view if view in {entry.slug for entry in catalog.views} else FIRST_VIEW,
        )


def offered_places(wanted: Wanted, *, cap: str, screening: Screening, catalog: Catalog) -> list[PlaceGroup]:
    """Zones that answer to what is wanted, grouped by place, in the order of the catalog's regions."""
    zones = find_zones(catalog, words=wanted.words, region=wanted.region, tradition=wanted.tradition)
    groups: dict[frozenset[str], list[Offer]] = {}
    for zone, offer in zip(zones, _offers([(zone.slug, None) for zone in zones], cap, screening, catalog), strict=True):
        groups.setdefault(catalog.leaves_of_zone(zone.slug), []).append(offer)
    order = {region.slug: place for place, region in enumerate(catalog.regions)}
    found = sorted(groups.items(), key=lambda group: (len(group[0]), min(order[leaf] for leaf in group[0])))
    return [PlaceGroup(offers[0].where, offers) for _leaves, offers in found]


def offered_alongside(words: str, *, cap: str, screening: Screening, catalog: Catalog) -> list[Offer]:
    """What needs no place: breathing, settling, warming the hands."""
    placeless = [
        entry.slug
        for entry in catalog.techniques
        if not entry.typical_regions and entry.home_plan_default == "on" and holds(words, (entry.name, entry.how))
    ]
    return _offers([(None, slug) for slug in placeless], cap, screening, catalog)


def _offers(
    wanted: Iterable[tuple[str | None, str | None]], cap: str, screening: Screening, catalog: Catalog
) -> list[Offer]:
    """All of them in one go through the rules."""
    drafts = [step_for_zone(zone, technique, catalog, cap=cap) for zone, technique in wanted]
    steps = [_as_step(number, draft) for number, draft in enumerate(drafts)]
    verdict = check_steps(screening, steps, catalog)
    invalid: dict[Any, str] = {broken.step: broken.reason for broken in reversed(verdict.invalid)}
    return [
        _offer(draft, verdict.steps[number], invalid.get(number, ""), cap, catalog)
        for number, draft in enumerate(drafts)
    ]


def _as_step(number: int, draft: StepDraft) -> Step:
    return Step(
        number, draft.zone, draft.technique or "", draft.side, draft.pressure, draft.seconds, draft.tool, draft.position
    )


def _offer(draft: StepDraft, verdicts: Mapping[str, StepVerdict], invalid: str, cap: str, catalog: Catalog) -> Offer:
    zone = catalog.zone_by_slug[draft.zone] if draft.zone else None
    names = {entry.slug: entry.name for entry in catalog.traditions}
    preview = previewed(verdicts)
    if preview.state == "allowed" and catalog.rank_of(draft.pressure) > catalog.rank_of(cap):
        preview = Preview("reduce_pressure", _("stronger than this phase allows"), ())
    if preview.state == "allowed" and invalid:
        preview = Preview("shorten", invalid, ())
    return Offer(
        zone=zone,
        technique=catalog.technique_by_slug[draft.technique or ""],
        draft=draft,
        where=", ".join(catalog.region_by_slug[slug].name for slug in zone.regions) if zone else "",
        tradition=names.get(zone.tradition, zone.tradition) if zone else "",
        preview=preview,
    )


def previewed(verdicts: Mapping[str, StepVerdict]) -> Preview:
    """Both sides in one line: the worse one, and where."""
    rules = tuple(dict.fromkeys(rule for verdict in verdicts.values() for rule in verdict.rules))
    for kind in ("blocked", "excluded", "reduce_pressure", "shorten"):
        sides = [side for side, verdict in verdicts.items() if verdict.kind == kind]
        if sides:
            return Preview(kind, _WORDS[kind](sides, len(sides) == len(verdicts)), rules)
    return Preview("allowed", _("fine as it is"), ())


def _where(sides: list[str], everywhere: bool) -> str:
    if everywhere:
        return ""
    return " " + (_("on the left") if sides[0] == "left" else _("on the right"))


_WORDS = {
    "blocked": lambda sides, everywhere: _("blocked until the answers are settled"),
    "excluded": lambda sides, everywhere: _("would be left out%(where)s") % {"where": _where(sides, everywhere)},
    "reduce_pressure": lambda sides, everywhere: (
        _("needs a lighter hand%(where)s") % {"where": _where(sides, everywhere)}
    ),
    "shorten": lambda sides, everywhere: _("has to be shorter%(where)s") % {"where": _where(sides, everywhere)},
}
