from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from practice.permissions import needs
from practice.requests import PracticeRequest
from routines.attention import attention


@needs("health.view")
def attention_today(request: PracticeRequest) -> HttpResponse:
    """The therapist's first page."""
    found = attention(request.practice, at=timezone.now())
    return render(request, "routines/attention/today.html", {"attention": found, "attention_count": found.count})
