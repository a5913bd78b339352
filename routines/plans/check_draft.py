"""A draft held against the client's screening: one report per step, and whether the whole may be released."""

import hashlib
import itertools
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from clients.assessment.assess import Standing, stand
from clients.consent.consent import NEEDED_FOR_A_PLAN, consents_in_force
from clients.roster.models import Client
from clients.screening.findings import Screening
from clients.screening.findings_text import stored_findings
from routines.catalog.markable import CatalogPlaces
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.plans.wording import check_wording
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step, validate_step
from routines.safety.verdicts import PlanVerdict, StepVerdict


@dataclass(frozen=True)
class StepReport:
    """What stands in the way of one step: broken rules of plan making, and a verdict for each side."""

    number: int | str
    invalid: tuple[str, ...]
    sides: dict[str, StepVerdict]

    @property
    def is_allowed(self) -> bool:
        return not self.invalid and all(verdict.is_allowed for verdict in self.sides.values())


@dataclass
class PlanCheck:
    catalog: Catalog
    standing: Standing
    phases: list[PlanPhase]
    reports: dict[uuid.UUID, StepReport]
    faults: tuple[str, ...]

    @property
    def screening(self) -> Screening:
        return self.standing.screening

    @property
    def safe_until(self) -> date | None:
        return self.standing.safe_until

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """Each finding with question, answer, rule and sources in words."""
        return stored_findings(self.standing.questionnaire, self.screening, names=CatalogPlaces(self.catalog).names)

    @property
    def is_signed(self) -> bool:
        """Whether the client has answered anything at all."""
        return bool(self.standing.answers)

    @cached_property
    def mark(self) -> str:
        """Stands for what the page said of the client: another mark at release means that it has changed since."""
        said = (self.screening.overall, *sorted((finding.rule, finding.outcome) for finding in self.screening.findings))
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    @property
    def releasable(self) -> bool:
        """Outcome CLEAR, CAUTION or RESTRICT, every step-side allowed, and nothing wrong with the plan itself."""
        return (
            self.screening.may_release
            and not self.faults
            and all(report.is_allowed for report in self.reports.values())
        )

    @property
    def blocked_count(self) -> int:
        return sum(not report.is_allowed for report in self.reports.values())


def name_of(phase: PlanPhase) -> str:
    return phase.name or _("Routine")


def has_consents(client: Client) -> bool:
    """Whether the client agrees, now, to what a routine needs."""
    return consents_in_force(client) >= frozenset(NEEDED_FOR_A_PLAN)


def draft_phases(plan: Plan) -> list[PlanPhase]:
    """The draft's phases with their steps, in two queries."""
    return list(plan.phases.prefetch_related("steps"))


def check_plan(plan: Plan, *, at: datetime) -> PlanCheck:
    """Reads the draft, the client's standing answers and the current catalog, and judges the draft for today."""
    return judge_draft(plan, draft_phases(plan), stand(plan.client, at=at), current_catalog())


def judge_draft(plan: Plan, phases: list[PlanPhase], standing: Standing, catalog: Catalog) -> PlanCheck:
    """Pure over what it is given."""
    reports: dict[uuid.UUID, StepReport] = {}
    for phase in phases:
        steps = [as_step(number, step) for number, step in enumerate(phase.steps.all(), 1)]
        done = [step for step in steps if step.technique]
        verdict = check_steps(standing.screening, done, catalog)
        for row, step in zip(phase.steps.all(), steps, strict=True):
            reports[row.pk] = _report(row, step, phase, verdict, catalog)
    return PlanCheck(catalog, standing, phases, reports, tuple(_plan_faults(plan, phases)))


def as_step(number: int, row: PlanStep) -> Step:
    return Step(
        number=number,
        zone=row.zone_id,
        technique=row.technique_id or "",
        side=row.side,
        pressure=row.pressure_id,
        seconds=row.seconds,
        tool=row.tool_id,
        position=row.position_id,
    )


def _report(row: PlanStep, step: Step, phase: PlanPhase, verdict: PlanVerdict, catalog: Catalog) -> StepReport:
    worded = [fault.message for text in (row.label, row.note) for fault in check_wording(text)]
    if not step.technique:
        return StepReport(step.number, tuple(worded), {})
    invalid = validate_step(step, catalog) + worded
    cap = catalog.level_by_slug[phase.max_pressure_id]
    if catalog.rank_of(row.pressure_id) > cap.rank:
        invalid.append(_("This phase allows at most “%(level)s” pressure.") % {"level": cap.name.lower()})
    return StepReport(step.number, tuple(invalid), dict(verdict.steps[step.number]))


def _plan_faults(plan: Plan, phases: list[PlanPhase]) -> list[str]:
    faults = [fault.message for fault in check_wording(plan.title, title=True)]
    faults += [fault.message for fault in check_wording(plan.note_to_client)]
    for phase in phases:
        faults += [fault.message for text in (phase.name, phase.focus) for fault in check_wording(text, title=True)]
        if not phase.steps.all():
            faults.append(_("“%(phase)s” has no step yet. Add one, or take the phase out.") % {"phase": name_of(phase)})
    if not phases:
        faults.append(_("The plan has no phase yet."))
    return faults + _day_faults(phases)


def _day_faults(phases: list[PlanPhase]) -> list[str]:
    faults = []
    ordered = sorted(phases, key=lambda phase: phase.from_day)
    for earlier, later in itertools.pairwise(ordered):
        if earlier.to_day is None or earlier.to_day >= later.from_day:
            faults.append(
                _("“%(first)s” and “%(second)s” overlap: end the first before day %(day)d.")
                % {"first": name_of(earlier), "second": name_of(later), "day": later.from_day}
            )
    faults += [
        _("“%(phase)s” has no day of the week.") % {"phase": name_of(phase)} for phase in phases if not phase.weekdays
    ]
    faults += [_("“%(phase)s” has no time of day.") % {"phase": name_of(phase)} for phase in phases if not phase.times]
    return faults
