"""The client's own pages. Everything is looked up from the signed-in person, never from a practice."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.plans.lookup import own_plan
from routines.portal.today import note_opened, todays_plans
from routines.rechecking.recheck import checked_visibility
from routines.sessions.log import COMFORT
from routines.sessions.models import RoutineSession
from routines.today.next_part import answer_next_part

PER_PAGE = 30


@needs("portal.use")
def portal_today(request: PracticeRequest) -> HttpResponse:
    now = timezone.now()
    plans = todays_plans(request.user, at=now)
    note_opened(plans, by=request.user, at=now)
    context = {"plans": plans, "catalog": plans[0].catalog if plans else None, "scale": COMFORT}
    return render(request, "routines/portal/today.html", context)


@require_POST
@needs("portal.use")
def portal_next_part(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    """How the last days felt, before a part with more pressure begins."""
    plan, now = own_plan(request, plan_id), timezone.now()
    is_fine = request.POST.get("felt") == "fine"
    if not checked_visibility(plan, at=now):
        return redirect("routines:portal_today")
    if not answer_next_part(plan, is_fine=is_fine, by=request.user, at=now):
        messages.info(request, _("No part of your routine waits for an answer now."))
    elif is_fine:
        messages.success(request, _("The next part begins today. Go gently at first."))
    else:
        messages.info(request, _("Then stay with this part. Your therapist has been told, and you can answer again."))
    return redirect("routines:portal_today")


@needs("portal.use")
def portal_plan(request: PracticeRequest) -> HttpResponse:
    """The whole of each plan, every phase with its steps."""
    now = timezone.now()
    plans = todays_plans(request.user, at=now)
    note_opened(plans, by=request.user, at=now)
    context = {"plans": plans, "catalog": plans[0].catalog if plans else None}
    return render(request, "routines/portal/plan.html", context)


@needs("portal.use")
def portal_history(request: PracticeRequest) -> HttpResponse:
    own = RoutineSession.objects.of_user(request.user).select_related("plan__current_version")
    page = Paginator(own.order_by("-begun_at"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "routines/portal/history.html", {"page": page})
