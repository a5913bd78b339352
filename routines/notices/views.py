import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.follow_up.way_back import way_back
from practice.audit import audit
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.notices.models import Notice
from routines.notices.settle import settle_notice
from routines.notices.unsettled import unsettled_of
from routines.plans.lookup import get_client


@needs("health.view")
def client_notices(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """One client's unsettled notices: a fragment for the client's page, or a page of its own without script."""
    client = get_client(request, client_id)
    if not request.htmx:  # the client's page has said so already
        with transaction.atomic():
            audit.record(request.member, "client.viewed", client)
    template = "routines/notices/_of_client.html" if request.htmx else "routines/notices/of_client.html"
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
