"""The phases of a draft: days and times, copies, and the zone picker."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.builder import copy, edit
from routines.builder.forms import PhaseForm
from routines.builder.page import BuilderPage
from routines.builder.views.draft import attempt, draw, revision_of
from routines.catalog.versions import current_catalog
from routines.plans.lookup import find_phase, get_plan
from routines.plans.models import Plan, PlanPhase


def phase_gone(request: PracticeRequest, plan: Plan) -> HttpResponse:
    messages.warning(request, _("That phase is no longer in the draft. Here is the newest state."))
    return draw(request, plan)


@require_POST
@needs("plans.edit")
def builder_change_phase(request: PracticeRequest, plan_id: uuid.UUID, phase_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    phase = find_phase(plan, phase_id)
    if phase is None:
        return phase_gone(request, plan)
    form = PhaseForm(request.POST, catalog=current_catalog(), phase=phase)
    if not form.is_valid():
        return draw(request, plan, at_phase=phase_id, failed={"phase_form": (phase.pk, form)})
    return attempt(
        request,
        plan,
        lambda: edit.change_phase(
            phase, by=request.member, at=timezone.now(), revision=revision_of(request), **form.cleaned_data
        ),
        phase_id,
    )


@require_POST
@needs("plans.edit")
def builder_copy_phase(request: PracticeRequest, plan_id: uuid.UUID, phase_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    phase = find_phase(plan, phase_id)
    if phase is None:
        return phase_gone(request, plan)
    return attempt(
        request,
        plan,
        lambda: copy.copy_phase(phase, by=request.member, at=timezone.now(), revision=revision_of(request)),
        phase_id,
    )


@require_POST
@needs("plans.edit")
def builder_drop_phase(request: PracticeRequest, plan_id: uuid.UUID, phase_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    phase = find_phase(plan, phase_id)
    if phase is None:
        return phase_gone(request, plan)
    return attempt(
        request,
        plan,
        lambda: copy.drop_phase(phase, by=request.member, at=timezone.now(), revision=revision_of(request)),
    )


@require_safe
@needs("plans.edit")
def builder_map(request: PracticeRequest, plan_id: uuid.UUID, phase_id: uuid.UUID) -> HttpResponse:
    """One phase on the feet, for the panel beside the draft."""
    page = BuilderPage(_with_phase(request, plan_id, phase_id), at=timezone.now(), at_phase=phase_id)
    return render(
        request, "routines/builder/_map.html" if request.htmx else "routines/builder/edit.html", {"page": page}
    )


@require_safe
@needs("plans.edit")
def builder_pick(request: PracticeRequest, plan_id: uuid.UUID, phase_id: uuid.UUID) -> HttpResponse:
    """The zone picker: a page of its own without script, a fragment of the draft with htmx."""
    plan = _with_phase(request, plan_id, phase_id)
    page = BuilderPage(plan, at=timezone.now(), at_phase=phase_id, wanted=request.GET)
    template = "routines/builder/_picker.html" if request.htmx else "routines/builder/pick.html"
    return render(request, template, {"page": page, "picker": page.picker})


def _with_phase(request: PracticeRequest, plan_id: uuid.UUID, phase_id: uuid.UUID) -> Plan:
    plan = get_plan(request, plan_id)
    if plan.state == Plan.State.ENDED or not PlanPhase.objects.for_practice(request.practice).filter(
        plan=plan, pk=phase_id
    ):
        raise Http404
    return plan
