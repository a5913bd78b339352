"""The zone catalog as a whole: looking entries up, and which places share a leaf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from routines.catalog.methods import (
    Degree,
    OutOfScope,
    Position,
    PressureLevel,
    Protocol,
    RoutineStep,
    Technique,
    TimeOfDay,
    Tool,
)
from routines.catalog.notes import Belief, Disagreement, Figure, Meridians, ObservationOptions, PointType
from routines.catalog.places import InternalText, Region, SourceFile, Tradition, View, Zone
from routines.footmap.atlas import Atlas

# The document has no field for it; plan_validity names what is not the hand. A new tool counts as not the hand.
HAND_TOOLS = frozenset(
    {"hands", "both-hands", "thumb", "two-thumbs", "index-finger", "fingertips", "knuckles", "fists"}
)
# "Positioning only": the work is still done by hand or without touch.
POSITIONING_TOOLS = frozenset({"chair-support"})


@dataclass(frozen=True)
class CatalogSlugs:
    """The names that a questionnaire's answers and effects may refer to."""

    regions: frozenset[str]
    zones: frozenset[str]
    techniques: frozenset[str]
    tools: frozenset[str]
    families: frozenset[str]
    traditions: frozenset[str]
    levels: frozenset[str]


@dataclass(frozen=True)
class Catalog:
    """The whole catalog as written, in the document's order. Make one with `parse_catalog`, which checks references."""

    version: InternalText
    prepared_for: InternalText
    reading_notes: tuple[InternalText, ...]
    source_files: tuple[SourceFile, ...]
    traditions: tuple[Tradition, ...]
    views: tuple[View, ...]
    regions: tuple[Region, ...]
    zones: tuple[Zone, ...]
    techniques: tuple[Technique, ...]
    out_of_scope: tuple[OutOfScope, ...]
    tools: tuple[Tool, ...]
    positions: tuple[Position, ...]
    pressure_levels: tuple[PressureLevel, ...]
    intensity_degrees: tuple[Degree, ...]
    times_of_day: tuple[TimeOfDay, ...]
    preparation_steps: tuple[RoutineStep, ...]
    aftercare_steps: tuple[RoutineStep, ...]
    protocols: tuple[Protocol, ...]
    observation_options: ObservationOptions
    point_types: tuple[PointType, ...]
    meridians: Meridians
    background_beliefs: tuple[Belief, ...]
    disagreements: tuple[Disagreement, ...]
    figures: tuple[Figure, ...]

    @cached_property
    def zone_by_slug(self) -> Mapping[str, Zone]:
        return {zone.slug: zone for zone in self.zones}

    @cached_property
    def technique_by_slug(self) -> Mapping[str, Technique]:
        return {technique.slug: technique for technique in self.techniques}

    @cached_property
    def tool_by_slug(self) -> Mapping[str, Tool]:
        return {tool.slug: tool for tool in self.tools}

    @cached_property
    def region_by_slug(self) -> Mapping[str, Region]:
        return {region.slug: region for region in self.regions}

    @cached_property
    def position_by_slug(self) -> Mapping[str, Position]:
        return {position.slug: position for position in self.positions}

    @cached_property
    def level_by_slug(self) -> Mapping[str, PressureLevel]:
        return {level.slug: level for level in self.pressure_levels}

    @cached_property
    def _leaves_by_region(self) -> Mapping[str, frozenset[str]]:
        return {region.slug: self._collect_leaves(region) for region in self.regions}

    @cached_property
    def _leaves_by_zone(self) -> Mapping[str, frozenset[str]]:
        return {
            zone.slug: frozenset().union(*(self.leaves_of(region) for region in zone.regions)) for zone in self.zones
        }

    def _collect_leaves(self, region: Region) -> frozenset[str]:
        if region.leaf:
            return frozenset({region.slug})
        return frozenset().union(*(self._collect_leaves(self.region_by_slug[part]) for part in region.parts))

    def leaves_of(self, region: str) -> frozenset[str]:
        """The leaf regions that make up a region, or itself when it is one. Raises KeyError for an unknown region."""
        return self._leaves_by_region[region]

    def leaves_of_zone(self, zone: str) -> frozenset[str]:
        """The leaf regions that a zone covers. Raises KeyError for an unknown zone."""
        return self._leaves_by_zone[zone]

    @cached_property
    def _cap_by_zone(self) -> Mapping[str, PressureLevel | None]:
        caps = [(self.leaves_of(region.slug), region.max_pressure) for region in self.regions if region.max_pressure]
        levels = self.level_by_slug
        return {
            zone: min(
                (levels[cap] for place, cap in caps if place & leaves), key=lambda level: level.rank, default=None
            )
            for zone, leaves in self._leaves_by_zone.items()
        }

    def cap_of_zone(self, zone: str) -> PressureLevel | None:
        """The strongest pressure on a zone, by the regions that it shares a leaf with. Raises KeyError for an unknown
        zone."""
        return self._cap_by_zone[zone]

    @cached_property
    def _fitting(self) -> Mapping[str, frozenset[str]]:
        return {
            technique.slug: frozenset(zone for zone in self._leaves_by_zone if self._suits(technique, zone))
            for technique in self.techniques
        }

    def _suits(self, technique: Technique, zone: str) -> bool:
        leaves = self.leaves_of_zone(zone)
        places = [self.leaves_of(region) for region in (*technique.typical_regions, *technique.also_on)]
        if technique.takes_whole:
            return any(place <= leaves for place in places)
        return not places or leaves <= frozenset().union(*places)

    def fits(self, technique: str, zone: str) -> bool:
        """Whether a technique may be done on a zone. Raises KeyError for an unknown technique."""
        return zone in self._fitting[technique]

    @cached_property
    def atlas(self) -> Atlas:
        """The places that the foot map draws. Raises ShapeInvalid for a shape that cannot be drawn."""
        return Atlas.of(
            ({"slug": view.slug, "name": view.name} for view in self.views),
            (
                {
                    "slug": region.slug,
                    "name": region.name,
                    "parts": region.parts,
                    "shapes": [shape.as_entry() for shape in region.shapes],
                }
                for region in self.regions
            ),
        )

    def rank_of(self, level: str) -> int:
        """The rank of a pressure level, 0 for none. Raises KeyError for an unknown level."""
        return self.level_by_slug[level].rank

    @cached_property
    def faultless_steps(self) -> set[tuple[object, ...]]:
        """The steps that `routines.safety.steps.is_faultless` has found faultless."""
        return set()

    @cached_property
    def slugs(self) -> CatalogSlugs:
        return CatalogSlugs(
            regions=frozenset(self.region_by_slug),
            zones=frozenset(self.zone_by_slug),
            techniques=frozenset(self.technique_by_slug),
            tools=frozenset(self.tool_by_slug),
            families=frozenset(technique.family for technique in self.techniques),
            traditions=frozenset(tradition.slug for tradition in self.traditions),
            levels=frozenset(self.level_by_slug),
        )


def is_hand(tool: str) -> bool:
    """Whether working with this tool is working with the hand; an unknown tool is not the hand."""
    return tool in HAND_TOOLS or tool in POSITIONING_TOOLS
