from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render

from practice.permissions.table import can, public
from practice.tenancy.requests import PracticeRequest


@public("the landing page; sends signed-in people to their own first page")
def home(request: PracticeRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(
            request, "practice/landing.html", {"demo_accounts": settings.DEMO_ACCOUNTS if settings.DEMO else []}
        )
    if can(request, "health.view"):
        return redirect("routines:attention_today")
    if can(request, "clients.view"):
        return redirect("clients:roster_list")
    if can(request, "catalog.edit"):
        return redirect("admin:index")
    return redirect("routines:portal_today")
