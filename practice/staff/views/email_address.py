from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest


@needs("account.use")
@require_safe
def address_fixed(request: PracticeRequest) -> HttpResponse:
    """Takes the place of the page where allauth lets people change their own address.

    There, somebody could claim an address without proof, and the next practice that registers its real owner would
    give their record to the wrong person. The practice corrects an address instead.
    """
    return render(request, "practice/staff/email_address.html")
