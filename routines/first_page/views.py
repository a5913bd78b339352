from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from practice.audit import audit
from practice.permissions.table import needs
from practice.tenancy.models import Member
from practice.tenancy.requests import PracticeRequest
from routines.first_page.attention import SECTIONS, attention, attention_section


@needs("health.view")
def attention_today(request: PracticeRequest) -> HttpResponse:
    """The therapist's first page."""
    mine = _mine(request)
    found = attention(request.practice, at=timezone.now(), mine=mine)
    _note(request)
    context = {"attention": found, "attention_count": found.count, "is_mine": mine is not None}
    return render(request, "routines/first_page/today.html", context)


@needs("health.view")
def attention_all(request: PracticeRequest, section: str) -> HttpResponse:
    """One section of the first page in full."""
    if section not in SECTIONS:
        raise Http404
    mine = _mine(request)
    found = attention_section(request.practice, section, at=timezone.now(), number=request.GET.get("page"), mine=mine)
    _note(request)
    context = {"section": found, "page": found.page, "is_mine": mine is not None}
    return render(request, "routines/first_page/section.html", context)


def _note(request: PracticeRequest) -> None:
    """The rows say what clients answered, so that somebody has read them is kept."""
    with transaction.atomic():
        audit.record(request.member, "attention.viewed", request.practice)


def _mine(request: PracticeRequest) -> Member | None:
    """The member themselves where only their own clients are asked for. The last choice holds until they sign out."""
    key = f"first_page_whose_{request.member.pk}"
    asked = request.GET.get("whose")
    if asked in ("mine", "all") and asked != request.session.get(key):
        request.session[key] = asked
    return request.member if request.session.get(key) == "mine" else None
