"""The plan builder: every change is a form post that works without script; htmx swaps the same fragment."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice import audit
from practice.clock import local_today
from practice.permissions import needs
from practice.requests import PracticeRequest
from routines import builder, plans
from routines.builder_page import BuilderPage
from routines.catalog_store import current_catalog
from routines.forms.builder import PhaseForm, PlanForm, StartForm, StepForm
from routines.models import Plan
from routines.views.lookup import get_client, get_phase, get_plan, get_step


@needs("plans.edit")
def plan_new(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """Choose a protocol or zones; a draft comes of it."""
    client = get_client(request, client_id)
    catalog = current_catalog()
    today = local_today(timezone.now(), client.time_zone)
    form = StartForm(request.POST or None, catalog=catalog, initial={"starts_on": today, "affected": "both"})
    if request.method == "POST" and form.is_valid():
        try:
            plan = builder.start_plan(
                client,
                catalog=catalog,
                by=request.member,
                at=timezone.now(),
                starts_on=form.cleaned_data["starts_on"],
                protocol=form.cleaned_data["protocol"] or None,
                zones=form.cleaned_data["zones"],
                affected=form.cleaned_data["affected"],
            )
        except builder.DraftRefused as refusal:
            form.add_error("protocol", str(refusal))
        else:
            return redirect("routines:builder_edit", plan.pk)
    context = {"client": client, "form": form, "catalog": catalog, "protocols": _offered(catalog), "today": today}
    return render(request, "routines/builder/new.html", context)


def _offered(catalog: object) -> list:
    return [entry for entry in catalog.protocols if entry.client_title and entry.home_plan_default == "on"]  # type: ignore[attr-defined]


@needs("plans.edit")
def builder_edit(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    with transaction.atomic():
        audit.record(request.member, "plan.viewed", plan, practice=request.practice, client_ref=plan.client_id)
    page = BuilderPage(plan, at=timezone.now(), at_phase=_phase_asked(request))
    return render(request, "routines/builder/edit.html", {"page": page})


def _phase_asked(request: PracticeRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("phase", ""))
    except ValueError:
        return None


def _drawn(
    request: PracticeRequest, plan: Plan, anchor: str = "", at_phase: uuid.UUID | None = None, **forms: object
) -> HttpResponse:
    """After a change: the builder's fragment for htmx, else back to the page at the place of the change."""
    if request.htmx or forms:
        plan = get_plan(request, plan.pk)
        page = BuilderPage(plan, at=timezone.now(), at_phase=at_phase, **forms)  # type: ignore[arg-type]
        template = "routines/builder/_draft.html" if request.htmx else "routines/builder/edit.html"
        return render(request, template, {"page": page}, status=422 if forms and not request.htmx else 200)
    query = f"?phase={at_phase}" if at_phase else ""
    return HttpResponseRedirect(reverse("routines:builder_edit", args=[plan.pk]) + query + anchor)


def _attempt(
    request: PracticeRequest,
    plan: Plan,
    change: Callable[[], object],
    at_phase: uuid.UUID | None = None,
    anchor: str = "",
) -> HttpResponse:
    """One change of a draft, with the two refusals that a person can meet."""
    try:
        change()
    except builder.DraftMoved:
        messages.warning(
            request,
            _(
                "This draft was changed in another window meanwhile. Here is the newest state; please make your change again."
            ),
        )
    except builder.DraftRefused as refusal:
        messages.error(request, str(refusal))
    return _drawn(request, plan, anchor or (f"#phase-{at_phase}" if at_phase else ""), at_phase)


def _revision(request: PracticeRequest) -> int | None:
    raw = request.POST.get("revision", "")
    return int(raw) if raw.isdecimal() else None


@require_POST
@needs("plans.edit")
def builder_change_plan(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _drawn(request, plan, plan_form=form)
    return _attempt(
        request,
        plan,
        lambda: builder.change_plan(
            plan, by=request.member, at=timezone.now(), revision=_revision(request), **form.cleaned_data
        ),
    )


@require_POST
@needs("plans.edit")
def builder_change_phase(request: PracticeRequest, phase_id: uuid.UUID) -> HttpResponse:
    phase = get_phase(request, phase_id)
    form = PhaseForm(request.POST, catalog=current_catalog())
    if not form.is_valid():
        return _drawn(request, phase.plan, phase_form=(phase.pk, form))
    return _attempt(
        request,
        phase.plan,
        lambda: builder.change_phase(
            phase, by=request.member, at=timezone.now(), revision=_revision(request), **form.cleaned_data
        ),
        phase.pk,
    )


@require_POST
@needs("plans.edit")
def builder_add_step(request: PracticeRequest, phase_id: uuid.UUID) -> HttpResponse:
    phase = get_phase(request, phase_id)
    catalog = current_catalog()
    zone, technique = request.POST.get("zone") or None, request.POST.get("technique") or None
    if (zone and zone not in catalog.zone_by_slug) or (technique and technique not in catalog.technique_by_slug):
        messages.error(request, _("The catalog has no such entry. Choose one from the list."))
        return _drawn(request, phase.plan)
    if not zone and not technique:
        messages.error(request, _("Choose a zone, or something to do alongside, and add it."))
        return _drawn(request, phase.plan)
    return _attempt(
        request,
        phase.plan,
        lambda: builder.add_step(
            phase,
            zone=zone,
            technique=technique,
            catalog=catalog,
            by=request.member,
            at=timezone.now(),
            revision=_revision(request),
        ),
        phase.pk,
    )


@require_POST
@needs("plans.edit")
def builder_change_step(request: PracticeRequest, step_id: uuid.UUID) -> HttpResponse:
    step = get_step(request, step_id)
    form = StepForm(request.POST, catalog=current_catalog(), step=step)
    if not form.is_valid():
        return _drawn(request, step.phase.plan, step_form=(step.pk, form))
    return _attempt(
        request,
        step.phase.plan,
        lambda: builder.change_step(
            step, by=request.member, at=timezone.now(), revision=_revision(request), **form.cleaned_data
        ),
        step.phase_id,
        f"#step-{step.pk}",
    )


@require_POST
@needs("plans.edit")
def builder_drop_step(request: PracticeRequest, step_id: uuid.UUID) -> HttpResponse:
    step = get_step(request, step_id)
    return _attempt(
        request,
        step.phase.plan,
        lambda: builder.drop_step(step, by=request.member, at=timezone.now(), revision=_revision(request)),
        step.phase_id,
    )


@require_POST
@needs("plans.edit")
def builder_move_step(request: PracticeRequest, step_id: uuid.UUID) -> HttpResponse:
    step = get_step(request, step_id)
    places = -1 if request.POST.get("direction") == "up" else 1
    return _attempt(
        request,
        step.phase.plan,
        lambda: builder.move_step(
            step, by_places=places, by=request.member, at=timezone.now(), revision=_revision(request)
        ),
        step.phase_id,
        f"#step-{step.pk}",
    )


@require_POST
@needs("plans.edit")
def builder_publish(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Release, or show the findings beside the steps that forbid it."""
    plan = get_plan(request, plan_id)
    try:
        plans.publish_plan(plan, by=request.member, at=timezone.now(), revision=_revision(request))
    except builder.DraftMoved:
        messages.warning(
            request,
            _("This draft was changed in another window meanwhile. Read it through once more before you release it."),
        )
        return redirect("routines:builder_edit", plan.pk)
    except plans.PlanUnsafe:
        page = BuilderPage(get_plan(request, plan_id), at=timezone.now(), was_refused=True)
        return render(request, "routines/builder/edit.html", {"page": page}, status=422)
    messages.success(request, _("Released. Your client is told by e-mail that the routine is ready."))
    return redirect("routines:plan_detail", plan.pk)
