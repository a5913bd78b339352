"""A practice's own records from the address, or 404."""

import uuid

from django.shortcuts import get_object_or_404

from clients.models import Client
from practice.requests import PracticeRequest
from routines.models import Plan, PlanPhase, PlanStep


def get_client(request: PracticeRequest, client_id: uuid.UUID) -> Client:
    return get_object_or_404(Client.objects.for_practice(request.practice).select_related("practice"), pk=client_id)


def get_plan(request: PracticeRequest, plan_id: uuid.UUID) -> Plan:
    plans = Plan.objects.for_practice(request.practice).select_related("client__practice", "current_version")
    return get_object_or_404(plans, pk=plan_id)


def get_phase(request: PracticeRequest, phase_id: uuid.UUID) -> PlanPhase:
    phases = PlanPhase.objects.for_practice(request.practice).select_related("plan__client__practice")
    return get_object_or_404(phases, pk=phase_id)


def get_step(request: PracticeRequest, step_id: uuid.UUID) -> PlanStep:
    steps = PlanStep.objects.for_practice(request.practice).select_related("phase__plan__client__practice")
    return get_object_or_404(steps, pk=step_id)
