"""The routine on paper, and the page that its code leads to."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.audit import audit
from practice.permissions.table import needs, public
from practice.tenancy.models import Member, User
from practice.tenancy.requests import PracticeRequest
from routines.catalog.versions import current_catalog
from routines.handout.handout import Handout, draw_handout, handout_of, is_as_printed, is_current
from routines.plans.lookup import get_plan, own_plan
from routines.plans.models import PlanVersion
from routines.rechecking.recheck import checked_visibility
from routines.sessions.stop_rules import stop_rules
from routines.today.back import back_words


@needs("portal.use")
def handout_client(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = own_plan(request, plan_id)
    visibility = checked_visibility(plan, at=timezone.now())
    if not visibility:
        messages.warning(request, visibility.reason)
        return redirect("routines:portal_today")
    handout = handout_of(plan, at=timezone.now())
    if handout.rests:
        messages.warning(request, back_words(plan, handout.now, at=timezone.now()))
        return redirect("routines:portal_today")
    return _pdf(handout, by=request.user)


@needs("plans.view")
def handout_staff(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    visibility = checked_visibility(plan, at=timezone.now())
    if not visibility:
        messages.warning(request, visibility.reason)
        return redirect("routines:plan_detail", plan.pk)
    handout = handout_of(plan, at=timezone.now())
    if handout.rests:
        messages.warning(request, _("By the client's answers of today nothing of this routine may be done now."))
        return redirect("routines:plan_detail", plan.pk)
    return _pdf(handout, by=request.member)


def _pdf(handout: Handout, *, by: Member | User) -> HttpResponse:
    plan = handout.plan
    drawn = draw_handout(handout, current_catalog(), stop_rules())
    with transaction.atomic():
        audit.record(by, "plan.printed", handout.version, practice=plan.client.practice, client_ref=plan.client_id)
    # The file's name says nothing of the client: it ends up in a downloads folder.
    name = f"routine-{handout.version.code}.pdf"
    return HttpResponse(
        drawn,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@public("from the code on a printed sheet; it tells only whether that sheet may still be followed")
def handout_check(request: HttpRequest, code: str) -> HttpResponse:
    versions = PlanVersion.objects.across_practices().select_related("plan__client").defer("checked_steps")
    version = versions.filter(code=code.upper()).first()
    at = timezone.now()
    current = is_current(version, at=at)
    context = {
        "known": version is not None,
        "current": current,
        "as_printed": current and is_as_printed(version, at=at),
    }
    response = render(request, "routines/handout/check.html", context, status=200 if version else 404)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
