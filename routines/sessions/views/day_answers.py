"""Between "begin" and the routine: the short questions of the day. Also the same questions without a session."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clients.intake.day_form import DayForm, complain_of_missing
from clients.intake.day_questions import DayQuestions
from clients.record.day_answers import DayReply
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.plans.lookup import own_plan
from routines.plans.models import Plan
from routines.rechecking.recheck import checked_visibility
from routines.sessions.day_answers import (
    answer_day,
    blocked_messages,
    day_questions,
    is_answered,
    needs_day_answers,
    questions_of_day,
)
from routines.sessions.day_check import answer_check, may_check
from routines.sessions.lookup import own_session
from routines.sessions.models import RoutineSession
from routines.today.back import moment_words


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("portal.use")
def session_before(request: PracticeRequest, session_id: uuid.UUID) -> HttpResponse:
    """Ask what the session depends on; a blocked one shows what to do instead."""
    session, at = own_session(request, session_id), timezone.now()
    if session.state == RoutineSession.State.BLOCKED:
        is_told = request.method == "POST" and is_answered(session)
        return _from_second_device(request, session) if is_told else _show_blocked(request, session)
    visibility = checked_visibility(session.plan, at=at)
    if not visibility or session.state != RoutineSession.State.BEGUN:
        if request.method == "POST":  # what was told meanwhile counts, whatever became of the session
            return _check(request, session.plan)
        if not visibility:
            messages.warning(request, visibility.reason)
        return redirect("routines:portal_today")
    if is_answered(session) and request.method == "POST":
        return _from_second_device(request, session)
    if not needs_day_answers(session):
        return redirect("routines:session_run", session.pk)
    form, page = _read(request, day_questions(session, at=at), session.plan, session)
    if page:
        return page
    answered = answer_day(session, form.reply, by=request.user, at=at)
    if answered.state == RoutineSession.State.BLOCKED:
        return redirect("routines:session_before", session.pk)
    return redirect("routines:session_run", session.pk)


def _from_second_device(request: PracticeRequest, session: RoutineSession) -> HttpResponse:
    """The questions were answered from elsewhere meanwhile: what this page was told is not lost, and never loosens."""
    at = timezone.now()
    form = day_questions(session, at=at).read(request.POST)
    told = {slug: value for slug, value in form.values.items() if slug in form.answered}
    answered = answer_day(session, DayReply(told, frozenset(told)), by=request.user, at=at) if told else session
    if answered.state == RoutineSession.State.BLOCKED:
        return redirect("routines:session_before", session.pk)
    return redirect("routines:session_run", session.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("portal.use")
def day_check(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    """The same questions without a session: something changed, or a pause may be over."""
    plan, at = own_plan(request, plan_id), timezone.now()
    visibility = checked_visibility(plan, at=at)
    has_told = request.method == "POST" and plan.current_version is not None
    if not may_check(plan) and not has_told:
        messages.warning(request, visibility.reason)
        return redirect("routines:portal_today")
    return _check(request, plan)


def _check(request: PracticeRequest, plan: Plan) -> HttpResponse:
    at = timezone.now()
    form, page = _read(request, questions_of_day(plan, at=at), plan)
    if page:
        return page
    checked = answer_check(plan, form.reply, by=request.user, at=at)
    if checked.blocked:
        return redirect("routines:session_before", checked.blocked.pk)
    if checked.resumed:
        messages.success(request, _("Thank you. Your routine goes on."))
    else:
        messages.info(request, _("Thank you. Your answers are kept, and your therapist can see them."))
    return redirect("routines:portal_today")


def _read(
    request: PracticeRequest, questions: DayQuestions, plan: Plan, session: RoutineSession | None = None
) -> tuple[DayForm, HttpResponse | None]:
    """The check as posted, and None where it is complete; else the page to show."""
    context: dict[str, object] = {"plan": plan, "session": session}
    if request.method != "POST":
        form = questions.form()
        return form, _show(request, form, context)
    form, shown = questions.read(request.POST), questions.shown_in(request.POST)
    if request.POST.get("etag") != form.etag:
        messages.info(request, _("Something changed meanwhile. Please look at these once more."))
        return form, _show(request, form, context)
    context["next"] = form.first_unseen(shown)
    if request.htmx and request.POST.get("action") == "change":
        context["changed"] = form.changed(request.POST.getlist("shown"))
        return form, _show(request, form, context, template="_before_changed.html")
    complain_of_missing(form, shown)
    if not form.is_complete:
        return form, _show(request, form, context, status=422 if form.in_need else 200)
    return form, None


def _show(
    request: PracticeRequest,
    form: DayForm,
    context: dict[str, object],
    *,
    template: str = "before.html",
    status: int = 200,
) -> HttpResponse:
    return render(request, f"routines/sessions/{template}", {**context, "form": form}, status=status)


def _show_blocked(request: HttpRequest, session: RoutineSession) -> HttpResponse:
    day = session.log.get("day")
    until = parse_datetime(day.get("until", "")) if day else None
    context = {
        "session": session,
        "urgency": day["urgency"] if day else "",
        "messages_to_client": blocked_messages(session),
        "practice_of_plan": session.plan.client.practice,
        "is_resting": session.plan.state == Plan.State.SUSPENDED,
        "back": moment_words(session.plan, until, at=timezone.now()) if until else "",
    }
    return render(request, "routines/sessions/blocked.html", context)
