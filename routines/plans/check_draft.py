"""A draft held against the client's screening: one report per step, and whether the whole may be released."""

import hashlib
import itertools
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from clients.assessment.assess import Assessment, assess
from clients.consent.consent import NEEDED_FOR_A_PLAN, consents_in_force
from clients.roster.models import Client
from clients.screening.findings import Screening
from clients.screening.findings_text import stored_findings
from clients.screening.stored_findings import StoredFinding
from routines.catalog.markable import BodyPlaces
from routines.catalog.models import CatalogVersion
from routines.catalog.types import Catalog
from routines.catalog.versions import catalog_of, current_version
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.plans.step_draft import StepDraft
from routines.plans.wording import DraftWording, check_draft_wording
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step, as_step, validate_step
from routines.safety.verdicts import PlanVerdict, StepVerdict


@dataclass(frozen=True)
class StepReport:
    """What one step meets: rules of plan making that it breaks, and a verdict for each side."""

    number: int | str
    invalid: tuple[str, ...]
    sides: dict[str, StepVerdict]

    @property
    def is_allowed(self) -> bool:
        return not self.invalid and all(verdict.is_allowed for verdict in self.sides.values())


@dataclass
class PlanCheck:
    catalog: Catalog
    #: What `catalog` was read from.
    catalog_version: CatalogVersion
    assessment: Assessment
    phases: list[PlanPhase]
    reports: dict[uuid.UUID, StepReport]
    #: What is wrong with the plan itself, wording that stops a release included.
    faults: tuple[str, ...]
    wording: DraftWording

    @property
    def screening(self) -> Screening:
        return self.assessment.screening

    @property
    def safe_until(self) -> date | None:
        return self.assessment.safe_until

    @cached_property
    def findings(self) -> list[StoredFinding]:
        """The findings, each with question, answer, rule and sources in words."""
        return stored_findings(self.assessment.questionnaire, self.screening, names=BodyPlaces(self.catalog).names)

    @property
    def is_signed(self) -> bool:
        """Whether the client has answered anything at all."""
        return bool(self.assessment.answers)

    @cached_property
    def etag(self) -> str:
        """A digest of what the page said of the client; if it differs at release, that has changed meanwhile."""
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


def name_of(phase: PlanPhase) -> str:
    return phase.name or _("Routine")


def has_consents(client: Client) -> bool:
    """Whether the client agrees, now, to what a routine needs."""
    return consents_in_force(client) >= frozenset(NEEDED_FOR_A_PLAN)


def draft_phases(plan: Plan) -> list[PlanPhase]:
    """The draft's phases with their steps, in two queries."""
    return list(plan.phases.prefetch_related("steps"))


def check_plan(
    plan: Plan,
    *,
    at: datetime,
    phases: list[PlanPhase] | None = None,
    version: CatalogVersion | None = None,
    assessment: Assessment | None = None,
) -> PlanCheck:
    """Assesses the client, and judges the draft by that and the catalog in force.

    `phases`, `version` and `assessment`: what was read already in this request, of this draft, the catalog, the client.
    """
    if phases is None:
        phases = draft_phases(plan)
    prefetch_related_objects(phases, "steps")
    return judge_draft(plan, phases, assessment or assess(plan.client, at=at), version or current_version())


def judge_draft(plan: Plan, phases: list[PlanPhase], assessment: Assessment, version: CatalogVersion) -> PlanCheck:
    """Every step held against the assessment and that catalog, and the draft against itself. Reads nothing else."""
    catalog = catalog_of(version)
    wording = check_draft_wording(plan, phases)
    reports: dict[uuid.UUID, StepReport] = {}
    for phase in phases:
        steps = [as_step(number, StepDraft.of(step)) for number, step in enumerate(phase.steps.all(), 1)]
        done = [step for step in steps if step.technique]
        verdict = check_steps(assessment.screening, done, catalog)
        for row, step in zip(phase.steps.all(), steps, strict=True):
            reports[row.pk] = _report(row, step, phase, verdict, catalog, wording)
    faults = tuple(_plan_faults(phases, wording))
    return PlanCheck(catalog, version, assessment, phases, reports, faults, wording)


def _report(
    row: PlanStep, step: Step, phase: PlanPhase, verdict: PlanVerdict, catalog: Catalog, wording: DraftWording
) -> StepReport:
    worded = wording.stopping(row.pk)
    if not step.technique:
        return StepReport(step.number, tuple(worded), {})
    invalid = validate_step(step, catalog) + worded
    cap = catalog.level_by_slug[phase.max_pressure_id]
    if catalog.rank_of(row.pressure_id) > cap.rank:
        invalid.append(_("This phase allows at most “%(level)s” pressure.") % {"level": cap.name.lower()})
    return StepReport(step.number, tuple(invalid), dict(verdict.steps[step.number]))


def _plan_faults(phases: list[PlanPhase], wording: DraftWording) -> list[str]:
    faults = list(wording.stopping_outside_steps())
    for phase in phases:
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
