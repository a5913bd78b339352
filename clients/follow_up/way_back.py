"""Where a form of the practice leads back to."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from clients.roster.models import Client
from practice.tenancy.requests import PracticeRequest


def way_back(request: PracticeRequest, client: Client) -> str:
    """The page of ours that the person came from, as its form says; else the client's findings."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return reverse("clients:screening_detail", args=[client.pk])
