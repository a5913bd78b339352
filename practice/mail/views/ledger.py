"""The ledger: every message of the practice, what became of it and why."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice.audit.text import client_names
from practice.mail import outbox
from practice.mail.forms import OutboxSearch
from practice.mail.models import OutboundMessage
from practice.permissions.table import needs
from practice.tenancy.models import Practice
from practice.tenancy.requests import PracticeRequest

MESSAGES_A_PAGE = 50
#: More doubtful messages than this are found with the filter.
DOUBTFUL_SHOWN = 20
State = OutboundMessage.State


@needs("outbox.view")
def outbox_ledger(request: PracticeRequest) -> HttpResponse:
    ours = OutboundMessage.objects.for_practice(request.practice).defer("context")
    search = OutboxSearch(request.GET, practice=request.practice)
    page = Paginator(search.narrow(ours), MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    doubtful = list(ours.unconfirmed()[:DOUBTFUL_SHOWN])
    _put_names(request.practice, [*page.object_list, *doubtful])
    context = {
        "search": search,
        "asked": {key: value for key, value in request.GET.items() if value and key != "page"},
        "page": page,
        "doubtful": doubtful,
        "figures": _figures(request.practice),
        "query": _query(request),
    }
    return render(request, "practice/outbox/ledger.html", context)


@needs("outbox.view")
@require_POST
def outbox_send_again(request: PracticeRequest, message_id: uuid.UUID) -> HttpResponse:
    message = get_object_or_404(
        OutboundMessage.objects.for_practice(request.practice).select_related("practice"), pk=message_id
    )
    try:
        outbox.send_again(message, by=request.member, at=timezone.now())
    except outbox.NotSendable:
        messages.info(request, _("Nothing was sent: this message is settled by now, or its time has passed."))
    else:
        messages.success(request, _("The message waits to be sent once more."))
    return redirect("practice:outbox_ledger")


def _figures(practice: Practice) -> dict[str, Any]:
    waiting, week = Q(state__in=OutboundMessage.OPEN_STATES), timezone.now() - timedelta(days=7)
    return OutboundMessage.objects.for_practice(practice).aggregate(
        sent=Count("pk", filter=Q(state=State.SENT, settled_at__gte=week)),
        waiting=Count("pk", filter=waiting & Q(not_before__lte=timezone.now())),
        oldest=Min("not_before", filter=waiting),
        unconfirmed=Count("pk", filter=Q(state=State.UNCONFIRMED)),
        failed=Count("pk", filter=Q(state=State.FAILED, settled_at__gte=week)),
    )


def _put_names(practice: Practice, shown: list[OutboundMessage]) -> None:
    """Each message's `client_name`, in one query. An erased client has none."""
    refs = {message.client_ref for message in shown if message.client_ref}
    names: dict[uuid.UUID, str] = {}
    for look_up in client_names if refs else []:
        names.update(look_up(practice, refs))
    for message in shown:
        message.client_name = names.get(message.client_ref, "") if message.client_ref else ""  # type: ignore[attr-defined]


def _query(request: PracticeRequest) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
