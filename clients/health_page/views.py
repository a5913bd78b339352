import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clients.health_page.page import ScreeningPage, clearable_choices, first_day_to_ask_again, read_screening_page
from clients.letters.forms import ClearanceForm
from clients.letters.letters import ClearanceRefused, record_clearance, withdraw_clearance
from clients.record.models import Clearance
from clients.roster.models import Client
from clients.screening.outcome_words import what_to_do
from practice.audit import audit
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest


def _client(request: PracticeRequest, client_id: uuid.UUID) -> Client:
    found = Client.objects.for_practice(request.practice).select_related("therapist__user")
    client = get_object_or_404(found, pk=client_id)
    client.practice = request.practice
    return client


@needs("health.view")
@never_cache
def screening_detail(
    request: PracticeRequest, client_id: uuid.UUID, record_id: uuid.UUID | None = None
) -> HttpResponse:
    return _show(request, _client(request, client_id), record_id=record_id)


def _show(
    request: PracticeRequest,
    client: Client,
    *,
    record_id: uuid.UUID | None = None,
    form: ClearanceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = read_screening_page(client, at=timezone.now(), record_id=record_id)
    if page is None:
        raise Http404
    with transaction.atomic():
        audit.record(request.member, "screening.viewed", page.record or client)
    choices = clearable_choices(page)
    context = {
        "client": client,
        "page": page,
        "to_do": _to_do(client, page),
        "ask_again_on": first_day_to_ask_again(page.findings),
        "clearance_form": form or (ClearanceForm(asked=choices) if choices and page.is_latest else None),
    }
    return render(request, "clients/health_page/detail.html", context, status=status)


def _to_do(client: Client, page: ScreeningPage) -> str:
    if page.record is None:
        return ""
    number = client.practice.emergency_number
    name = Truncator(client.name).chars(60)
    return what_to_do(page.record.overall, page.record.urgency, name=name, emergency_number=number)


@needs("plans.edit")
@require_POST
def clearance_record(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    client = _client(request, client_id)
    at = timezone.now()
    page = read_screening_page(client, at=at)
    form = ClearanceForm(request.POST, request.FILES, asked=clearable_choices(page) if page else [])
    if form.is_valid():
        try:
            record_clearance(client, **form.cleaned_data, by=request.member, at=at)
        except ClearanceRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The letter is recorded and verified. The client was screened again."))
            return redirect("clients:screening_detail", client.pk)
    return _show(request, client, form=form, status=422)


@needs("plans.edit")
@require_POST
def clearance_withdraw(request: PracticeRequest, clearance_id: uuid.UUID) -> HttpResponse:
    found = Clearance.objects.for_practice(request.practice).select_related(
        "client__practice", "client__therapist__user"
    )
    letter = get_object_or_404(found, pk=clearance_id)
    if withdraw_clearance(letter, by=request.member, at=timezone.now()):
        messages.success(
            request, _("Withdrawn. The letter counts for nothing from now on; the client was screened again.")
        )
    else:
        messages.info(request, _("That letter was withdrawn already."))
    return redirect("clients:screening_detail", letter.client_id)
