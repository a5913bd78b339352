"""Is this plan safe now? Findings and steps in, a verdict on every step and side out. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from clients.screening.findings import Finding, Screening
from routines.catalog.types import Catalog
from routines.safety.apply_effects import EXCLUDED, PlacedStep, cap_of
from routines.safety.steps import Step, is_faultless, is_known, validate_step
from routines.safety.verdicts import NO_CAP, InvalidStep, PlanVerdict, RuleTouch, StepVerdict

_BLOCKED = StepVerdict(NO_CAP, blocked=True)
_UNKNOWN = StepVerdict(EXCLUDED)
_ALLOWED = StepVerdict(NO_CAP)


def check_steps(
    screening: Screening, steps: Iterable[Step], catalog: Catalog, *, home_plan: bool = True
) -> PlanVerdict:
    """The verdict on each step and side, with every rule that touched it.

    Steps that break plan_validity are listed in `invalid` and still get a verdict; one that the catalog does not know
    is excluded. Step numbers have to differ (ValueError). Ask the result's `may_be_released` before a release.
    """
    verdicts: dict[int | str, dict[str, StepVerdict]] = {}
    invalid: list[InvalidStep] = []
    acting = [finding for finding in screening.findings if finding.effects]
    for step in steps:
        if step.number in verdicts:
            raise ValueError(f"step {step.number} is there twice")
        verdicts[step.number] = _step_verdicts(screening, acting, step, catalog)
        if not is_faultless(step, catalog, home_plan):
            invalid += [InvalidStep(step.number, reason) for reason in validate_step(step, catalog, home_plan)]
    return PlanVerdict(verdicts, screening.may_release, tuple(invalid))


def _step_verdicts(screening: Screening, acting: list[Finding], step: Step, catalog: Catalog) -> dict[str, StepVerdict]:
    sides = step.sides
    if not screening.may_release:
        return dict.fromkeys(sides, _BLOCKED)
    if not is_known(step, catalog):
        return dict.fromkeys(sides, _UNKNOWN)
    if not acting:
        return dict.fromkeys(sides, _ALLOWED)
    placed = PlacedStep.of(step, catalog)
    if not any(force.is_sided for finding in acting for force in finding.effects):
        return dict.fromkeys(sides, _side_verdict(acting, placed, sides[0], catalog))
    return {side: _side_verdict(acting, placed, side, catalog) for side in sides}


def _side_verdict(findings: Iterable[Finding], placed: PlacedStep, side: str, catalog: Catalog) -> StepVerdict:
    touches: list[RuleTouch] = []
    combined = NO_CAP
    for finding in findings:
        own = NO_CAP
        for force in finding.effects:
            cap = cap_of(force, placed, side, catalog)
            if cap is not NO_CAP:
                own = own.joined(cap)
        if own.touches:
            touches.append(RuleTouch(finding.rule, own))
            combined = combined.joined(own)
    return StepVerdict(combined, touches=tuple(touches))
