"""The nearest steps that would be allowed instead of one that is not. Pure; each is checked before it is offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from clients.screening.findings import Screening
from routines.builder.changes import StepChanges
from routines.builder.from_protocol import middle, usual_tool
from routines.catalog.places import Zone
from routines.catalog.types import Catalog
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step, validate_step

MOST = 4
#: Of one kind, so that not all offers are alike.
OF_A_KIND = 2
#: The most candidates that are checked for one step; near ones come first.
LOOKED_AT = 240


@dataclass(frozen=True)
class Part:
    """A word of an offer; `is_new` where it differs from the step that it replaces."""

    text: str
    is_new: bool


@dataclass(frozen=True)
class Option:
    """One step in place of another: why it is near, its words, and the fields of the draft's step that it sets."""

    step: Step
    instead_of: Step
    why: str
    parts: tuple[Part, ...]

    @property
    def key(self) -> str:
        """The option's name in a form; what it stands for is worked out again when the form is sent."""
        return "|".join(str(part) for part in _key(self.step))

    @property
    def changes(self) -> StepChanges:
        return _fields(self.step)

    def is_like(self, changes: StepChanges) -> bool:
        """Whether these changes of the step's fields amount to the same."""
        same = {name: None if value == "" else value for name, value in changes.items()}
        return self.changes == {**_fields(self.instead_of), **same}


def _fields(step: Step) -> StepChanges:
    return {
        "zone_id": step.zone,
        "technique_id": step.technique,
        "side": step.side,
        "pressure_id": step.pressure,
        "seconds": step.seconds,
        "tool_id": step.tool,
        "position_id": step.position,
    }


def find_substitutes(
    step: Step, screening: Screening, catalog: Catalog, *, cap: str | None = None, most: int = MOST
) -> list[Option]:
    """At most `most`, nearest first: gentler on the same zone, the other side, another technique there, another zone.

    Empty where the outcome forbids every step. `cap`: the phase's strongest pressure.
    """
    if not screening.may_release or step.technique not in catalog.technique_by_slug:
        return []
    found: list[Option] = []
    seen = {_key(step)}
    highest = catalog.rank_of(cap) if cap else None
    for number, (candidate, why) in enumerate(_candidates(step, catalog)):
        if len(found) == most or number == LOOKED_AT:
            break
        if _key(candidate) in seen or (highest is not None and catalog.rank_of(candidate.pressure) > highest):
            continue
        seen.add(_key(candidate))
        if sum(option.why == why for option in found) == OF_A_KIND:
            continue
        if not validate_step(candidate, catalog) and check_steps(screening, [candidate], catalog).may_be_released:
            found.append(Option(candidate, step, why, _parts(candidate, step, catalog)))
    return found


def _key(step: Step) -> tuple[str | int | None, ...]:
    return (step.zone, step.technique, step.side, step.pressure, step.seconds)


def _candidates(step: Step, catalog: Catalog) -> Iterator[tuple[Step, str]]:
    zone = catalog.zone_by_slug.get(step.zone) if step.zone else None
    yield from ((each, _("Gentler")) for each in _gentler(step, catalog))
    for side in _other_sides(step):
        yield replace(step, side=side), _("Other side")
        yield from ((each, _("Other side, gentler")) for each in _gentler(replace(step, side=side), catalog))
    if zone is None:
        return
    yield from ((each, _("Another technique, same place")) for each in _other_techniques(step, zone, catalog))
    for other, why in _near_zones(zone, catalog):
        moved = replace(step, zone=other.slug)
        yield from ((each, why) for each in _other_techniques(moved, other, catalog))


def _gentler(step: Step, catalog: Catalog) -> Iterator[Step]:
    technique = catalog.technique_by_slug[step.technique]
    if step.pressure not in catalog.level_by_slug:
        return
    least = catalog.rank_of(technique.pressure.min)
    lower = [level for level in catalog.pressure_levels if least <= level.rank < catalog.rank_of(step.pressure)]
    shortest = technique.duration_s.min
    for level in sorted(lower, key=lambda level: -level.rank):
        yield replace(step, pressure=level.slug)
    if shortest is not None and step.seconds and step.seconds > shortest:
        yield replace(step, seconds=shortest)
        yield from (replace(step, seconds=shortest, pressure=level.slug) for level in lower)


def _other_sides(step: Step) -> tuple[str, ...]:
    return {"left": ("right",), "right": ("left",), "both": ("left", "right")}.get(step.side, ())


def _other_techniques(step: Step, zone: Zone, catalog: Catalog) -> Iterator[Step]:
    """The techniques that the zone names, at their gentlest, on all of the step's sides or on one of them."""
    for use in zone.techniques:
        technique = catalog.technique_by_slug[use.technique]
        least = catalog.rank_of(technique.pressure.min)
        wanted = [catalog.rank_of(step.pressure), least] if step.pressure in catalog.level_by_slug else [least]
        seconds = middle(use.duration_s, technique.duration_s) if technique.duration_s.min is not None else None
        for rank in dict.fromkeys(sorted((max(rank, least) for rank in wanted), reverse=True)):
            level = next(level.slug for level in catalog.pressure_levels if level.rank == rank)
            fitted = replace(
                step,
                technique=technique.slug,
                pressure=level,
                seconds=seconds,
                tool=usual_tool(technique.slug, catalog),
                position=None,
            )
            yield fitted
            yield from (replace(fitted, side=side) for side in _other_sides(step) if step.side == "both")


def _near_zones(zone: Zone, catalog: Catalog) -> Iterator[tuple[Zone, str]]:
    """Zones that share a region, then those with the same aim in the same tradition, then those with the same aim."""
    leaves, aims = catalog.leaves_of_zone(zone.slug), set(zone.associated_with)
    others = [other for other in catalog.zones if other.slug != zone.slug]
    for other in others:
        if other.tradition == zone.tradition and catalog.leaves_of_zone(other.slug) & leaves:
            yield other, _("Same region")
    for other in others:
        if other.tradition == zone.tradition and aims & set(other.associated_with):
            yield other, _("Same aim")
    for other in others:
        if other.tradition != zone.tradition and aims & set(other.associated_with):
            yield other, _("Same aim, another tradition")


def _parts(step: Step, instead_of: Step, catalog: Catalog) -> tuple[Part, ...]:
    pairs = zip(_words(step, catalog), _words(instead_of, catalog), strict=True)
    return tuple(Part(text, text != old) for text, old in pairs if text)


def _words(step: Step, catalog: Catalog) -> Iterator[str]:
    """Place, technique, side, pressure and seconds; "" for what there is not."""
    sides = {"left": _("Left"), "right": _("Right"), "both": _("Both feet")}
    yield catalog.zone_by_slug[step.zone].name if step.zone else ""
    yield catalog.technique_by_slug[step.technique].name
    yield sides.get(step.side, "")
    known = step.pressure in catalog.level_by_slug and step.pressure != "none"
    yield catalog.level_by_slug[step.pressure].name if known else ""
    yield _("%(n)s s") % {"n": step.seconds} if step.seconds else ""
