"""What a rule does to a routine: the effects as written, and as resolved with one client's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal, cast

from django.utils.translation import gettext as _

from clients.screening.answers import BodySite, CountedValue
from clients.screening.conditions import Answers, ReadCondition, holds
from practice.core.schema import Place, Slug, read_entry

BOTH_SIDES = frozenset({"left", "right"})


@dataclass(frozen=True)
class Exclude:
    """Leaves out every step that one of the selectors meets, on the sides or at the places that a limit names."""

    type: Literal["exclude"]
    regions: tuple[Slug, ...] = ()
    regions_from: Slug | None = None
    zones: tuple[Slug, ...] = ()
    techniques: tuple[Slug, ...] = ()
    families: tuple[Slug, ...] = ()
    traditions: tuple[Slug, ...] = ()
    tools: tuple[Slug, ...] = ()
    weight_bearing: Literal[True] | None = None
    sides_from: Slug | None = None
    sides_from_locations: Slug | None = None
    at_from: Slug | None = None


@dataclass(frozen=True)
class MaxPressure:
    type: Literal["max_pressure"]
    level: Slug
    at_from: Slug | None = None


@dataclass(frozen=True)
class MaxSeconds:
    type: Literal["max_seconds"]
    seconds: int


@dataclass(frozen=True)
class SideSource:
    """A question about a side whose answer counts; only while the condition holds, where there is one."""

    q: Slug
    condition: ReadCondition | None = field(default=None, metadata={"key": "if"})


@dataclass(frozen=True)
class AllowOnly:
    """On the sides found, only steps inside the regions, or with one of the techniques, pass."""

    type: Literal["allow_only"]
    regions: tuple[Slug, ...] = ()
    techniques: tuple[Slug, ...] = ()
    sides_from_any: tuple[SideSource, ...] = ()
    also_allow_regionless: bool = False


@dataclass(frozen=True)
class Offer:
    """Adds a step to the day's routine on the sides found, such as a cold pack in a flare, where nothing forbids it."""

    type: Literal["offer"]
    technique: Slug
    zone: Slug
    pressure: Slug
    seconds: int
    tool: Slug | None = None
    sides_from_any: tuple[SideSource, ...] = ()


@dataclass(frozen=True)
class Note:
    """A sentence for the therapist; `for: client` shows it to the client too, wherever the routine is shown."""

    type: Literal["note"]
    text: str
    reader: Literal["therapist", "client"] = field(default="therapist", metadata={"key": "for"})


@dataclass(frozen=True)
class Absent:
    """One place is not there: leaves out what only works on it, and every step that stands on the feet.

    A fact about the client; no rule writes it. `among` are all places that are not there: a step on two toes is left
    out once both are gone.
    """

    among: tuple[BodySite, ...]


Effect = Exclude | MaxPressure | MaxSeconds | AllowOnly | Offer | Note
#: Those that take nothing away.
HARMLESS = (Offer, Note)
SELECTORS = ("regions", "regions_from", "zones", "techniques", "families", "traditions", "tools", "weight_bearing")
# Each limit with the one selector that it narrows.
LIMITS = {"sides_from": "regions", "sides_from_locations": "techniques", "at_from": "tools"}

_KINDS: dict[str, type] = {
    "exclude": Exclude,
    "max_pressure": MaxPressure,
    "max_seconds": MaxSeconds,
    "allow_only": AllowOnly,
    "offer": Offer,
    "note": Note,
}


def read_effect(value: Any, place: Place) -> Effect:
    """Read one effect from a document by its type. Raises Unreadable, also for one that would do nothing."""
    kind = value.get("type") if isinstance(value, Mapping) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise place.at("type").refuse(_("The type of an effect is one of: %(kinds)s.") % {"kinds": ", ".join(_KINDS)})
    effect: Effect = read_entry(_KINDS[kind], value, place)
    if isinstance(effect, Exclude):
        used = [name for name in SELECTORS if getattr(effect, name)]
        if not used:
            raise place.refuse(_("The effect excludes nothing: name regions, techniques, tools or the like."))
        for limit, selector in LIMITS.items():
            if getattr(effect, limit) and used != [selector]:
                raise place.at(limit).refuse(_("This limit works with “%(selector)s” alone.") % {"selector": selector})
        if sum(1 for limit in LIMITS if getattr(effect, limit)) > 1:
            raise place.refuse(_("Only one limit is possible in one effect."))
    if isinstance(effect, MaxSeconds | Offer) and effect.seconds < 1:
        raise place.at("seconds").refuse(_("At least one second is expected."))
    if isinstance(effect, AllowOnly | Offer) and not effect.sides_from_any:
        raise place.at("sides_from_any").refuse(_("Name at least one side question."))
    return effect


ReadEffect = Annotated[Effect, read_effect]


@dataclass(frozen=True)
class ResolvedEffect:
    """An effect resolved with the client's answers.

    `sides` None means that the effect is not limited to a side. `sites` None means that it is not limited to marked
    places; an empty tuple means that nothing was marked, so it acts nowhere.
    """

    effect: Effect | Absent
    sides: frozenset[str] | None = None
    sites: tuple[BodySite, ...] | None = None

    @property
    def is_sided(self) -> bool:
        """Whether the effect may differ between left and right."""
        return self.sides is not None or self.sites is not None


_EVERYWHERE = (BodySite("both", ""),)
"""Stands for places that were not named: a place whose region is unknown touches every step with a place."""


def resolve_effect(effect: Effect, answers: Answers, today: date) -> ResolvedEffect:
    """Resolve an effect with the sides and places answered; where those are missing it acts on both sides."""
    if isinstance(effect, Exclude):
        if places := effect.regions_from or effect.at_from:
            return ResolvedEffect(effect, sites=_body_sites(places, answers))
        if effect.sides_from:
            return ResolvedEffect(effect, sides=_sides(answers.get(effect.sides_from)))
        if effect.sides_from_locations:
            sites = _body_sites(effect.sides_from_locations, answers)
            return ResolvedEffect(effect, sides=frozenset().union(*(site.sides for site in sites)))
    if isinstance(effect, MaxPressure) and effect.at_from:
        return ResolvedEffect(effect, sites=_body_sites(effect.at_from, answers))
    if isinstance(effect, AllowOnly | Offer):
        sides: frozenset[str] = frozenset()
        for source in effect.sides_from_any:
            counts = source.condition is None or holds(source.condition, answers, today)
            if counts and answers.get(source.q) is not None:
                sides |= _sides(answers[source.q])
        return ResolvedEffect(effect, sides=sides or BOTH_SIDES)
    return ResolvedEffect(effect)


def _body_sites(question: str, answers: Answers) -> tuple[BodySite, ...]:
    sites = answers.get(question)
    # Only a question of places may be named here, as is checked when the document is read.
    return _EVERYWHERE if sites is None else cast("tuple[BodySite, ...]", sites)


def _sides(value: CountedValue | None) -> frozenset[str]:
    if not isinstance(value, str) or value == "both":
        return BOTH_SIDES
    return frozenset() if value == "none" else frozenset({value})
