import uuid
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.account.account import change_own_settings
from clients.account.forms import AccountForm
from clients.consent.consent import NEEDED_FOR_A_PLAN, consents_in_force, give_consents, withdraw_consent
from clients.record.models import Consent
from clients.roster.models import Client
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest


@needs("portal.use")
def portal_account(request: PracticeRequest) -> HttpResponse:
    """The person's own page: practices, language, clocks, consents, what they signed, how they sign in."""
    records = list(
        Client.objects.of_user(request.user)
        .select_related("practice", "therapist__user")
        .order_by("registered_at")
        .prefetch_related("consents", "intakes")
    )
    first = records[0] if records else None
    language = first.language if first else request.user.language or settings.LANGUAGE_CODE
    form = AccountForm(
        request.POST or None, initial={"language": language, "time_zone": first.time_zone if first else ""}
    )
    if request.method == "POST" and form.is_valid():
        change_own_settings(request.user, **form.cleaned_data, at=timezone.now())
        messages.success(request, _("Saved."))
        response = redirect("clients:portal_account")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            form.cleaned_data["language"],
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response
    return render(
        request,
        "clients/account/account.html",
        {
            "form": form,
            "records": [(record, latest_consents(record), signed_intakes(record)) for record in records],
        },
    )


@needs("portal.use")
def portal_withdraw(request: PracticeRequest, client_id: uuid.UUID, purpose: str) -> HttpResponse:
    """Asks once, saying what follows; then takes the consent back."""
    record = _own_record(request, client_id, purpose)
    if request.method == "POST":
        withdraw_consent(record, purpose=purpose, by=request.user, at=timezone.now())
        messages.success(request, _("Your consent is withdrawn from now on."))
        return redirect("clients:portal_account")
    if purpose not in consents_in_force(record):
        return redirect("clients:portal_account")
    return render(
        request,
        "clients/account/withdraw.html",
        {
            "record": record,
            "purpose": Consent.Purpose(purpose),
            "pauses_plan": purpose in NEEDED_FOR_A_PLAN,
        },
    )


@needs("portal.use")
@require_POST
def portal_consent_again(request: PracticeRequest, client_id: uuid.UUID, purpose: str) -> HttpResponse:
    """Give a consent again in the words it had. A paused plan waits for the therapist all the same."""
    record = _own_record(request, client_id, purpose)
    before = record.consents.filter(purpose=purpose).first()
    if before is None:
        raise Http404
    give_consents(record, wordings={purpose: before.wording}, by=request.user, at=timezone.now())
    messages.success(request, _("Thank you. Your consent is noted."))
    return redirect("clients:portal_account")


def latest_consents(record: Client) -> list[Consent]:
    """The newest consent per purpose, from the rows in hand."""
    ordered = sorted(record.consents.all(), key=lambda consent: (consent.purpose, consent.given_at))
    return [list(same)[-1] for _purpose, same in groupby(ordered, key=lambda consent: consent.purpose)]


def signed_intakes(record: Client) -> list:
    return [intake for intake in record.intakes.all() if intake.is_submitted]


def _own_record(request: PracticeRequest, client_id: uuid.UUID, purpose: str) -> Client:
    if purpose not in Consent.Purpose.values:
        raise Http404
    return get_object_or_404(Client.objects.of_user(request.user).select_related("practice"), pk=client_id)
