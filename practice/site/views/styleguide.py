from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from practice.mail.views.demo import in_demo_only
from practice.permissions.table import needs


@needs("clients.view")
@in_demo_only
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every shared piece of the look, to copy from."""
    return render(request, "practice/styleguide.html")
