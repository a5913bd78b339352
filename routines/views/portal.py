"""The client's own pages. Everything is looked up from the signed-in person, never from a practice."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from practice.permissions import needs
from practice.requests import PracticeRequest
from routines.catalog_store import current_catalog
from routines.models import RoutineSession
from routines.portal import todays_plans

PER_PAGE = 30


@needs("portal.use")
def portal_today(request: PracticeRequest) -> HttpResponse:
    context = {"plans": todays_plans(request.user, at=timezone.now()), "catalog": current_catalog(), "scale": range(11)}
    return render(request, "routines/portal/today.html", context)


@needs("portal.use")
def portal_plan(request: PracticeRequest) -> HttpResponse:
    """The whole of each plan, every phase with its steps."""
    context = {"plans": todays_plans(request.user, at=timezone.now()), "catalog": current_catalog()}
    return render(request, "routines/portal/plan.html", context)


@needs("portal.use")
def portal_history(request: PracticeRequest) -> HttpResponse:
    sessions = RoutineSession.objects.across_practices().filter(plan__client__user=request.user).select_related("plan")
    page = Paginator(sessions.order_by("-begun_at"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "routines/portal/history.html", {"page": page})
