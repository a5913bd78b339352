"""Steps that a rule adds to a day: in an acute flare a cold pack, which its source names beside the rest of the foot.

Pure. An offer is judged like any other step, so that a client who must not use cold gets none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from clients.screening.effects import Offer, ResolvedEffect
from clients.screening.findings import Screening
from routines.catalog.types import Catalog
from routines.plans.content import OFFER, Side, StepContent
from routines.plans.freeze import step_content
from routines.safety.check_steps import check_steps
from routines.safety.steps import as_step, is_known


def offered_steps(screening: Screening, steps: Sequence[StepContent], catalog: Catalog) -> tuple[StepContent, ...]:
    """The steps that the findings offer, numbered after `steps`; none on a side where such a step is there already."""
    offered: list[StepContent] = []
    for finding in screening.findings:
        for resolved in finding.effects:
            if isinstance(resolved.effect, Offer):
                number = max((step.number for step in (*steps, *offered)), default=0) + 1
                step = _offered(finding.rule, resolved, resolved.effect, number, catalog)
                sides = _open_sides(step, (*steps, *offered), screening, catalog) if step else []
                if step and sides:
                    offered.append(replace(step, side="both" if len(sides) == 2 else sides[0]))
    return tuple(offered)


def _offered(rule: str, resolved: ResolvedEffect, offer: Offer, number: int, catalog: Catalog) -> StepContent | None:
    """The step on the sides concerned; None where the catalog no longer knows a part of it."""
    sides = sorted(resolved.sides or ())
    if not sides:
        return None
    side: Side = "both" if len(sides) == 2 else "left" if sides == ["left"] else "right"
    try:
        return step_content(
            number,
            OFFER + rule,
            catalog,
            zone=offer.zone,
            technique=offer.technique,
            side=side,
            pressure=offer.pressure,
            seconds=offer.seconds,
            tool=offer.tool,
        )
    except KeyError:
        return None


def _open_sides(step: StepContent, others: Iterable[StepContent], screening: Screening, catalog: Catalog) -> list[Side]:
    taken = {side for other in others if other.technique == step.technique for side in other.sides}
    judged = as_step(step.number, step)
    if not is_known(judged, catalog):
        return []
    result = check_steps(screening, [judged], catalog)
    if result.invalid:
        return []
    verdicts = result.steps[step.number]
    return [side for side in step.sides if verdicts[side].is_allowed and side not in taken]
