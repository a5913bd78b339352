"""What the builder shows: the draft with a report for each step, all read once."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypedDict

from clients.roster.models import Client
from clients.screening.stored_findings import StoredFinding
from practice.core.clock import local_today
from practice.wording.findings import Finding
from routines.builder.fixes import Fix, fix_for
from routines.builder.forms import PhaseForm, PlanForm, StepForm
from routines.builder.substitutes import Option, find_substitutes
from routines.builder.zone_picker import Offer, PlaceGroup, Wanted, lost_everywhere, offered_alongside, offered_places
from routines.catalog.methods import Technique
from routines.catalog.places import Region, Zone
from routines.catalog.types import Catalog
from routines.footmap.draw import Highlight
from routines.plans.check_draft import PlanCheck, StepReport, check_plan, name_of
from routines.plans.highlights import draft_highlights
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.plans.step_draft import StepDraft
from routines.safety.steps import as_step


@dataclass(frozen=True)
class Trouble:
    """What a verdict demands of some sides of a step, and the findings behind it."""

    kind: str
    sides: tuple[str, ...]
    level: str | None
    seconds: int | None
    findings: list[StoredFinding]

    @property
    def side(self) -> str:
        return self.sides[0] if len(self.sides) == 1 else "both"


@dataclass(frozen=True)
class StepRow:
    step: PlanStep
    number: int
    report: StepReport
    zone: Zone | None
    technique: Technique | None
    troubles: list[Trouble]
    fix: Fix | None
    phase: str
    form: StepForm | None = None
    #: What its label or note had better say otherwise; what stops its release is in the report.
    wording: tuple[Finding, ...] = ()
    #: The nearest steps that would be allowed in its place.
    substitutes: tuple[Option, ...] = ()

    @property
    def anchor(self) -> str:
        return f"step-{self.step.pk}"

    @property
    def name(self) -> str:
        return (
            (self.zone.name if self.zone else "") or self.step.label or (self.technique.name if self.technique else "")
        )


@dataclass(frozen=True)
class PhaseRow:
    phase: PlanPhase
    form: PhaseForm
    steps: list[StepRow]
    is_open: bool = True

    @property
    def blocked(self) -> list[StepRow]:
        return [row for row in self.steps if not row.report.is_allowed]

    @property
    def seconds(self) -> int:
        """Length of a whole session: both feet, without optional steps."""
        return sum(
            (row.step.seconds or 0) * (2 if row.step.side == "both" else 1)
            for row in self.steps
            if not row.step.is_optional
        )


@dataclass(frozen=True)
class Picker:
    """The zone picker of one phase."""

    phase: PlanPhase
    wanted: Wanted
    places: list[PlaceGroup]
    alongside: list[Offer]
    findings: Mapping[str, StoredFinding]
    #: What can be looked for: regions of which something is there, and the leaves that are on neither foot.
    regions: list[Region]
    nowhere: frozenset[str]

    @property
    def count(self) -> int:
        return sum(len(group.offers) for group in self.places)


class FailedForms(TypedDict, total=False):
    """The form that could not be kept, to be shown with what was typed; with its phase's or step's key."""

    plan_form: PlanForm
    phase_form: tuple[uuid.UUID, PhaseForm]
    step_form: tuple[uuid.UUID, StepForm]


class BuilderPage:
    """Draft, screening and catalog, read once; forms that failed come back with what was typed.

    The plan must have been read `with_consents()`.
    `at_phase` and `at_step`: the phase to unfold and the step whose form is open. `wanted`: open the picker there.
    `check`: how the draft was judged already in this request.
    """

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
        at_step: uuid.UUID | None = None,
        wanted: Mapping[str, str] | None = None,
        check: PlanCheck | None = None,
    ) -> None:
        self.plan = plan
        self.client: Client = plan.client
        self.check: PlanCheck = check or check_plan(plan, at=at)
        self.catalog: Catalog = self.check.catalog
        self.was_refused = was_refused
        self.lacks_consent: bool = plan.lacks_consent  # type: ignore[attr-defined]  # from with_consents()
        self.plan_form = plan_form or PlanForm(
            today=local_today(at, plan.client.time_zone),
            initial={name: getattr(plan, name) for name in ("title", "starts_on", "note_to_client", "therapist_note")},
        )
        self.plan_form.wording = self.check.wording.of(plan.pk)
        self._failed: dict[uuid.UUID, Any] = dict(form for form in (phase_form, step_form) if form)
        self._at_step = at_step
        self.phases = [self._phase_row(phase) for phase in self.check.phases]
        self._unfold(at_phase)
        self.picker = self._picker(at_phase, wanted) if wanted is not None else None

    def _phase_row(self, phase: PlanPhase) -> PhaseRow:
        fields = ("name", "focus", "from_day", "to_day", "max_pressure_id", "weekdays", "waits_for")
        initial = {name: getattr(phase, name) for name in fields} | {"times": ", ".join(phase.times)}
        form = self._failed.get(phase.pk) or PhaseForm(catalog=self.catalog, phase=phase, initial=initial)
        form.wording = self.check.wording.of(phase.pk)
        rows = [self._step_row(number, step, phase) for number, step in enumerate(phase.steps.all(), 1)]
        return PhaseRow(phase, form, rows, is_open=phase.pk in self._failed or any(row.form for row in rows))

    def _unfold(self, at_phase: uuid.UUID | None) -> None:
        """The phases to unfold: the one at hand, else those with something to settle, else the first."""
        asked = {row.phase.pk for row in self.phases if row.is_open or row.phase.pk == at_phase}
        troubled = {row.phase.pk for row in self.phases if row.blocked} if self.check.screening.may_release else set()
        unfolded = asked or troubled or {row.phase.pk for row in self.phases[:1]}
        if self.was_refused:
            unfolded |= troubled
        self.phases = [
            PhaseRow(row.phase, row.form, row.steps, is_open=row.phase.pk in unfolded) for row in self.phases
        ]

    def _step_row(self, number: int, step: PlanStep, phase: PlanPhase) -> StepRow:
        report = self.check.reports[step.pk]
        form = self._failed.get(step.pk)
        if form is None and step.pk == self._at_step:
            form = StepForm.of(step, self.catalog)
        if form is not None:
            form.wording = self.check.wording.of(step.pk)
        stuck = self.check.screening.may_release and not report.is_allowed
        fix = self._fix(number, step, phase, report) if stuck else None
        offered = substitutes(number, step, phase, self.check) if stuck else ()
        return StepRow(
            step=step,
            number=number,
            report=report,
            zone=self.catalog.zone_by_slug.get(step.zone_id or ""),
            technique=self.catalog.technique_by_slug.get(step.technique_id or ""),
            troubles=self._troubles(report) if stuck else [],
            fix=fix,
            phase=name_of(phase),
            form=form,
            wording=tuple(note.finding for note in self.check.wording.of_step(step.pk) if not note.finding.stops),
            substitutes=tuple(option for option in offered if not (fix and option.is_like(fix.changes))),
        )

    def _fix(self, number: int, step: PlanStep, phase: PlanPhase, report: StepReport) -> Fix | None:
        return fix_for(
            as_step(number, StepDraft.of(step)),
            report.sides,
            cap=phase.max_pressure_id,
            screening=self.check.screening,
            catalog=self.catalog,
        )

    def _troubles(self, report: StepReport) -> list[Trouble]:
        """Sides with the same verdict for the same reasons are put together."""
        sides: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for side, verdict in report.sides.items():
            if not verdict.is_allowed:
                sides.setdefault((verdict.state, verdict.rules), []).append(side)
        return [
            Trouble(
                kind=report.sides[names[0]].kind,
                sides=tuple(names),
                level=report.sides[names[0]].max_pressure,
                seconds=report.sides[names[0]].max_seconds,
                findings=[finding for finding in self.check.findings if finding["rule"] in rules],
            )
            for (_state, rules), names in sides.items()
        ]

    def _picker(self, at_phase: uuid.UUID | None, asked: Mapping[str, str]) -> Picker | None:
        phase = next((row.phase for row in self.phases if row.phase.pk == at_phase), None)
        return pick(phase, asked, self.check, self.catalog) if phase else None

    @property
    def can_publish(self) -> bool:
        return self.check.releasable and not self.lacks_consent and self.plan.state != Plan.State.ENDED

    @property
    def is_released_as_is(self) -> bool:
        return self.plan.is_published and not self.plan.has_unpublished_changes

    @cached_property
    def blocked(self) -> list[StepRow]:
        """The steps to settle, phase by phase; none when the answers themselves are in the way."""
        if not self.check.screening.may_release:
            return []
        return [step for phase in self.phases for step in phase.blocked]

    @property
    def mapped(self) -> PhaseRow | None:
        """The phase that the foot map shows: the first that is unfolded."""
        return next((row for row in self.phases if row.is_open), None)

    @property
    def highlights(self) -> list[Highlight]:
        return draft_highlights(self.mapped.steps, self.catalog) if self.mapped else []


def substitutes(number: int, step: PlanStep, phase: PlanPhase, check: PlanCheck) -> tuple[Option, ...]:
    return tuple(
        find_substitutes(as_step(number, StepDraft.of(step)), check.screening, check.catalog, cap=phase.max_pressure_id)
    )


def pick(phase: PlanPhase, asked: Mapping[str, str], check: PlanCheck, catalog: Catalog) -> Picker:
    wanted = Wanted.of(asked, catalog)
    screening, cap = check.screening, phase.max_pressure_id
    nowhere = lost_everywhere(screening.absent, catalog)
    return Picker(
        phase=phase,
        wanted=wanted,
        places=offered_places(wanted, cap=cap, screening=screening, catalog=catalog),
        alongside=[]
        if wanted.region or wanted.tradition
        else offered_alongside(wanted.words, cap=cap, screening=screening, catalog=catalog),
        findings={finding["rule"]: finding for finding in check.findings},
        regions=[region for region in catalog.regions if not catalog.leaves_of(region.slug) <= nowhere],
        nowhere=nowhere,
    )
