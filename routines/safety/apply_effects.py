"""One effect of a screening finding on one step and side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clients.screening.answers import Mark
from clients.screening.effects import AllowOnly, EffectInForce, Exclude, MaxPressure, MaxSeconds
from routines.catalog.methods import Technique
from routines.catalog.types import Catalog
from routines.safety.steps import Step
from routines.safety.verdicts import NO_CAP, Cap

EXCLUDED = Cap(excluded=True)


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step whose names the catalog knows, with what the tests need; `leaves` is empty for a step without a zone."""

    step: Step
    technique: Technique
    leaves: frozenset[str]
    family: str
    tradition: str | None
    rank: int
    least_rank: int

    @classmethod
    def of(cls, step: Step, catalog: Catalog) -> PlacedStep:
        """KeyError when the catalog does not know a name."""
        technique = catalog.technique_by_slug[step.technique]
        zone = catalog.zone_by_slug[step.zone] if step.zone is not None else None
        return cls(
            step=step,
            technique=technique,
            leaves=catalog.leaves_of_zone(zone.slug) if zone else frozenset(),
            family=technique.family,
            tradition=zone.tradition if zone else None,
            rank=catalog.rank_of(step.pressure),
            least_rank=catalog.rank_of(technique.pressure.min),
        )


def cap_of(force: EffectInForce, placed: PlacedStep, side: str, catalog: Catalog) -> Cap:
    """What the effect does to the step on this side."""
    effect = force.effect
    if isinstance(effect, Exclude):
        return EXCLUDED if _is_excluded(effect, force, placed, side, catalog) else NO_CAP
    if isinstance(effect, MaxPressure):
        return _pressure_cap(effect, force, placed, side, catalog)
    if isinstance(effect, MaxSeconds):
        seconds = placed.step.seconds
        return Cap(seconds=effect.seconds) if seconds is not None and seconds > effect.seconds else NO_CAP
    if isinstance(effect, AllowOnly):
        on_side = force.sides is None or side in force.sides
        return EXCLUDED if on_side and not _passes(effect, placed, catalog) else NO_CAP
    return NO_CAP


def _is_excluded(effect: Exclude, force: EffectInForce, placed: PlacedStep, side: str, catalog: Catalog) -> bool:
    if force.sides is not None and side not in force.sides:
        return False
    step, technique = placed.step, placed.technique
    if effect.regions and _shares_leaf(placed, effect.regions, catalog):
        return True
    if effect.regions_from and force.marks is not None and _is_marked(placed, side, force.marks, catalog):
        return True
    if effect.tools and _uses_one_of(effect.tools, placed):
        return force.marks is None or _is_marked(placed, side, force.marks, catalog)
    return (
        step.zone in effect.zones
        or step.technique in effect.techniques
        or placed.family in effect.families
        or placed.tradition in effect.traditions
        or (effect.weight_bearing is True and technique.weight_bearing)
    )


def _pressure_cap(effect: MaxPressure, force: EffectInForce, placed: PlacedStep, side: str, catalog: Catalog) -> Cap:
    """A technique whose least pressure is above the level cannot be lowered to it."""
    if force.marks is not None and not _is_marked(placed, side, force.marks, catalog):
        return NO_CAP
    rank = catalog.level_by_slug[effect.level].rank if effect.level in catalog.level_by_slug else -1
    if placed.least_rank > rank:
        return EXCLUDED
    return Cap(level=effect.level, rank=rank) if placed.rank > rank else NO_CAP


def _shares_leaf(placed: PlacedStep, regions: Iterable[str], catalog: Catalog) -> bool:
    return any(_leaves(region, catalog, placed.leaves) & placed.leaves for region in regions)


def _leaves(region: str, catalog: Catalog, otherwise: frozenset[str]) -> frozenset[str]:
    """The leaves of a region; of one that the catalog lost, all that the step touches, so nothing slips through."""
    return catalog.leaves_of(region) if region in catalog.region_by_slug else otherwise


def _is_marked(placed: PlacedStep, side: str, marks: Iterable[Mark], catalog: Catalog) -> bool:
    """Whether the step's zone shares a leaf with a place that the client marked on this side."""
    return any(side in mark.sides and _shares_leaf(placed, (mark.region,), catalog) for mark in marks)


def _uses_one_of(tools: tuple[str, ...], placed: PlacedStep) -> bool:
    """Whether the step's tool is listed or, where it names none, its technique has tools and every one is listed."""
    if placed.step.tool is not None:
        return placed.step.tool in tools
    return bool(placed.technique.tools) and all(tool in tools for tool in placed.technique.tools)


def _passes(effect: AllowOnly, placed: PlacedStep, catalog: Catalog) -> bool:
    if placed.step.technique in effect.techniques:
        return True
    if placed.step.zone is None:
        return effect.also_allow_regionless
    allowed = frozenset().union(
        *(catalog.leaves_of(region) for region in effect.regions if region in catalog.region_by_slug)
    )
    return placed.leaves <= allowed
