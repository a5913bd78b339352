"""The frozen contents of a released plan: what the client's pages, print and calendar need, and nothing internal."""

from dataclasses import replace
from typing import cast

from routines.catalog.types import Catalog
from routines.footmap.draw import Shape
from routines.plans.content import Kind, PhaseContent, PlanContent, Side, StepContent, Waits
from routines.plans.models import Plan, PlanPhase, PlanStep


def freeze(
    plan: Plan, phases: list[PlanPhase], catalog: Catalog, *, questionnaire: int, catalog_number: int
) -> PlanContent:
    """The frozen contents. Pure; the steps of `phases` must be prefetched.

    Of a zone only the region's name, `client_wording` and `how_to_locate` are taken; names, claims, cautions and notes
    of zones stay with the therapist.
    """
    return PlanContent(
        title=plan.title,
        note=plan.note_to_client,
        starts_on=plan.starts_on,
        questionnaire=questionnaire,
        catalog=catalog_number,
        tradition=next((entry.name for entry in catalog.traditions if entry.slug == plan.tradition_id), ""),
        phases=tuple(
            _frozen_phase(phase, before, catalog) for before, phase in zip([None, *phases], phases, strict=False)
        ),
    )


def _frozen_phase(phase: PlanPhase, before: PlanPhase | None, catalog: Catalog) -> PhaseContent:
    return PhaseContent(
        name=phase.name,
        focus=phase.focus,
        from_day=phase.from_day,
        to_day=phase.to_day,
        max_pressure=phase.max_pressure_id,
        weekdays=tuple(phase.weekdays),
        times=tuple(phase.times),
        steps=tuple(_frozen_step(number, step, catalog) for number, step in enumerate(phase.steps.all(), 1)),
        id=str(phase.pk),
        waits_for=_waits_for(phase, before, catalog),
        ends_with_rule=phase.ends_with_rule,
        then_protocol=phase.then_protocol,
    )


def _waits_for(phase: PlanPhase, before: PlanPhase | None, catalog: Catalog) -> Waits:
    """What the phase was made to wait for; a step up in pressure always asks how the last days felt."""
    if before is None:
        return ""
    rises = catalog.rank_of(phase.max_pressure_id) > catalog.rank_of(before.max_pressure_id)
    return cast(Waits, phase.waits_for or ("comfort" if rises else ""))


def _frozen_step(number: int, step: PlanStep, catalog: Catalog) -> StepContent:
    bare = step_content(
        number,
        str(step.pk),
        catalog,
        zone=step.zone_id,
        technique=step.technique_id,
        side=cast(Side, step.side),
        pressure=step.pressure_id,
        seconds=step.seconds,
        tool=step.tool_id,
    )
    position = catalog.position_by_slug[step.position_id] if step.position_id else None
    return replace(
        bare,
        kind=cast(Kind, step.kind),
        label=step.label,
        per=step.per,
        position=position.slug if position else None,
        position_name=position.name if position else "",
        optional=step.is_optional,
        note=step.note,
    )


def step_content(
    number: int,
    id: str,
    catalog: Catalog,
    *,
    zone: str | None,
    technique: str | None,
    side: Side,
    pressure: str,
    seconds: int | None,
    tool: str | None,
) -> StepContent:
    """A step of these slugs as a client reads it. Raises KeyError for a slug that the catalog does not know."""
    place = catalog.zone_by_slug[zone] if zone else None
    method = catalog.technique_by_slug[technique] if technique else None
    level = catalog.level_by_slug[pressure]
    held = catalog.tool_by_slug[tool] if tool else None
    return StepContent(
        number=number,
        id=id,
        kind="work",
        label="",
        zone=zone,
        place=", ".join(catalog.region_by_slug[slug].name for slug in place.regions) if place else "",
        client_wording=place.client_wording if place else "",
        how_to_locate=place.how_to_locate if place else "",
        view=place.view if place else None,
        views=place.views if place else (),
        regions=place.regions if place else (),
        shapes=tuple(Shape.read(shape.as_entry()) for shape in place.shapes) if place else (),
        technique=technique,
        technique_name=method.name if method else "",
        how=method.how if method else "",
        rate=method.rate if method else "",
        direction=method.direction if method else "",
        side=side,
        pressure=level.slug,
        pressure_name=level.name,
        pressure_cue=level.client_cue,
        seconds=seconds,
        per="",
        tool=tool,
        tool_name=held.name if held else "",
        position=None,
        position_name="",
        optional=False,
        note="",
    )
