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

from clients.intake.day_questions import DayForm, DayQuestions, complain_of_missing
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.plans.lookup import own_plan
from routines.plans.models import Plan
from routines.rechecking.recheck import checked_visibility
from routines.sessions.day_answers import (
    answer_day,
    blocked_messages,
    day_questions,
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
        return _show_blocked(request, session)
    visibility = checked_visibility(session.plan, at=at)
    if not visibility or session.state != RoutineSession.State.BEGUN:
        if not visibility:
            messages.warning(request, visibility.reason)
        return redirect("routines:portal_today")
    if not needs_day_answers(session):
        return redirect("routines:session_run", session.pk)
    form, status = _read(request, day_questions(session, at=at))
    if status is not None:
        return _show(request, session.plan, form, session=session, status=status)
    answered = answer_day(session, form.reply, by=request.user, at=at)
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
    if not may_check(plan):
        messages.warning(request, visibility.reason)
        return redirect("routines:portal_today")
    form, status = _read(request, questions_of_day(plan, at=at))
    if status is not None:
        return _show(request, plan, form, status=status)
    checked = answer_check(plan, form.reply, by=request.user, at=at)
    if checked.blocked:
        return redirect("routines:session_before", checked.blocked.pk)
    if checked.resumed:
        messages.success(request, _("Thank you. Your routine goes on."))
    else:
        messages.info(request, _("Thank you. Your answers are kept, and your therapist can see them."))
    return redirect("routines:portal_today")


def _read(request: HttpRequest, questions: DayQuestions) -> tuple[DayForm, int | None]:
    """The form as posted, and None where it is complete; else the form to show and its status."""
    if request.method != "POST":
        return questions.form(), 200
    if request.POST.get("etag") != questions.form().etag:
        messages.info(request, _("Something changed meanwhile. Please look at these once more."))
        return questions.form(), 200
    shown = request.POST.getlist("asked")
    differs = request.POST.getlist("differs")
    form = questions.with_opened({*shown, *differs}, request.POST if shown else None)
    if differs and not shown:
        return form, 200
    complain_of_missing(form, shown)
    if not form.is_complete:
        return form, 422 if form.in_need else 200
    return form, None


def _show(
    request: HttpRequest, plan: Plan, form: DayForm, *, session: RoutineSession | None = None, status: int = 200
) -> HttpResponse:
    context = {"plan": plan, "session": session, "form": form}
    return render(request, "routines/sessions/before.html", context, status=status)


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
