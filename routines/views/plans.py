"""A plan as the practice sees it: what is released, what happened, and taking it back."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice import audit
from practice.permissions import needs
from practice.requests import PracticeRequest
from routines import plans
from routines.catalog_store import current_catalog
from routines.models import Plan
from routines.plan_map import frozen_highlights
from routines.views.lookup import get_client, get_plan

PER_PAGE = 25
SESSIONS_SHOWN = 20


@needs("plans.view")
def plans_list(request: PracticeRequest) -> HttpResponse:
    found = Plan.objects.for_practice(request.practice).with_client().filter(client__archived_at=None)
    state = request.GET.get("state", "")
    if state in Plan.State.values:
        found = found.filter(state=state)
    page = Paginator(found.order_by("-changed_at"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "routines/plans/list.html", {"page": page, "state": state, "states": Plan.State.choices})


@needs("plans.view")
def client_plans(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """One client's plans: a fragment for the client's page, or a page of its own without script."""
    client = get_client(request, client_id)
    template = "routines/plans/_of_client.html" if request.htmx else "routines/plans/of_client.html"
    return render(request, template, {"client": client, "plans": client.plans.order_by("-changed_at")})


@needs("plans.view")
def plan_detail(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    with transaction.atomic():
        audit.record(request.member, "plan.viewed", plan, practice=request.practice, client_ref=plan.client_id)
    content = plan.current_version.content if plan.current_version else None
    context = {
        "plan": plan,
        "content": content,
        "catalog": current_catalog(),
        "highlights": frozen_highlights(content["phases"][0]["steps"]) if content else [],
        "sessions": plan.sessions.order_by("-begun_at")[:SESSIONS_SHOWN],
        "versions": plan.versions.select_related("published_by__user", "screening").defer("content"),
        "reminders": plan.reminders.order_by("-due_at")[:SESSIONS_SHOWN],
    }
    return render(request, "routines/plans/detail.html", context)


@require_POST
@needs("plans.edit")
def plan_suspend(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    plans.suspend_plan(plan, by=request.member, at=timezone.now(), cause="therapist")
    messages.success(request, _("Paused. The client no longer sees this routine and gets no reminders."))
    return redirect("routines:plan_detail", plan.pk)


@require_POST
@needs("plans.edit")
def plan_resume(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    try:
        plans.resume_plan(plan, by=request.member, at=timezone.now())
    except plans.PlanUnsafe:
        messages.error(request, _("Not given back: it does not pass today's check. See the findings beside the steps."))
        return redirect("routines:builder_edit", plan.pk)
    messages.success(request, _("Running again. The client sees the same version as before."))
    return redirect("routines:plan_detail", plan.pk)


@require_POST
@needs("plans.edit")
def plan_end(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    plans.end_plan(plan, by=request.member, at=timezone.now())
    messages.success(request, _("Ended. The client no longer sees this routine and gets no reminders."))
    return redirect("routines:plan_detail", plan.pk)
