"""The end of the form: review, signature and thanks; and reading what was signed."""

import uuid

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.consent.consent import consents_in_force
from clients.intake.forms.signing import SigningForm
from clients.intake.guardian_copy import may_read_copy
from clients.intake.outcome_messages import messages_after
from clients.intake.read_back import read_intake
from clients.intake.respondent import SIGNED_KEY, Visit, leave_visit
from clients.intake.sections import place_of
from clients.intake.submit import LINK_HOLDER, Actor, IntakeStopped, IntakeUnanswered, submit_intake, unanswered_in
from clients.intake.views.sections import BY_LINK, with_visit
from clients.record.models import Consent, Intake
from clients.screening.answers import read_date
from practice.audit import audit
from practice.core.clock import local_today
from practice.permissions.table import can, public
from practice.tenancy.requests import PracticeRequest
from routines.catalog.markable import body_places


@public(BY_LINK)
@require_http_methods(["GET", "POST"])
@with_visit
def intake_review(request: PracticeRequest, visit: Visit) -> HttpResponse:
    if request.method == "POST" and visit.next_section is None:
        return _sign(request, visit)
    return _not_yet(visit) or _show_review(request, visit, _signing_form(visit))


def _not_yet(visit: Visit) -> HttpResponse | None:
    """Where to go before anything is signed: to the red flag, or to the first section that is not saved."""
    if visit.assessment.screening.is_urgent:
        return redirect("clients:intake_stop")
    return redirect("clients:intake_section", visit.next_section.number) if visit.next_section else None


def _signing_form(visit: Visit, posted: QueryDict | None = None) -> SigningForm:
    agreed = consents_in_force(visit.client) if posted is None else frozenset()
    return SigningForm(
        posted,
        client=visit.client,
        today=visit.today,
        guardian_signs=visit.guardian_signs,
        initial={"revision": visit.intake.revision, "reminders": Consent.Purpose.REMINDERS in agreed},
    )


def _show_review(request: PracticeRequest, visit: Visit, form: SigningForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "intake": visit.intake,
        "steps": len(visit.sections) + 1,
        "blocks": read_intake(visit.intake, today=visit.today, place_names=visit.body.names),
        "missing": _missing(visit),
        "practice": visit.client.practice,
        "client": visit.client,
    }
    return render(request, "clients/intake/review.html", context, status=status)


def _missing(visit: Visit) -> list[dict[str, object]]:
    section_of = {group: section for section in visit.sections for group in section.groups}
    return [
        {
            "question": question,
            "section": (section := section_of[question.group]),
            "place": place_of(visit.questionnaire, section, question.slug),
        }
        for question in unanswered_in(visit.intake, visit.today)
    ]


def _sign(request: PracticeRequest, visit: Visit) -> HttpResponse:
    form = _signing_form(visit, request.POST)
    if not form.is_valid():
        return _show_again(request, visit, form)
    if form.cleaned_data["revision"] != visit.intake.revision:
        form.add_error(
            None, _("Some answers were changed on another device meanwhile. Please read them once more, then sign.")
        )
        shown = request.POST.copy()
        shown["revision"] = str(visit.intake.revision)
        form.data = shown
        return _show_again(request, visit, form)
    try:
        signed = submit_intake(visit.intake, signature=form.signature, consents=form.consents, by=visit.by, at=visit.at)
    except IntakeUnanswered:
        form.add_error(None, _("Some questions are still open. They are listed above."))
        return _show_again(request, visit, form)
    except IntakeStopped:
        return redirect("clients:intake_stop")
    leave_visit(request, signed)
    return redirect("clients:intake_done")


def _show_again(request: PracticeRequest, visit: Visit, form: SigningForm) -> HttpResponse:
    return _not_yet(visit) or _show_review(request, visit, form, status=422)


@public("shows the intake that this browser has just signed; checks the session")
def intake_done(request: PracticeRequest) -> HttpResponse:
    intake = _signed_here(request, request.session.get(SIGNED_KEY))
    if intake is None:
        return redirect("clients:intake_begin")
    record = intake.screenings.filter(cause="intake").first()
    context = {
        "intake": intake,
        "copy_goes_out": intake.guardian_id is not None,
        "practice": intake.client.practice,
        "words": messages_after(record),
        "must_act": record is not None and record.overall in ("STOP", "REFER"),
        "letter_may_help": record is not None and any(row["outcome"] == "REFER" for row in record.findings),
    }
    response = render(request, "clients/intake/done.html", context)
    add_never_cache_headers(response)
    return response


def _signed_here(request: PracticeRequest, intake_id: str | None) -> Intake | None:
    if not intake_id:
        return None
    return _readable().filter(pk=intake_id).first()


def _readable() -> QuerySet[Intake]:
    return (
        Intake.objects.across_practices()
        .submitted()
        .select_related("client__practice", "questionnaire")
        .defer("questionnaire__document")
    )


@public("the client by sign-in or by the session that signed it, or staff who may read health answers; checks itself")
def intake_read(request: PracticeRequest, intake_id: uuid.UUID) -> HttpResponse:
    """A signed intake, to read and print. 404 for another's, 403 for ours without the right to read answers."""
    intake = get_object_or_404(_readable(), pk=intake_id)
    by, is_staff = _reader(request, intake)
    names = body_places().names
    day = local_today(intake.submitted_at or timezone.now(), intake.client.time_zone)
    with transaction.atomic():
        audit.record(by, "intake.viewed", intake, practice=intake.client.practice)
    context = {
        "intake": intake,
        "client": intake.client,
        "practice": intake.client.practice,
        "blocks": read_intake(intake, today=day, place_names=names),
        "consents": intake.consents.all(),
        "signed_on": read_date((intake.signature or {}).get("on")),
        "is_staff": is_staff,
        "shows_guardian": is_staff or intake.guardian_id == request.user.pk,
        "shell": "staff.html" if is_staff else "client.html",
    }
    response = render(request, "clients/intake/read.html", context)
    add_never_cache_headers(response)
    return response


@public("from the mail to a guardian: sends to sign in first, then to the page that checks who reads")
def intake_copy(request: PracticeRequest, intake_id: uuid.UUID) -> HttpResponse:
    """The guardian's way to the copy. The link alone shows nothing: a code sent to the same address comes first."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("account_request_login_code"))
    return redirect("clients:intake_read", intake_id)


def _reader(request: PracticeRequest, intake: Intake) -> tuple[Actor, bool]:
    client = intake.client
    if request.session.get(SIGNED_KEY) == str(intake.pk):
        return (request.user if request.user.is_authenticated else LINK_HOLDER), False
    if request.user.is_authenticated and client.user_id == request.user.pk and client.archived_at is None:
        return request.user, False
    if request.user.is_authenticated and may_read_copy(
        intake, request.user, local_today(timezone.now(), client.time_zone)
    ):
        return request.user, False
    if request.member and request.practice.pk == client.practice_id:
        if not can(request, "health.view"):
            raise PermissionDenied
        return request.member, True
    raise Http404
