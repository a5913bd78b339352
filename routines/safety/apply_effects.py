"""One effect of a screening finding on one step and side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clients.screening.answers import BodySite
from clients.screening.effects import Absent, AllowOnly, Exclude, MaxPressure, MaxSeconds, ResolvedEffect
from routines.catalog.methods import Technique
from routines.catalog.types import Catalog
from routines.safety.steps import Step
from routines.safety.verdicts import NO_LIMIT, StepLimit

EXCLUDED = StepLimit(excluded=True)


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
        """The step with its names looked up. Raises KeyError for a name that the catalog does not know."""
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


def limit_of(resolved: ResolvedEffect, placed: PlacedStep, side: str, catalog: Catalog) -> StepLimit:
    """What the effect does to the step on this side."""
    effect = resolved.effect
    if isinstance(effect, Exclude):
        return EXCLUDED if _is_excluded(effect, resolved, placed, side, catalog) else NO_LIMIT
    if isinstance(effect, MaxPressure):
        return _pressure_limit(effect, resolved, placed, side, catalog)
    if isinstance(effect, MaxSeconds):
        seconds = placed.step.seconds
        return StepLimit(seconds=effect.seconds) if seconds is not None and seconds > effect.seconds else NO_LIMIT
    if isinstance(effect, AllowOnly):
        on_side = resolved.sides is None or side in resolved.sides
        return EXCLUDED if on_side and not _passes(effect, placed, catalog) else NO_LIMIT
    if isinstance(effect, Absent):
        return EXCLUDED if _is_absent(effect, resolved, placed, side, catalog) else NO_LIMIT
    return NO_LIMIT


def _is_excluded(effect: Exclude, resolved: ResolvedEffect, placed: PlacedStep, side: str, catalog: Catalog) -> bool:
    if resolved.sides is not None and side not in resolved.sides:
        return False
    step, technique = placed.step, placed.technique
    if effect.regions and _shares_leaf(placed, effect.regions, catalog):
        return True
    if effect.regions_from and resolved.sites is not None and _is_on_site(placed, side, resolved.sites, catalog):
        return True
    if effect.tools and _uses_one_of(effect.tools, placed):
        return resolved.sites is None or _is_on_site(placed, side, resolved.sites, catalog)
    return (
        step.zone in effect.zones
        or step.technique in effect.techniques
        or placed.family in effect.families
        or placed.tradition in effect.traditions
        or (effect.weight_bearing is True and technique.weight_bearing)
    )


def _is_absent(effect: Absent, resolved: ResolvedEffect, placed: PlacedStep, side: str, catalog: Catalog) -> bool:
    """Whether this place takes part in leaving nothing of the step's place on this side. Standing rests on both feet,
    so it is left out wherever the place is (house reading: a foot that lacks a part carries and balances otherwise).
    """
    if placed.technique.weight_bearing:
        return True
    if not placed.leaves or not _is_on_site(placed, side, resolved.sites or (), catalog):
        return False
    return placed.leaves <= absent_leaves(effect.among, side, catalog, otherwise=placed.leaves)


def absent_leaves(
    absent: Iterable[BodySite], side: str, catalog: Catalog, *, otherwise: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The leaves that are not there on this side; `otherwise` for a place that the catalog lost."""
    return frozenset().union(*(_leaves(site.region, catalog, otherwise) for site in absent if side in site.sides))


def _pressure_limit(
    effect: MaxPressure, resolved: ResolvedEffect, placed: PlacedStep, side: str, catalog: Catalog
) -> StepLimit:
    """A technique whose least pressure is above the level cannot be lowered to it."""
    if resolved.sites is not None and not _is_on_site(placed, side, resolved.sites, catalog):
        return NO_LIMIT
    rank = catalog.level_by_slug[effect.level].rank if effect.level in catalog.level_by_slug else -1
    if placed.least_rank > rank:
        return EXCLUDED
    return StepLimit(level=effect.level, rank=rank) if placed.rank > rank else NO_LIMIT


def _shares_leaf(placed: PlacedStep, regions: Iterable[str], catalog: Catalog) -> bool:
    return any(_leaves(region, catalog, placed.leaves) & placed.leaves for region in regions)


def _leaves(region: str, catalog: Catalog, otherwise: frozenset[str]) -> frozenset[str]:
    """The leaves of a region; for one that the catalog lost, all that the step touches, so nothing slips through."""
    return catalog.leaves_of(region) if region in catalog.region_by_slug else otherwise


def _is_on_site(placed: PlacedStep, side: str, sites: Iterable[BodySite], catalog: Catalog) -> bool:
    """Whether the step's zone shares a leaf with a place that the client marked on this side."""
    return any(side in site.sides and _shares_leaf(placed, (site.region,), catalog) for site in sites)


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
