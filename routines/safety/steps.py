"""A step of a home routine as screening sees it, and the reasons for which a step is refused whatever the screening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from routines.catalog.methods import Technique
from routines.catalog.types import Catalog, is_hand

#: How many different steps of plans a catalog remembers as faultless.
MOST_KEPT = 20_000
PLACED_SIDES = ("left", "right", "both")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: slugs of the catalog, side left, right, both or none, and seconds on each side (None: not timed)."""

    number: int | str
    zone: str | None
    technique: str
    side: str
    pressure: str
    seconds: int | None
    tool: str | None = None
    position: str | None = None

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides that get a verdict each."""
        return ("left", "right") if self.side == "both" else (self.side,)


class Planned(Protocol):
    """What the drafted and the released form of a step have in common: slugs of the catalog, a side and seconds."""

    @property
    def zone(self) -> str | None: ...
    @property
    def technique(self) -> str | None: ...
    @property
    def side(self) -> str: ...
    @property
    def pressure(self) -> str: ...
    @property
    def seconds(self) -> int | None: ...
    @property
    def tool(self) -> str | None: ...
    @property
    def position(self) -> str | None: ...


def as_step(number: int | str, planned: Planned) -> Step:
    """What screening judges of a plan's step. The technique of a line that is only said is "": it is not judged."""
    return Step(
        number=number,
        zone=planned.zone,
        technique=planned.technique or "",
        side=planned.side,
        pressure=planned.pressure,
        seconds=planned.seconds,
        tool=planned.tool,
        position=planned.position,
    )


def is_known(step: Step, catalog: Catalog) -> bool:
    """Whether the catalog knows everything that decides about the step; an unknown step is never allowed."""
    return (
        (step.zone is None or step.zone in catalog.zone_by_slug)
        and step.technique in catalog.technique_by_slug
        and step.pressure in catalog.level_by_slug
        and (step.tool is None or step.tool in catalog.tool_by_slug)
        and step.side in (*PLACED_SIDES, "none")
        and (step.seconds is None or (isinstance(step.seconds, int) and not isinstance(step.seconds, bool)))
    )


def validate_step(step: Step, catalog: Catalog, home_plan: bool = True) -> list[str]:
    """Every reason for refusing the step (`plan_validity` in screening.yaml); an empty list when there is none."""
    technique = _find(catalog.technique_by_slug, step.technique)
    reasons = _unknown_names(step, catalog)
    if technique is None:
        return reasons
    reasons += _place_reasons(step, technique, catalog)
    reasons += _tool_reasons(step, technique)
    reasons += _range_reasons(step, technique, catalog)
    if home_plan:
        reasons += _home_reasons(step, technique, catalog)
    return reasons


def is_faultless(step: Step, catalog: Catalog, home_plan: bool = True) -> bool:
    """Whether `validate_step` has no reason against the step. Plans share steps, so a catalog remembers these."""
    # The type too: True and 1.0 are equal to 1, and are no number of seconds.
    key = (
        step.zone, step.technique, step.side, step.pressure, type(step.seconds), step.seconds, step.tool, step.position,
        home_plan,
    )  # fmt: skip
    known = catalog.faultless_steps
    try:
        if key in known:
            return True
    except TypeError:  # a list where a name should be
        return False
    if validate_step(step, catalog, home_plan):
        return False
    if len(known) >= MOST_KEPT:
        known.clear()
    known.add(key)
    return True


def _find(entries: Any, slug: Any) -> Any:
    return entries.get(slug) if isinstance(slug, str) else None


def _unknown_names(step: Step, catalog: Catalog) -> list[str]:
    looked_up: tuple[tuple[str | None, Mapping[str, Any], str], ...] = (
        (step.zone, catalog.zone_by_slug, gettext_noop("The catalog has no zone “%(name)s”.")),
        (step.technique or "", catalog.technique_by_slug, gettext_noop("The catalog has no technique “%(name)s”.")),
        (step.pressure or "", catalog.level_by_slug, gettext_noop("The catalog has no pressure “%(name)s”.")),
        (step.tool, catalog.tool_by_slug, gettext_noop("The catalog has no tool “%(name)s”.")),
        (step.position, catalog.position_by_slug, gettext_noop("The catalog has no position “%(name)s”.")),
    )
    return [
        _(message) % {"name": name}
        for name, entries, message in looked_up
        if name is not None and _find(entries, name) is None
    ]


def _place_reasons(step: Step, technique: Technique, catalog: Catalog) -> list[str]:
    """Reasons about zone and side, without which a step would escape the tests on places and sides, and about a
    technique on a place that it is not meant for."""
    if step.side == "affected":
        return [_("Say which foot is the affected one: left, right or both.")]
    if step.side not in (*PLACED_SIDES, "none"):
        return [_("The side has to be left, right, both or none.")]
    if technique.typical_regions and step.zone is None:
        return [_("This technique works on a place, so the step needs a zone.")]
    if (technique.typical_regions or step.zone is not None) and step.side == "none":
        return [_("A step on a place needs a side: left, right or both.")]
    zone = _find(catalog.zone_by_slug, step.zone)
    if zone is not None and not catalog.fits(technique.slug, zone.slug):
        return [_misplaced(technique, catalog)]
    return []


def _misplaced(technique: Technique, catalog: Catalog) -> str:
    regions = [catalog.region_by_slug[slug].name for slug in (*technique.typical_regions, *technique.also_on)]
    words = {"technique": technique.name, "places": "; ".join(regions)}
    if technique.takes_whole:
        return _("“%(technique)s” needs all of this place: %(places)s. Choose a zone that covers it.") % words
    return _("“%(technique)s” is not for this place. It is done here: %(places)s.") % words


def _tool_reasons(step: Step, technique: Technique) -> list[str]:
    if step.tool is not None:
        if step.tool not in technique.tools:
            return [_("The tool is not one of this technique's tools.")]
    elif any(not is_hand(tool) for tool in technique.tools):
        return [_("Name the tool: this technique can be done with something other than the hand.")]
    return []


def _range_reasons(step: Step, technique: Technique, catalog: Catalog) -> list[str]:
    reasons = []
    level = _find(catalog.level_by_slug, step.pressure)
    if level is not None:
        low, high = catalog.rank_of(technique.pressure.min), catalog.rank_of(technique.pressure.max)
        if not low <= level.rank <= high:
            reasons.append(_("The pressure lies outside the technique's range."))
        zone = _find(catalog.zone_by_slug, step.zone)
        cap = catalog.cap_of_zone(zone.slug) if zone else None
        if cap is not None and level.rank > cap.rank:
            reasons.append(_("This place takes no pressure above “%(level)s”.") % {"level": cap.name})
    shortest, longest = technique.duration_s.min, technique.duration_s.max
    seconds = step.seconds
    if seconds is None:
        if shortest is not None:
            reasons.append(_("The step needs a number of seconds."))
    elif not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
        reasons.append(_("The seconds have to be a whole number."))
    elif shortest is not None and longest is not None and not shortest <= seconds <= longest:
        reasons.append(_("The seconds lie outside the technique's range."))
    return reasons


def _home_reasons(step: Step, technique: Technique, catalog: Catalog) -> list[str]:
    reasons = []
    if technique.home_plan_default == "off":
        reasons.append(_("This technique is not for home plans."))
    level = _find(catalog.level_by_slug, step.pressure)
    if level is not None and level.home_plan_default == "off":
        reasons.append(_("This pressure is not for home plans."))
    tool = _find(catalog.tool_by_slug, step.tool)
    if tool is not None and not tool.self_care:
        reasons.append(_("This tool is not for self-care."))
    return reasons
