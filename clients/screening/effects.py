"""What a rule does to a routine: the effects as written, and as they stand for one client's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _

from clients.screening.answers import Mark
from clients.screening.conditions import Answers, ReadCondition, holds
from practice.core.schema import Place, Slug, read_entry

BOTH_SIDES = frozenset({"left", "right"})


@dataclass(frozen=True)
class Exclude:
    """Leaves out every step that one of the selectors meets, on the sides or at the marks that a limit names."""

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
    """A side question whose answer counts, while the condition holds when there is one."""

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
class Note:
    type: Literal["note"]
    text: str


Effect = Exclude | MaxPressure | MaxSeconds | AllowOnly | Note
SELECTORS = ("regions", "regions_from", "zones", "techniques", "families", "traditions", "tools", "weight_bearing")
# Each limit with the one selector that it narrows.
LIMITS = {"sides_from": "regions", "sides_from_locations": "techniques", "at_from": "tools"}

_KINDS: dict[str, type] = {
    "exclude": Exclude,
    "max_pressure": MaxPressure,
    "max_seconds": MaxSeconds,
    "allow_only": AllowOnly,
    "note": Note,
}


def read_effect(value: Any, place: Place) -> Effect:
    """Read one effect from a document by its type; refuse one that would do nothing."""
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
    if isinstance(effect, MaxSeconds) and effect.seconds < 1:
        raise place.at("seconds").refuse(_("At least one second is expected."))
    if isinstance(effect, AllowOnly) and not effect.sides_from_any:
        raise place.at("sides_from_any").refuse(_("Name at least one side question."))
    return effect


ReadEffect = Annotated[Effect, read_effect]


@dataclass(frozen=True)
class EffectInForce:
    """An effect with the client's answers put in.

    `sides` None means that the effect is not limited to a side. `marks` None means that it is not limited to marked
    places; an empty tuple means that nothing was marked, so it acts nowhere.
    """

    effect: Effect
    sides: frozenset[str] | None = None
    marks: tuple[Mark, ...] | None = None

    @property
    def is_sided(self) -> bool:
        """Whether the effect may differ between left and right."""
        return self.sides is not None or self.marks is not None


_EVERYWHERE = (Mark("both", ""),)
"""Stands for places that were not told: a mark whose region nobody knows touches every step with a place."""


def put_in_force(effect: Effect, answers: Answers, today: date) -> EffectInForce:
    """Fill an effect with the sides and places answered; where those are missing the effect acts on both sides."""
    if isinstance(effect, Exclude):
        if places := effect.regions_from or effect.at_from:
            return EffectInForce(effect, marks=_marks(places, answers))
        if effect.sides_from:
            return EffectInForce(effect, sides=_sides(answers.get(effect.sides_from)))
        if effect.sides_from_locations:
            marks = _marks(effect.sides_from_locations, answers)
            return EffectInForce(effect, sides=frozenset().union(*(mark.sides for mark in marks)))
    if isinstance(effect, MaxPressure) and effect.at_from:
        return EffectInForce(effect, marks=_marks(effect.at_from, answers))
    if isinstance(effect, AllowOnly):
        sides: frozenset[str] = frozenset()
        for source in effect.sides_from_any:
            counts = source.condition is None or holds(source.condition, answers, today)
            if counts and answers.get(source.q) is not None:
                sides |= _sides(answers[source.q])
        return EffectInForce(effect, sides=sides or BOTH_SIDES)
    return EffectInForce(effect)


def _marks(question: str, answers: Answers) -> tuple[Mark, ...]:
    marks = answers.get(question)
    return _EVERYWHERE if marks is None else marks


def _sides(value: str | None) -> frozenset[str]:
    if value is None or value == "both":
        return BOTH_SIDES
    return frozenset() if value == "none" else frozenset({value})
