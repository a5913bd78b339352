"""What became of each due moment: of one client, and of the whole practice."""

import uuid
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clients.roster.models import Client
from practice.core.clock import local_today
from practice.mail.models import OutboundMessage
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.plans.lookup import get_client
from routines.reminders.forms.ledger import ReminderSearch
from routines.reminders.ledger import day_in_words, figures_of
from routines.reminders.models import Reminder, ReminderAnswer
from routines.reminders.views.unsubscribe import wants_reminders

ROWS_A_PAGE = 50
MESSAGES_SHOWN = 20


@needs("outbox.view")
def client_ledger(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    client = get_client(request, client_id)
    now = timezone.now()
    today = local_today(now, client.time_zone)
    yesterday = today - timedelta(days=1)
    rows = _rows(request).filter(plan__client=client)
    near = list(rows.filter(local_day__gte=yesterday, due_at__gt=now - timedelta(days=3)))  # planned 48 hours ahead
    context = {
        "client": client,
        "answers": [day_in_words(near, day, at=now, time_zone=client.time_zone) for day in (yesterday, today)],
        "page": Paginator(rows.filter(due_at__lte=now), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "ahead": [row for row in reversed(near) if row.due_at > now][:8],
        "today": today,
        "yesterday": yesterday,
        "wants": wants_reminders(client),
        "others": _other_messages(request, client),
    }
    return render(request, "routines/reminders/client_ledger.html", context)


@needs("outbox.view")
def practice_ledger(request: PracticeRequest) -> HttpResponse:
    now = timezone.now()
    today = local_today(now, request.practice.time_zone)
    search = ReminderSearch(request.GET, today=today)
    found = search.narrow(_rows(request).select_related("plan__client"))
    day = search.day_asked
    context: dict[str, Any] = {
        "search": search,
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "day": day,
        "before": day - timedelta(days=1) if day else None,
        "after": day + timedelta(days=1) if day else None,
        "outcome": search.cleaned_data.get("outcome", "") if search.is_valid() else "",
        "today": today,
        "yesterday": today - timedelta(days=1),
        "figures": figures_of(request.practice, at=now),
        "query": _query(request),
    }
    return render(request, "routines/reminders/practice_ledger.html", context)


def _rows(request: PracticeRequest) -> QuerySet[Reminder]:
    """With their message and what the client answered; without the texts of plans."""
    answers = ReminderAnswer.objects.for_practice(request.practice).select_related("again")
    rows = Reminder.objects.for_practice(request.practice).select_related("plan", "message")
    rows = rows.prefetch_related(Prefetch("answers", queryset=answers))
    rows = rows.defer("plan__note_to_client", "plan__therapist_note", "plan__state_reason", "message__context")
    return rows.order_by("-due_at", "pk")


def _other_messages(request: PracticeRequest, client: Client) -> list[OutboundMessage]:
    ours = OutboundMessage.objects.for_practice(request.practice).filter(client_ref=client.pk)
    return list(ours.exclude(kind="reminder").defer("context")[:MESSAGES_SHOWN])


def _query(request: PracticeRequest) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
