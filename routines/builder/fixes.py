"""What would make a step allowed: one change to accept, tried against the rules before it is offered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from clients.screening.findings import Screening
from routines.builder.changes import StepChanges
from routines.builder.from_protocol import middle, usual_tool
from routines.catalog.methods import Technique
from routines.catalog.types import Catalog
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step, validate_step
from routines.safety.verdicts import StepVerdict


@dataclass(frozen=True)
class Fix:
    """A button: its label, and the fields of the step that it sets."""

    label: str
    changes: StepChanges


def fix_for(
    step: Step, verdicts: Mapping[str, StepVerdict], *, cap: str, screening: Screening, catalog: Catalog
) -> Fix | None:
    """The smallest change that makes the step allowed on each side it keeps; None when only leaving it out helps."""
    technique = catalog.technique_by_slug.get(step.technique)
    kept = [side for side, verdict in verdicts.items() if verdict.kind not in ("excluded", "blocked")]
    if technique is None or not kept or step.pressure not in catalog.level_by_slug:
        return None
    better = replace(
        step,
        side=step.side if len(kept) == len(verdicts) else kept[0],
        pressure=_pressure(step, technique, [verdicts[side] for side in kept], cap, catalog),
        seconds=_seconds(step, technique, [verdicts[side] for side in kept]),
        tool=step.tool if _fits(step.tool, technique, catalog) else usual_tool(step.technique, catalog),
    )
    if better == step or not _passes(better, cap, screening, catalog):
        return None
    words, changes = _told(step, better, catalog)
    return Fix(", ".join(words), changes)


def _pressure(step: Step, technique: Technique, verdicts: list[StepVerdict], cap: str, catalog: Catalog) -> str:
    caps = [catalog.rank_of(verdict.max_pressure) for verdict in verdicts if verdict.max_pressure]
    place = catalog.cap_of_zone(step.zone) if step.zone and step.zone in catalog.zone_by_slug else None
    caps += [place.rank] if place else []
    rank = min(catalog.rank_of(step.pressure), catalog.rank_of(technique.pressure.max), catalog.rank_of(cap), *caps)
    rank = max(rank, catalog.rank_of(technique.pressure.min))
    return next(level.slug for level in catalog.pressure_levels if level.rank == rank)


def _seconds(step: Step, technique: Technique, verdicts: list[StepVerdict]) -> int | None:
    shortest, longest = technique.duration_s.min, technique.duration_s.max
    if step.seconds is None:
        return middle(technique.duration_s, technique.duration_s)
    caps = [verdict.max_seconds for verdict in verdicts if verdict.max_seconds]
    return max(min([step.seconds, *caps, *([longest] if longest is not None else [])]), shortest or 0)


def _fits(tool: str | None, technique: Technique, catalog: Catalog) -> bool:
    return tool in technique.tools and catalog.tool_by_slug[tool].self_care if tool else not technique.tools


def _passes(step: Step, cap: str, screening: Screening, catalog: Catalog) -> bool:
    return (
        not validate_step(step, catalog)
        and catalog.rank_of(step.pressure) <= catalog.rank_of(cap)
        and check_steps(screening, [step], catalog).may_be_released
    )


def _told(step: Step, better: Step, catalog: Catalog) -> tuple[list[str], StepChanges]:
    words: list[str] = []
    changes: dict[str, str | int | None] = {}
    if better.side != step.side:
        words.append(_("Only the left foot") if better.side == "left" else _("Only the right foot"))
        changes["side"] = better.side
    if better.pressure != step.pressure:
        name = catalog.level_by_slug[better.pressure].name.lower()
        lower = catalog.rank_of(better.pressure) < catalog.rank_of(step.pressure)
        words.append((_("Lower to %(level)s") if lower else _("Raise to %(level)s")) % {"level": name})
        changes["pressure_id"] = better.pressure
    if better.seconds != step.seconds:
        shorter = step.seconds is not None and (better.seconds or 0) < step.seconds
        words.append((_("Shorten to %(n)s s") if shorter else _("Set to %(n)s s")) % {"n": better.seconds})
        changes["seconds"] = better.seconds
    if better.tool != step.tool:
        name = catalog.tool_by_slug[better.tool].name if better.tool else _("no tool")
        words.append(_("Use: %(tool)s") % {"tool": name})
        changes["tool_id"] = better.tool or ""
    return words, changes
