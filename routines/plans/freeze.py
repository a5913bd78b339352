"""The frozen contents of a released plan: what the client's pages, print and calendar need, and nothing internal."""

from dataclasses import asdict
from typing import Any

from routines.catalog.types import Catalog
from routines.plans.models import Plan, PlanPhase, PlanStep


def freeze(
    plan: Plan, phases: list[PlanPhase], catalog: Catalog, *, questionnaire: int, catalog_number: int
) -> dict[str, Any]:
    """Pure over the rows given; `phases` carry their steps prefetched.

    Of a zone only the region's name, `client_wording` and `how_to_locate` are taken; names, claims, cautions and notes
    of zones stay with the therapist.
    """
    return {
        "title": plan.title,
        "note": plan.note_to_client,
        "starts_on": plan.starts_on.isoformat(),
        "questionnaire": questionnaire,
        "catalog": catalog_number,
        "tradition": next((entry.name for entry in catalog.traditions if entry.slug == plan.tradition_id), ""),
        "phases": [_frozen_phase(phase, catalog) for phase in phases],
    }


def _frozen_phase(phase: PlanPhase, catalog: Catalog) -> dict[str, Any]:
    return {
        "name": phase.name,
        "focus": phase.focus,
        "from_day": phase.from_day,
        "to_day": phase.to_day,
        "max_pressure": phase.max_pressure_id,
        "weekdays": phase.weekdays,
        "times": phase.times,
        "steps": [_frozen_step(number, step, catalog) for number, step in enumerate(phase.steps.all(), 1)],
    }


def _frozen_step(number: int, step: PlanStep, catalog: Catalog) -> dict[str, Any]:
    zone = catalog.zone_by_slug[step.zone_id] if step.zone_id else None
    technique = catalog.technique_by_slug[step.technique_id] if step.technique_id else None
    level = catalog.level_by_slug[step.pressure_id]
    tool = catalog.tool_by_slug[step.tool_id] if step.tool_id else None
    position = catalog.position_by_slug[step.position_id] if step.position_id else None
    return {
        "n": number,
        "id": str(step.pk),
        "kind": step.kind,
        "label": step.label,
        "zone": zone.slug if zone else None,
        "place": ", ".join(catalog.region_by_slug[slug].name for slug in zone.regions) if zone else "",
        "client_wording": zone.client_wording if zone else "",
        "how_to_locate": zone.how_to_locate if zone else "",
        "view": zone.view if zone else None,
        "views": list(zone.views) if zone else [],
        "regions": list(zone.regions) if zone else [],
        "shapes": [asdict(shape) for shape in zone.shapes] if zone else [],
        "technique": technique.slug if technique else None,
        "technique_name": technique.name if technique else "",
        "how": technique.how if technique else "",
        "rate": technique.rate if technique else "",
        "direction": technique.direction if technique else "",
        "side": step.side,
        "pressure": level.slug,
        "pressure_name": level.name,
        "pressure_cue": level.client_cue,
        "seconds": step.seconds,
        "per": step.per,
        "tool": tool.slug if tool else None,
        "tool_name": tool.name if tool else "",
        "position": position.slug if position else None,
        "position_name": position.name if position else "",
        "optional": step.is_optional,
        "note": step.note,
    }
