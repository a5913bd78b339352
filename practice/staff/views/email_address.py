from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest


@needs("account.use")
@require_safe
def address_fixed(request: PracticeRequest) -> HttpResponse:
    """Stands where allauth lets people change their address by themselves.

    There, an address that nobody has proved could be made one's own, and the next practice that registers the real
    owner of it would hand their record to the wrong person. The practice corrects an address instead.
    """
    return render(request, "practice/address/fixed.html")
