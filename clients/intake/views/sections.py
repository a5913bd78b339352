"""The pages of the form: begin, one section at a time, and what to do on a red flag."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from clients.intake.forms.section import SectionForm
from clients.intake.respondent import CLIENT_KEY, SIGNED_KEY, Visit, begin_visit, find_visit, note_signed, own_clients
from clients.intake.section_page import (
    SavedSection,
    asked_in,
    last_place,
    next_place,
    read_section,
    save_section,
    screen_at,
    stored_section,
)
from clients.intake.sections import Section, place_of, screen_of
from clients.intake.submit import IntakeClosed, stop_intake
from clients.questionnaire.versions import NoQuestionnaire
from clients.roster.models import Client
from practice.permissions.table import needs, public
from practice.tenancy.requests import PracticeRequest
from routines.catalog.versions import CatalogMissing

BY_LINK = "opened by an invitation link or by the client signed in; checks the session on each request"
VisitView = Callable[..., HttpResponse]


def with_visit(view: VisitView) -> VisitView:
    """Pass the visit to the view; without one, the page says how to come in. Answers are never cached."""

    @wraps(view)
    def opened(request: PracticeRequest, **kwargs: object) -> HttpResponse:
        visit = find_visit(request, timezone.now())
        try:
            response = view(request, visit, **kwargs) if visit else _no_visit(request)
        except CatalogMissing:
            response = _not_ready(request)
        add_never_cache_headers(response)
        return response

    return opened


def _no_visit(request: PracticeRequest) -> HttpResponse:
    if request.session.get(SIGNED_KEY) or note_signed(request):
        return go(request, "clients:intake_done")
    response = render(request, "clients/intake/closed.html", status=410)
    if request.htmx:
        return HttpResponseClientRedirect(reverse("clients:intake_begin"))
    return response


def _not_ready(request: PracticeRequest) -> HttpResponse:
    """The installation has no questions or no places yet: no half of a form may be shown."""
    return render(request, "clients/intake/not_ready.html", status=503)


def go(request: PracticeRequest, name: str, *args: object) -> HttpResponse:
    if request.htmx:
        return HttpResponseClientRedirect(reverse(name, args=args))
    return redirect(name, *args)


@public(BY_LINK)
def intake_begin(request: PracticeRequest) -> HttpResponse:
    """The page that an invitation leads to: begins or resumes, and goes on at the first section not saved yet."""
    try:
        visit = begin_visit(request, timezone.now())
    except NoQuestionnaire:
        return _not_ready(request)
    if visit is None:
        return _no_visit(request)
    if visit.assessment.screening.is_urgent:
        return redirect("clients:intake_stop")
    section = visit.next_section
    return redirect("clients:intake_section", section.number) if section else redirect("clients:intake_review")


@needs("portal.use")
@require_http_methods(["GET", "POST"])
def intake_own(request: PracticeRequest) -> HttpResponse:
    """A signed-in client begins, resumes, or answers again."""
    clients = list(own_clients(request.user))
    if request.method == "POST":
        chosen: Client | None = next(
            (client for client in clients if str(client.pk) == request.POST.get("client")), None
        )
        if chosen is None:
            raise Http404
        request.session[CLIENT_KEY] = str(chosen.pk)
        return redirect("clients:intake_begin")
    return render(request, "clients/intake/own.html", {"clients": clients})


@public(BY_LINK)
@require_http_methods(["GET", "POST"])
@with_visit
def intake_section(request: PracticeRequest, visit: Visit, number: int) -> HttpResponse:
    section = next((section for section in visit.sections if section.number == number), None)
    if section is None:
        raise Http404
    if not visit.may_see(section):
        return go(request, "clients:intake_begin")
    if section.is_one_by_one:
        return _to_screen(request, section, next_place(visit, section) or last_place(visit, section))
    if request.method == "POST":
        return _post_section(request, visit, section)
    if _is_stopped_elsewhere(visit, section):
        return redirect("clients:intake_stop")
    return _show(request, visit, section, stored_section(visit, section))


def _to_screen(request: PracticeRequest, section: Section, place: int) -> HttpResponse:
    address = reverse("clients:intake_screen", args=[section.number, place])
    return redirect(f"{address}?from=review" if request.GET.get("from") == "review" else address)


@public(BY_LINK)
@require_http_methods(["GET", "POST"])
@with_visit
def intake_screen(request: PracticeRequest, visit: Visit, number: int, place: int) -> HttpResponse:
    """One question of a section that asks one by one. A tap on its answer saves it and shows the next."""
    whole = next((section for section in visit.sections if section.number == number), None)
    section = screen_of(visit.questionnaire, whole, place) if whole and whole.is_one_by_one else None
    if whole is None or section is None:
        raise Http404
    if not visit.may_see(section):
        return go(request, "clients:intake_begin")
    if request.method == "POST":
        return _post_section(request, visit, section)
    if _is_stopped_elsewhere(visit, section):
        return redirect("clients:intake_stop")
    if section.only not in {question.slug for question in asked_in(visit, section)}:
        return _to_screen(request, section, next_place(visit, section) or last_place(visit, section))
    return _show(request, visit, section, stored_section(visit, section))


def _is_stopped_elsewhere(visit: Visit, section: Section) -> bool:
    """After a red flag the form does not go on, but the page with that answer stays open to correct a slip."""
    screening = visit.assessment.screening
    if not screening.is_urgent:
        return False
    if section.only:
        return section.only not in screening.urgent_questions
    groups = {visit.questionnaire.question_by_slug[slug].group for slug in screening.urgent_questions}
    return not groups & set(section.groups)


def _post_section(request: PracticeRequest, visit: Visit, section: Section) -> HttpResponse:
    action = request.POST.get("action", "next")
    form = read_section(visit, section, request.POST)
    if action == "none":
        form, action = form.filled_with_nothing(), "next"
    try:
        saved = save_section(visit, section, form, request.POST, action=action)
    except IntakeClosed:
        return go(request, "clients:intake_done")
    if visit.assessment.screening.is_urgent:
        stop_intake(visit.assessment, by=visit.by, at=visit.at)
        return go(request, "clients:intake_stop")
    if action == "change" and request.htmx:
        return _saved_meanwhile(request, visit, section, saved)
    if not saved.may_leave:
        return _show(request, visit, section, saved.form, status=422)
    return _leave(request, visit, section, back=action == "back")


def _leave(request: PracticeRequest, visit: Visit, section: Section, *, back: bool) -> HttpResponse:
    if back:
        return go(request, "clients:intake_section", max(section.number - 1, 1))
    if section.only and (place := next_place(visit, section)):
        return _to_screen(request, section, place)
    if request.GET.get("from") == "review" or section.number == len(visit.sections):
        return go(request, "clients:intake_review")
    return go(request, "clients:intake_section", section.number + 1)


def _show(
    request: PracticeRequest, visit: Visit, section: Section, form: SectionForm, *, status: int = 200
) -> HttpResponse:
    context = {**page_context(visit, section), "form": form}
    if section.only:
        screen = screen_at(visit, section)
        title = _("Question %(number)d of %(total)d") % {"number": screen.number, "total": screen.total}
        context |= {"screen": screen, "field": form.fields[0], "title": title}
        return render(request, "clients/intake/screen.html", context, status=status)
    return render(request, "clients/intake/section.html", context, status=status)


def page_context(visit: Visit, section: Section) -> dict[str, object]:
    return {
        "intake": visit.intake,
        "section": section,
        "steps": len(visit.sections) + 1,
        "practice": visit.client.practice,
        "is_stopped": visit.assessment.screening.is_urgent,
        "title": _("Step %(number)d of %(total)d") % {"number": section.number, "total": len(visit.sections) + 1},
    }


def _saved_meanwhile(request: PracticeRequest, visit: Visit, section: Section, saved: SavedSection) -> HttpResponse:
    """Only the parts that the save changed on the page: nothing that is being typed is touched."""
    context = {
        **page_context(visit, section),
        "form": saved.form,
        "changed": saved.changed(request.POST.getlist("shown")),
    }
    return render(request, "clients/intake/_saved.html", context)


@public(BY_LINK)
@with_visit
def intake_stop(request: PracticeRequest, visit: Visit) -> HttpResponse:
    screening = visit.assessment.screening
    if not screening.is_urgent:
        return redirect("clients:intake_begin")
    urgent = screening.urgent_findings
    group = visit.questionnaire.question_by_slug[urgent[0].questions[0]].group
    section = next(section for section in visit.sections if group in section.groups)
    asked = urgent[0].questions[0]
    context = {
        "urgency": screening.urgency,
        "messages_to_client": list(dict.fromkeys(finding.client_message for finding in urgent)),
        "practice": visit.client.practice,
        "section": section,
        "place": place_of(visit.questionnaire, section, asked),
    }
    return render(request, "clients/intake/stop.html", context)
