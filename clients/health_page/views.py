import uuid
from typing import cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clients.health_page.page import clearable_choices, first_day_to_ask_again, read_screening_page
from clients.letters.forms import ClearanceForm
from clients.letters.letters import ClearanceRefused, record_clearance, withdraw_clearance
from clients.questionnaire.rules_text import check_rows, question_groups
from clients.questionnaire.versions import NoQuestionnaire, current_questionnaire
from clients.record.models import Clearance
from clients.roster.models import Client
from clients.screening.body_places import find_body_places
from clients.screening.entries import Outcome
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
        "outcome_words": page.questionnaire.evaluation.outcomes[cast("Outcome", page.record.overall)]
        if page.questionnaire and page.record
        else "",
        "ask_again_on": first_day_to_ask_again(page.findings),
        "clearance_form": form or (ClearanceForm(asked=choices) if choices and page.is_latest else None),
    }
    return render(request, "clients/screening/detail.html", context, status=status)


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


@needs("catalog.view")
def questionnaire_index(request: PracticeRequest) -> HttpResponse:
    """Every question, rule, effect, letter, check and source of the version in force."""
    try:
        version, questionnaire = current_questionnaire()
    except NoQuestionnaire:
        return render(request, "clients/questionnaire/empty.html")
    places = find_body_places()
    context = {
        "version": version,
        "questionnaire": questionnaire,
        "groups": question_groups(questionnaire, places.names if places else {}),
        "checks": check_rows(questionnaire),
    }
    return render(request, "clients/questionnaire/index.html", context)
