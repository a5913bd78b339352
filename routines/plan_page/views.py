"""A plan as the practice sees it: what is released, what happened since, and taking it back."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from practice.audit import audit
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.plan_page.page import read_plan
from routines.plans import publish
from routines.plans.lookup import get_client, get_plan
from routines.plans.models import Plan
from routines.plans.open_phase import open_phase
from routines.plans.refusals import DraftRefused

PER_PAGE = 25


@needs("plans.view")
def plans_list(request: PracticeRequest) -> HttpResponse:
    found = Plan.objects.for_practice(request.practice).with_client().filter(client__archived_at=None)
    state = request.GET.get("state", "")
    if state in Plan.State.values:
        found = found.filter(state=state)
    else:
        state = ""
    page = Paginator(found.order_by("-changed_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "states": Plan.State.choices, "query": urlencode({"state": state})}
    return render(request, "routines/plan_page/list.html", context)


@needs("plans.view")
def client_plans(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """One client's plans: a fragment for the client's page, or a page of its own without script."""
    client = get_client(request, client_id)
    template = "routines/plan_page/_of_client.html" if request.htmx else "routines/plan_page/of_client.html"
    page = Paginator(client.plans.order_by("-changed_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, template, {"client": client, "page": page, "plans": page.object_list})


@needs("plans.view")
def plan_detail(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    with transaction.atomic():
        audit.record(request.member, "plan.viewed", plan, practice=request.practice, client_ref=plan.client_id)
    page = read_plan(plan, at=timezone.now(), page=request.GET.get("page"))
    return render(request, "routines/plan_page/detail.html", {"page": page, "plan": plan})


@require_POST
@needs("plans.edit")
def plan_suspend(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    publish.suspend_plan(plan, by=request.member, at=timezone.now(), cause="therapist")
    messages.success(request, _("Paused. The client no longer sees this routine and gets no reminders."))
    return redirect("routines:plan_detail", plan.pk)


@require_POST
@needs("plans.edit")
def plan_resume(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    try:
        publish.resume_plan(plan, by=request.member, at=timezone.now())
    except DraftRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("routines:plan_detail", plan.pk)
    except publish.PlanUnsafe:
        messages.error(request, _("Not given back: it does not pass today's check. See the findings beside the steps."))
        return redirect("routines:builder_edit", plan.pk)
    messages.success(request, _("Running again. The client sees the same version as before."))
    return redirect("routines:plan_detail", plan.pk)


@require_POST
@needs("plans.edit")
def plan_open_part(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    if open_phase(plan, request.POST.get("part", ""), by=request.member, at=timezone.now()):
        messages.success(request, _("The next part begins today."))
    else:
        messages.info(request, _("No part waits to be opened now."))
    return redirect("routines:plan_detail", plan.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plans.edit")
def plan_end(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    """GET asks first, since it cannot be taken back."""
    plan = get_plan(request, plan_id)
    if request.method != "POST":
        return render(request, "routines/plan_page/end.html", {"plan": plan})
    publish.end_plan(plan, by=request.member, at=timezone.now())
    messages.success(request, _("Ended. The client no longer sees this routine and gets no reminders."))
    return redirect("routines:plan_detail", plan.pk)
