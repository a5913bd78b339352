"""A practice's own records, or a client's own, from the address; or 404."""

import uuid

from django.shortcuts import get_object_or_404

from clients.roster.models import Client
from practice.tenancy.requests import PracticeRequest
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.sessions.models import RoutineSession


def get_client(request: PracticeRequest, client_id: uuid.UUID) -> Client:
    return get_object_or_404(Client.objects.for_practice(request.practice).select_related("practice"), pk=client_id)


def get_plan(request: PracticeRequest, plan_id: uuid.UUID) -> Plan:
    """With `lacks_consent`, which the builder shows."""
    plans = Plan.objects.for_practice(request.practice).with_consents()
    plans = plans.select_related("client__practice", "current_version")
    return get_object_or_404(plans, pk=plan_id)


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
