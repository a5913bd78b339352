"""What the builder shows: the draft with a form and a report for each step, all from one reading."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from routines.catalog import Catalog
from routines.catalog_store import current_catalog
from routines.footmap import Highlight
from routines.forms.builder import PhaseForm, PlanForm, StepForm
from routines.models import Plan, PlanPhase, PlanStep
from routines.plan_check import StepReport, check_plan, has_consents
from routines.plan_map import draft_highlights


@dataclass(frozen=True)
class StepRow:
    step: PlanStep
    number: int
    report: StepReport
    form: StepForm
    zone: Any
    technique: Any
    findings: list[dict[str, Any]]

    @property
    def anchor(self) -> str:
        return f"step-{self.step.pk}"


@dataclass(frozen=True)
class PhaseRow:
    phase: PlanPhase
    form: PhaseForm
    steps: list[StepRow]
    is_open: bool = True

    @property
    def blocked(self) -> int:
        return sum(not row.report.is_allowed for row in self.steps)

    @property
    def seconds(self) -> int:
        return sum((row.step.seconds or 0) * (2 if row.step.side == "both" else 1) for row in self.steps)


class BuilderPage:
    """One reading of draft, screening and catalog; forms that failed come back with what was typed."""

    def __init__(
        self,
        plan: Plan,
        *,
        at: datetime,
        plan_form: PlanForm | None = None,
        phase_form: tuple[uuid.UUID, PhaseForm] | None = None,
        step_form: tuple[uuid.UUID, StepForm] | None = None,
        was_refused: bool = False,
        at_phase: uuid.UUID | None = None,
    ) -> None:
        self.plan = plan
        self.client = plan.client
        self.catalog: Catalog = current_catalog()
        self.check = check_plan(plan, at=at)
        self.was_refused = was_refused
        self.lacks_consent = not has_consents(plan.client)
        self.plan_form = plan_form or PlanForm(
            initial={name: getattr(plan, name) for name in ("title", "starts_on", "note_to_client", "therapist_note")}
        )
        self._failed = dict(form for form in (phase_form, step_form) if form)
        self._at_phase = at_phase
        self.phases = [self._phase_row(place, phase) for place, phase in enumerate(self.check.phases)]

    def _phase_row(self, place: int, phase: PlanPhase) -> PhaseRow:
        fields = ("name", "focus", "from_day", "to_day", "max_pressure_id", "weekdays")
        initial = {name: getattr(phase, name) for name in fields} | {"times": ", ".join(phase.times)}
        form = self._failed.get(phase.pk) or PhaseForm(catalog=self.catalog, initial=initial)
        rows = [self._step_row(number, step) for number, step in enumerate(phase.steps.all(), 1)]
        failed = phase.pk in self._failed or any(row.step.pk in self._failed for row in rows)
        troubled = self.was_refused and any(not row.report.is_allowed for row in rows)
        is_first = self._at_phase is None and place == 0
        return PhaseRow(phase, form, rows, is_first or failed or troubled or phase.pk == self._at_phase)

    def _step_row(self, number: int, step: PlanStep) -> StepRow:
        fields = ("technique_id", "side", "pressure_id", "seconds", "tool_id", "position_id", "is_optional", "note")
        form = self._failed.get(step.pk) or StepForm(
            catalog=self.catalog, step=step, initial={name: getattr(step, name) for name in fields}
        )
        report = self.check.reports[step.pk]
        touched = {rule for verdict in report.sides.values() for rule in verdict.rules}
        return StepRow(
            step=step,
            number=number,
            report=report,
            form=form,
            zone=self.catalog.zone_by_slug.get(step.zone_id or ""),
            technique=self.catalog.technique_by_slug.get(step.technique_id or ""),
            findings=[finding for finding in self.check.findings if finding["rule"] in touched],
        )

    @property
    def can_publish(self) -> bool:
        return self.check.releasable and not self.lacks_consent and self.plan.state != Plan.State.ENDED

    @property
    def highlights(self) -> list[Highlight]:
        """The first phase's steps on the foot map, toned by their verdict."""
        return draft_highlights(self.phases[0].steps, self.catalog) if self.phases else []

    @property
    def zone_groups(self) -> list[tuple[str, list[Any]]]:
        """Zones by tradition, the plan's own tradition first."""
        names = {entry.slug: entry.name for entry in self.catalog.traditions}
        order = sorted(names, key=lambda slug: slug != self.plan.tradition_id)
        return [(names[slug], [zone for zone in self.catalog.zones if zone.tradition == slug]) for slug in order]

    @property
    def placeless(self) -> list[Any]:
        """Techniques that need no place: breathing, settling, warming the hands."""
        return [
            entry for entry in self.catalog.techniques if not entry.typical_regions and entry.home_plan_default == "on"
        ]
