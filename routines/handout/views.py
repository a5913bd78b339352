"""The routine on paper, and the page behind its code."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from practice.audit import audit
from practice.permissions.table import needs, public
from practice.tenancy.models import Member, User
from practice.tenancy.requests import PracticeRequest
from routines.catalog.versions import current_catalog
from routines.handout.handout import draw_handout, handout_of, is_current
from routines.plans.lookup import get_plan, own_plan
from routines.plans.models import Plan, PlanVersion
from routines.rechecking.recheck import shown_now
from routines.sessions.stop_rules import stop_rules


@needs("portal.use")
def handout_client(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = own_plan(request, plan_id)
    showing = shown_now(plan, at=timezone.now())
    if not showing:
        messages.warning(request, showing.reason)
        return redirect("routines:portal_today")
    return _pdf(plan, by=request.user)


@needs("plans.view")
def handout_staff(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    showing = shown_now(plan, at=timezone.now())
    if not showing:
        messages.warning(request, showing.reason)
        return redirect("routines:plan_detail", plan.pk)
    return _pdf(plan, by=request.member)


def _pdf(plan: Plan, *, by: Member | User) -> HttpResponse:
    handout = handout_of(plan, at=timezone.now())
    drawn = draw_handout(handout, current_catalog(), stop_rules())
    with transaction.atomic():
        audit.record(by, "plan.printed", handout.version, practice=plan.client.practice, client_ref=plan.client_id)
    # The file's name tells nothing: it lies in a downloads folder.
    name = f"routine-{handout.version.code}.pdf"
    return HttpResponse(
        drawn,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@public("from the code on a printed sheet; it tells only whether that sheet may still be followed")
def handout_check(request: HttpRequest, code: str) -> HttpResponse:
    versions = PlanVersion.objects.across_practices().select_related("plan__client").defer("content", "checked_steps")
    version = versions.filter(code=code.upper()).first()
    context = {"known": version is not None, "current": is_current(version, at=timezone.now())}
    response = render(request, "routines/handout/check.html", context, status=200 if version else 404)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
