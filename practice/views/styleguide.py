from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from practice.permissions import needs
from practice.views.demo_mail import in_demo_only


@needs("clients.view")
@in_demo_only
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every shared piece of the look, to copy from."""
    return render(request, "practice/styleguide.html")
