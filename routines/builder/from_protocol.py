"""From a protocol to a plan's draft: the sides, seconds, tools, days and times that it starts with."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from routines.catalog.methods import Count, Phase, Protocol, RoutineStep
from routines.catalog.places import Duration
from routines.catalog.types import Catalog, is_hand
from routines.plans.models import PlanStep
from routines.plans.step_draft import StepDraft

#: House default: the wall time of a time-of-day slot, until the therapist or client sets another.
SLOT_TIMES = {
    "morning-before-rising": ("07:00",),
    "evening-after-activity": ("18:30",),
    "after-prolonged-sitting": ("13:00",),
    "evening-before-sleep": ("21:00",),
    "before-rest": ("21:00",),
    "several-times-daily": ("09:00", "13:00", "17:00", "21:00"),
    "daily-any-time": ("09:00",),
}
#: House default, for protocols that ask for more sessions a day than they have slots.
SPREAD_TIMES = ("09:00", "18:00", "13:00", "21:00")
#: House default: days of the week for "so many days a week", spread out.
SPREAD_DAYS = {
    1: [1],
    2: [1, 4],
    3: [1, 3, 5],
    4: [1, 2, 4, 6],
    5: [1, 2, 3, 4, 5],
    6: [1, 2, 3, 4, 5, 6],
    7: [1, 2, 3, 4, 5, 6, 7],
}
KINDS = {
    "work": PlanStep.Kind.WORK,
    "prep": PlanStep.Kind.PREPARATION,
    "aftercare": PlanStep.Kind.AFTERCARE,
    "companion": PlanStep.Kind.COMPANION,
    "stretch": PlanStep.Kind.WORK,
    "assessment": PlanStep.Kind.PREPARATION,
}


@dataclass(frozen=True)
class PhaseDraft:
    steps: list[StepDraft]
    name: str = ""
    focus: str = ""
    from_day: int = 1
    to_day: int | None = None
    max_pressure: str = "light"
    weekdays: list[int] = field(default_factory=lambda: SPREAD_DAYS[7])
    times: list[str] = field(default_factory=lambda: ["09:00"])
    waits_for: str = ""
    ends_with_rule: str = ""
    then_protocol: str = ""

    def phase_fields(self) -> dict[str, object]:
        fields = {name: value for name, value in vars(self).items() if name not in ("steps", "max_pressure")}
        return {**fields, "max_pressure_id": self.max_pressure}

    @classmethod
    def plain(cls, zones: Iterable[str], catalog: Catalog) -> "PhaseDraft":
        """A draft of one open-ended phase, light and daily, with the usual technique of each zone."""
        return cls(steps=[step_for_zone(zone, None, catalog, cap="light") for zone in zones])


def phases_from_protocol(protocol: Protocol, catalog: Catalog, affected: str) -> list[PhaseDraft]:
    extras = {entry.slug: entry for entry in (*catalog.preparation_steps, *catalog.aftercare_steps)}
    before = [_extra_step(extras[slug], catalog, PlanStep.Kind.PREPARATION) for slug in protocol.preparation]
    after = [_extra_step(extras[slug], catalog, PlanStep.Kind.AFTERCARE) for slug in protocol.aftercare]
    position = protocol.positions[0] if protocol.positions else None
    drafts = []
    for phase in protocol.phases:
        work = [_protocol_step(step, catalog, affected, position) for step in phase.steps]
        drafts.append(
            PhaseDraft(
                steps=[*before, *work, *after],
                name=_phase_name(phase.slug),
                focus=phase.focus,
                from_day=phase.from_day,
                to_day=phase.to_day,
                max_pressure=phase.max_pressure,
                weekdays=list(SPREAD_DAYS[least(phase.frequency.days_per_week, 7)]),
                times=_times(protocol, phase),
                ends_with_rule=phase.ends_with_rule or "",
                then_protocol=phase.then_protocol or "",
            )
        )
    return drafts


def step_for_zone(zone: str | None, technique: str | None, catalog: Catalog, *, cap: str) -> StepDraft:
    """A step with the catalog's starting values: the zone's usual technique, its pressure no stronger than `cap`."""
    place = catalog.zone_by_slug[zone] if zone else None
    usual = {entry.technique: entry.duration_s for entry in place.techniques} if place else {}
    chosen = technique or _gentle_enough(usual, catalog, cap)
    if chosen is None:
        raise KeyError("A step needs a zone or a technique.")
    how = catalog.technique_by_slug[chosen]
    if not how.typical_regions:
        place = None
    return StepDraft(
        technique=chosen,
        zone=place.slug if place else None,
        kind=KINDS[how.step_kind],
        side="both" if place else "none",
        pressure=_pressure(place.pressure if place else "none", how.pressure.min, how.pressure.max, cap, catalog),
        seconds=middle(usual.get(chosen, how.duration_s), how.duration_s),
        tool=usual_tool(chosen, catalog),
        per=how.per,
    )


def _gentle_enough(usual: Iterable[str], catalog: Catalog, cap: str) -> str | None:
    """The first usual technique that is for home use and needs no more pressure than `cap`; else simply the first."""
    fitting = (
        slug
        for slug in usual
        if (how := catalog.technique_by_slug[slug]).home_plan_default == "on"
        and catalog.rank_of(how.pressure.min) <= catalog.rank_of(cap)
    )
    return next(fitting, None) or next(iter(usual), None)


def _phase_name(slug: str) -> str:
    """A phase's slug as a name; two numbers in a row are a span, joined by an en dash."""
    return re.sub(r"(?<=\d) (?=\d)", "\u2013", slug.replace("-", " ")).capitalize()


def _protocol_step(step: Any, catalog: Catalog, affected: str, position: str | None) -> StepDraft:
    how = catalog.technique_by_slug[step.technique]
    return StepDraft(
        technique=step.technique,
        zone=step.zone,
        kind=KINDS[step.kind or how.step_kind],
        side=affected if step.side == "affected" else step.side,
        pressure=step.pressure,
        seconds=middle(step.duration_s, how.duration_s),
        tool=step.tool or usual_tool(step.technique, catalog),
        position=step.position or (position if step.zone else None),
        per=step.per,
        is_optional=step.optional,
        hint=step.note,
    )


def _extra_step(entry: RoutineStep, catalog: Catalog, kind: str) -> StepDraft:
    if entry.technique is None:
        return StepDraft(technique=None, kind=kind, side="none", label=entry.name)
    how = catalog.technique_by_slug[entry.technique]
    return StepDraft(
        technique=entry.technique,
        zone=entry.zone,
        kind=kind,
        side=entry.side,
        pressure=how.pressure.min,
        seconds=middle(how.duration_s, how.duration_s),
        tool=usual_tool(entry.technique, catalog),
        label=entry.name,
    )


def usual_tool(technique: str, catalog: Catalog) -> str | None:
    """The hand where the technique allows it, else its first tool that is for home use."""
    tools = [slug for slug in catalog.technique_by_slug[technique].tools if catalog.tool_by_slug[slug].self_care]
    return next((slug for slug in tools if is_hand(slug)), tools[0] if tools else None)


def _pressure(wanted: str, low: str, high: str, cap: str, catalog: Catalog) -> str:
    rank = min(catalog.rank_of(wanted), catalog.rank_of(high), catalog.rank_of(cap))
    rank = max(rank, catalog.rank_of(low))
    return next(level.slug for level in catalog.pressure_levels if level.rank == rank)


def middle(wanted: Duration, allowed: Duration) -> int | None:
    """Half-way between both ends in seconds, a multiple of 5 where one fits; None when untimed."""
    low = wanted.min if wanted.min is not None else allowed.min
    high = wanted.max if wanted.max is not None else allowed.max
    if low is None or high is None:
        return high if low is None else low
    half = round((low + high) / 10) * 5
    return half if low <= half <= high else low


def least(amount: int | Count | None, default: int) -> int:
    if amount is None:
        return default
    return amount if isinstance(amount, int) else amount.min


def _times(protocol: Protocol, phase: Phase) -> list[str]:
    wanted = least(phase.frequency.per_day, protocol.session.per_day.min)
    named = [time for slot in protocol.times_of_day for time in SLOT_TIMES[slot]]
    return sorted(list(dict.fromkeys([*named, *SPREAD_TIMES]))[:wanted])
