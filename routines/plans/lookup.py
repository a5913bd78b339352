"""A practice's own records, or a client's own, from the address; or 404."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.shortcuts import get_object_or_404

from clients.assessment.assess import Assessment
from clients.roster.models import Client
from practice.tenancy.requests import PracticeRequest
from routines.catalog.models import CatalogVersion
from routines.catalog.types import Catalog
from routines.catalog.versions import catalog_of, current_version
from routines.plans.check_draft import PlanCheck, check_plan
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.sessions.models import RoutineSession


def get_client(request: PracticeRequest, client_id: uuid.UUID) -> Client:
    return get_object_or_404(Client.objects.for_practice(request.practice).select_related("practice"), pk=client_id)


def get_plan(request: PracticeRequest, plan_id: uuid.UUID) -> Plan:
    """With `lacks_consent`, which the builder shows."""
    plans = Plan.objects.for_practice(request.practice).with_consents()
    plans = plans.select_related("client__practice", "current_version")
    return get_object_or_404(plans, pk=plan_id)


@dataclass(frozen=True)
class DraftRead:
    """What a request reads once around a change of a step: the draft, the catalog in force, the client assessed."""

    plan: Plan
    phases: list[PlanPhase]
    catalog_version: CatalogVersion
    assessment: Assessment | None = None

    def check(self, at: datetime) -> PlanCheck:
        """The draft as it is in hand now; reads only what was not read yet."""
        return check_plan(
            self.plan, at=at, phases=self.phases, version=self.catalog_version, assessment=self.assessment
        )

    @property
    def catalog(self) -> Catalog:
        return catalog_of(self.catalog_version)

    def phase(self, phase_id: uuid.UUID) -> PlanPhase | None:
        """None when it was taken out meanwhile."""
        return next((phase for phase in self.phases if phase.pk == phase_id), None)

    def step(self, step_id: uuid.UUID) -> PlanStep | None:
        """The row in hand; None when it was taken out meanwhile. Call `check` first, which reads them all."""
        return next((step for phase in self.phases for step in phase.steps.all() if step.pk == step_id), None)


def read_draft(request: PracticeRequest, plan_id: uuid.UUID) -> DraftRead:
    """The plan as `get_plan` has it and its phases, in one query for both."""
    phases = list(PlanPhase.objects.for_practice(request.practice).filter(plan=plan_id).with_plan())
    plan = phases[0].plan if phases else get_plan(request, plan_id)
    for phase in phases:
        phase.plan = plan
        plan.lacks_consent = phase.lacks_consent  # type: ignore[attr-defined]  # of with_plan() and with_consents()
    return DraftRead(plan, phases, current_version())


def find_phase(plan: Plan, phase_id: uuid.UUID) -> PlanPhase | None:
    """None when it was taken out meanwhile; the plan was looked up for the practice before."""
    phase = plan.phases.filter(pk=phase_id).first()
    if phase:
        phase.plan = plan
    return phase


def find_step(plan: Plan, step_id: uuid.UUID) -> PlanStep | None:
    """None when it was taken out meanwhile."""
    steps = PlanStep.objects.for_practice(plan.client.practice_id).filter(phase__plan=plan).select_related("phase")
    step = steps.filter(pk=step_id).first()
    if step:
        step.phase.plan = plan
    return step


def own_plan(request: PracticeRequest, plan_id: uuid.UUID) -> Plan:
    """The signed-in person's own plan, or 404."""
    plans = Plan.objects.of_user(request.user).select_related("client__practice", "current_version")
    return get_object_or_404(plans, pk=plan_id)


def own_session(request: PracticeRequest, session_id: uuid.UUID) -> RoutineSession:
    own = RoutineSession.objects.of_user(request.user)
    return get_object_or_404(own.select_related("plan__client__practice", "version"), pk=session_id)
