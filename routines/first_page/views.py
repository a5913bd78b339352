import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.follow_up.way_back import way_back
from practice.permissions.table import needs
from practice.tenancy.models import Member
from practice.tenancy.requests import PracticeRequest
from routines.first_page.attention import SECTIONS, attention, attention_section
from routines.first_page.of_client import unsettled_of
from routines.notices.models import Notice
from routines.notices.settle import settle_notice
from routines.plans.lookup import get_client


@needs("health.view")
def attention_today(request: PracticeRequest) -> HttpResponse:
    """The therapist's first page."""
    mine = _mine(request)
    found = attention(request.practice, at=timezone.now(), mine=mine)
    context = {"attention": found, "attention_count": found.count, "is_mine": mine is not None}
    return render(request, "routines/first_page/today.html", context)


@needs("health.view")
def attention_all(request: PracticeRequest, section: str) -> HttpResponse:
    """One section of the first page in full."""
    if section not in SECTIONS:
        raise Http404
    mine = _mine(request)
    found = attention_section(
        request.practice, section, at=timezone.now(), number=request.GET.get("page"), mine=mine
    )
    context = {"section": found, "page": found.page, "is_mine": mine is not None}
    return render(request, "routines/first_page/section.html", context)


@needs("health.view")
def client_notices(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """One client's unsettled notices: a fragment for the client's page, or a page of its own without script."""
    client = get_client(request, client_id)
    template = "routines/first_page/_of_client.html" if request.htmx else "routines/first_page/of_client.html"
    return render(request, template, {"client": client, "matters": unsettled_of(client)})


@require_POST
@needs("plans.edit")
def notice_settle(request: PracticeRequest, notice_id: uuid.UUID) -> HttpResponse:
    found = Notice.objects.for_practice(request.practice).select_related("client__practice")
    notice = get_object_or_404(found, pk=notice_id)
    if settle_notice(notice, by=request.member, at=timezone.now()):
        messages.success(request, _("Seen. It no longer stands on the first page."))
    else:
        messages.info(request, _("Somebody has seen to this already."))
    return redirect(way_back(request, notice.client))


def _mine(request: PracticeRequest) -> Member | None:
    """The member themselves where only their own clients are asked for. The last choice holds until they sign out."""
    key = f"first_page_whose_{request.member.pk}"
    asked = request.GET.get("whose")
    if asked in ("mine", "all") and asked != request.session.get(key):
        request.session[key] = asked
    return request.member if request.session.get(key) == "mine" else None
