from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from practice.audit.forms import AuditSearch
from practice.audit.models import AuditEntry
from practice.audit.text import read_lines
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest

LINES_A_PAGE = 50


@needs("audit.view")
def audit_list(request: PracticeRequest) -> HttpResponse:
    search = AuditSearch(request.GET, practice=request.practice)
    entries = search.narrow(AuditEntry.objects.for_practice(request.practice).select_related("by"))
    page = Paginator(entries, LINES_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "practice/audit/list.html",
        {
            "search": search,
            "query": _without_page(request),
            "page": page,
            "lines": read_lines(request.practice, page.object_list),
        },
    )


def _without_page(request: PracticeRequest) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
