"""The client's own pages. Everything is looked up from the signed-in person, never from a practice."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.portal.today import note_opened, todays_plans
from routines.sessions.log import COMFORT
from routines.sessions.models import RoutineSession

PER_PAGE = 30


@needs("portal.use")
def portal_today(request: PracticeRequest) -> HttpResponse:
    now = timezone.now()
    plans = todays_plans(request.user, at=now)
    note_opened(plans, by=request.user, at=now)
    context = {"plans": plans, "catalog": plans[0].catalog if plans else None, "scale": COMFORT}
    return render(request, "routines/portal/today.html", context)


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
