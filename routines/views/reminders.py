"""What became of each due moment of a client, and the page behind the “no more reminders” link."""

import uuid
from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clients.models import Client, Consent
from practice.clock import local_today
from practice.models import OutboundMessage
from practice.permissions import needs, public
from practice.requests import PracticeRequest
from routines import reminders
from routines.models import Reminder
from routines.views.lookup import get_client

ROWS_A_PAGE = 50
MESSAGES_SHOWN = 20


@needs("outbox.view")
def client_ledger(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    client = get_client(request, client_id)
    now = timezone.now()
    rows = Reminder.objects.for_practice(request.practice).filter(plan__client=client).select_related("plan", "message")
    rows = rows.defer("plan__note_to_client", "plan__therapist_note", "plan__state_reason", "message__context")
    today = local_today(now, client.time_zone)
    context = {
        "client": client,
        "page": Paginator(rows.filter(due_at__lte=now), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "ahead": list(rows.filter(due_at__gt=now).order_by("due_at")[:8]),
        "today": today,
        "yesterday": today - timedelta(days=1),
        "wants": _wants(client),
        "others": _other_messages(request, client),
    }
    return render(request, "routines/reminders/client_ledger.html", context)


def _wants(client: Client) -> bool:
    consents = Consent.objects.for_practice(client.practice_id).in_force().filter(client=client)
    return consents.filter(purpose=Consent.Purpose.REMINDERS).exists()


def _other_messages(request: PracticeRequest, client: Client) -> list[OutboundMessage]:
    ours = OutboundMessage.objects.for_practice(request.practice).filter(client_ref=client.pk)
    return list(ours.exclude(kind="reminder").defer("context")[:MESSAGES_SHOWN])


# A mail program posts RFC 8058's one field without a cookie, so the signed link itself is the proof.
@csrf_exempt
@public("from the link in a reminder; the signed link names one client and can only stop their reminders")
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks, since link scanners open every link; POST acts and has acted when it answers."""
    try:
        client = reminders.client_of_link(token)
    except reminders.LinkInvalid:
        return render(request, "routines/reminders/stop_invalid.html", status=404)
    if request.method == "POST":
        reminders.stop_reminders(client, by=client.user, at=timezone.now())
    context = {"stopped": not _wants(client), "practice_name": client.practice.name}
    response = render(request, "routines/reminders/stop.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
