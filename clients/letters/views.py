"""Letters: sent by clients, read, verified and refused by therapists, and served to nobody else."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clients.health_page.page import letter_choices
from clients.letters.forms import LetterForm, RejectForm, VerifyForm
from clients.letters.letters import ClearanceRefused, receive_clearance, reject_clearance, verify_clearance
from clients.letters.sanitize_file import EXTENSIONS
from clients.record.models import Clearance, ClearanceFile
from clients.roster.models import Client
from practice.audit import audit
from practice.permissions.table import needs
from practice.tenancy.models import Member, User
from practice.tenancy.requests import PracticeRequest


@needs("portal.use")
@never_cache
def clearance_own(request: PracticeRequest) -> HttpResponse:
    """A client's letters, and the form to send one."""
    records = list(Client.objects.of_user(request.user).select_related("practice").order_by("registered_at"))
    practices = [(str(record.pk), record.practice.name) for record in records]
    form = LetterForm(request.POST or None, request.FILES or None, practices=practices) if records else None
    if request.method == "POST" and form and _sent(request, form, records):
        return redirect("clients:clearance_own")
    letters = list(
        Clearance.objects.across_practices()
        .filter(client__in=records)
        .select_related("client__practice", "file")
        .defer("file__sealed")
    )
    context = {"form": form, "letters": letters, "several": len(records) > 1}
    status = 422 if request.method == "POST" else 200
    return render(request, "clients/clearance/own.html", context, status=status)


def _sent(request: PracticeRequest, form: LetterForm, records: Sequence[Client]) -> bool:
    if not form.is_valid():
        return False
    given: dict[str, Any] = dict(form.cleaned_data)
    chosen = given.pop("client")
    client = next(record for record in records if str(record.pk) == chosen)
    try:
        _letter, is_new = receive_clearance(client, **given, by=request.user, at=timezone.now())
    except ClearanceRefused as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    if is_new:
        messages.success(request, _("Thank you. Your therapist reads it; until then it changes nothing."))
    else:
        messages.info(request, _("This letter has arrived already."))
    return True


@needs("portal.use")
@require_safe
def clearance_own_file(request: PracticeRequest, clearance_id: uuid.UUID) -> HttpResponse:
    files = ClearanceFile.objects.across_practices().filter(
        letter__client__user=request.user, letter__client__archived_at=None
    )
    return _serve(get_object_or_404(files.select_related("letter__client__practice"), pk=clearance_id), by=request.user)


@needs("health.view")
@require_safe
def clearance_file(request: PracticeRequest, clearance_id: uuid.UUID) -> HttpResponse:
    files = ClearanceFile.objects.for_practice(request.practice).select_related("letter__client__practice")
    return _serve(get_object_or_404(files, pk=clearance_id), by=request.member)


def _serve(file: ClearanceFile, *, by: Member | User) -> HttpResponse:
    letter = file.letter
    with transaction.atomic():
        audit.record(by, "clearance.viewed", letter, practice=letter.client.practice)
    # The file's name tells nothing: it lies in a downloads folder.
    name = f"letter-{letter.recorded_at:%Y-%m-%d}.{EXTENSIONS[file.content_type]}"
    return HttpResponse(
        file.open(),
        content_type=file.content_type,
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Robots-Tag": "noindex",
        },
    )


@needs("health.view")
@never_cache
@require_safe
def clearance_read(request: PracticeRequest, clearance_id: uuid.UUID) -> HttpResponse:
    return _show(request, _letter(request, clearance_id))


@needs("plans.edit")
@never_cache
@require_POST
def clearance_verify(request: PracticeRequest, clearance_id: uuid.UUID) -> HttpResponse:
    letter = _letter(request, clearance_id)
    asked, others = letter_choices(letter.client)
    form = VerifyForm(request.POST, asked=asked, others=others)
    if form.is_valid():
        try:
            verify_clearance(letter, **form.cleaned_data, by=request.member, at=timezone.now())
        except ClearanceRefused as refusal:
            if refusal.field is None:
                return _too_late(request, letter, refusal)
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The letter is verified. The client was screened again."))
            return redirect("clients:screening_detail", letter.client_id)
    return _show(request, letter, verify=form, status=422)


@needs("plans.edit")
@never_cache
@require_POST
def clearance_reject(request: PracticeRequest, clearance_id: uuid.UUID) -> HttpResponse:
    letter = _letter(request, clearance_id)
    form = RejectForm(request.POST)
    if form.is_valid():
        try:
            reject_clearance(letter, reason=form.cleaned_data["reason"], by=request.member, at=timezone.now())
        except ClearanceRefused as refusal:
            if refusal.field is None:
                return _too_late(request, letter, refusal)
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Not accepted. The client reads your sentence and can send another letter."))
            return redirect("clients:screening_detail", letter.client_id)
    return _show(request, letter, reject=form, status=422)


def _too_late(request: PracticeRequest, letter: Clearance, refusal: ClearanceRefused) -> HttpResponse:
    messages.info(request, str(refusal))
    return redirect("clients:clearance_read", letter.pk)


def _letter(request: PracticeRequest, clearance_id: uuid.UUID) -> Clearance:
    found = (
        Clearance.objects.for_practice(request.practice)
        .select_related("client__practice", "client__therapist__user", "verified_by__user", "recorded_by", "file")
        .defer("file__sealed")
    )
    return get_object_or_404(found, pk=clearance_id)


def _show(
    request: PracticeRequest,
    letter: Clearance,
    *,
    verify: VerifyForm | None = None,
    reject: RejectForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if letter.is_undecided and verify is None:
        asked, others = letter_choices(letter.client)
        verify = VerifyForm(asked=asked, others=others, initial={"issued_by": letter.content["from"]})
    context = {
        "letter": letter,
        "client": letter.client,
        "file": getattr(letter, "file", None),
        "verify": verify,
        "reject": reject or RejectForm(),
    }
    return render(request, "clients/clearance/read.html", context, status=status)
