"""The steps of a draft: add, change, move, drop."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.builder import edit
from routines.builder.forms import StepForm
from routines.builder.page import substitutes
from routines.builder.views.draft import attempt, draw, revision_of
from routines.builder.views.phases import phase_gone
from routines.catalog.versions import current_catalog
from routines.plans.check_draft import check_plan
from routines.plans.lookup import find_phase, find_step, get_plan
from routines.plans.models import Plan


def _step_gone(request: PracticeRequest, plan: Plan) -> HttpResponse:
    messages.warning(request, _("That step is no longer in the draft. Here is the newest state."))
    return draw(request, plan)


@require_POST
@needs("plans.edit")
def builder_add_step(request: PracticeRequest, plan_id: uuid.UUID, phase_id: uuid.UUID) -> HttpResponse:
    plan, catalog = get_plan(request, plan_id), current_catalog()
    phase = find_phase(plan, phase_id)
    if phase is None:
        return phase_gone(request, plan)
    zone, technique = request.POST.get("zone") or None, request.POST.get("technique") or None
    is_known = (not zone or zone in catalog.zone_by_slug) and (not technique or technique in catalog.technique_by_slug)
    if not is_known or not (zone or technique):
        messages.error(request, _("The catalog has no such entry. Choose one from the list."))
        return draw(request, plan, at_phase=phase_id)
    return attempt(
        request,
        plan,
        lambda: edit.add_step(
            phase,
            zone=zone,
            technique=technique,
            catalog=catalog,
            by=request.member,
            at=timezone.now(),
            revision=revision_of(request),
        ),
        phase_id,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plans.edit")
def builder_change_step(request: PracticeRequest, plan_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    """GET: the step's form. POST: save it, or with `only` just the fields that are named."""
    plan, catalog = get_plan(request, plan_id), current_catalog()
    step = find_step(plan, step_id)
    if step is None:
        return _step_gone(request, plan)
    if request.method != "POST":
        return render(
            request,
            "routines/builder/_step_form.html",
            {"form": StepForm.of(step, catalog), "step": step, "plan": plan},
        )
    form = StepForm.sent(step, catalog, request.POST, request.POST.getlist("only"))
    if not form.is_valid():
        return draw(request, plan, at_phase=step.phase_id, failed={"step_form": (step.pk, form)})
    return attempt(
        request,
        plan,
        lambda: edit.change_step(
            step, by=request.member, at=timezone.now(), revision=revision_of(request), **form.cleaned_data
        ),
        step.phase_id,
        f"#step-{step.pk}",
    )


@require_POST
@needs("plans.edit")
def builder_swap_step(request: PracticeRequest, plan_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    """Put one of the offered steps in its place; the offer is worked out anew, so nothing else can be put there."""
    plan, at = get_plan(request, plan_id), timezone.now()
    step = find_step(plan, step_id)
    if step is None:
        return _step_gone(request, plan)
    offered = substitutes(0, step, step.phase, check_plan(plan, at=at))
    chosen = next((option for option in offered if option.key == request.POST.get("option")), None)
    if chosen is None:
        messages.warning(request, _("That is no longer offered for this step. Here is what fits now."))
        return draw(request, plan, at_phase=step.phase_id)
    return attempt(
        request,
        plan,
        lambda: edit.change_step(step, by=request.member, at=at, revision=revision_of(request), **chosen.changes),
        step.phase_id,
        f"#step-{step.pk}",
    )


@require_POST
@needs("plans.edit")
def builder_drop_step(request: PracticeRequest, plan_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    step = find_step(plan, step_id)
    if step is None:
        return _step_gone(request, plan)
    return attempt(
        request,
        plan,
        lambda: edit.drop_step(step, by=request.member, at=timezone.now(), revision=revision_of(request)),
        step.phase_id,
    )


@require_POST
@needs("plans.edit")
def builder_move_step(request: PracticeRequest, plan_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    step = find_step(plan, step_id)
    if step is None:
        return _step_gone(request, plan)
    places = -1 if request.POST.get("direction") == "up" else 1
    return attempt(
        request,
        plan,
        lambda: edit.move_step(
            step, by_places=places, by=request.member, at=timezone.now(), revision=revision_of(request)
        ),
        step.phase_id,
        f"#step-{step.pk}",
    )
