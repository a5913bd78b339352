from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.first_page.attention import SECTIONS, attention, attention_section


@needs("health.view")
def attention_today(request: PracticeRequest) -> HttpResponse:
    """The therapist's first page."""
    found = attention(request.practice, at=timezone.now())
    return render(request, "routines/attention/today.html", {"attention": found, "attention_count": found.count})


@needs("health.view")
def attention_all(request: PracticeRequest, section: str) -> HttpResponse:
    """One section of the first page in full."""
    if section not in SECTIONS:
        raise Http404
    found = attention_section(request.practice, section, at=timezone.now(), page=request.GET.get("page"))
    return render(request, "routines/attention/section.html", {"section": found, "page": found.page})
