"""Between "begin" and the routine: the short check of the day, one tap and the pain when nothing has changed."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clients.intake.day_form import DayForm, complain_of_missing
from clients.intake.forms.section import QuestionField
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.plans.models import Plan
from routines.rechecking.recheck import checked_visibility
from routines.sessions.day_answers import answer_day, blocked_messages, day_questions, needs_day_answers
from routines.sessions.lookup import own_session
from routines.sessions.models import RoutineSession


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
    questions = day_questions(session, at=at)
    if request.method != "POST":
        return _show(request, session, questions.form())
    form, shown = questions.read(request.POST), questions.shown_in(request.POST)
    if request.POST.get("etag") != form.etag:
        messages.info(request, _("Something changed meanwhile. Please look at these once more."))
        return _show(request, session, form)
    if request.htmx and request.POST.get("action") == "change":
        changed = form.changed(request.POST.getlist("shown"))
        context = {"changed": changed, "next": form.first_unseen(shown)}
        return render(request, "routines/sessions/_before_changed.html", context)
    complain_of_missing(form, shown)
    if not form.is_complete:
        return _show(request, session, form, next=form.first_unseen(shown), status=422 if form.in_need else 200)
    answered = answer_day(session, form.reply, by=request.user, at=at)
    if answered.state == RoutineSession.State.BLOCKED:
        return redirect("routines:session_before", session.pk)
    return redirect("routines:session_run", session.pk)


def _show(
    request: PracticeRequest,
    session: RoutineSession,
    form: DayForm,
    *,
    next: QuestionField | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"session": session, "form": form, "next": next}
    return render(request, "routines/sessions/before.html", context, status=status)


def _show_blocked(request: PracticeRequest, session: RoutineSession) -> HttpResponse:
    context = {
        "session": session,
        "urgency": session.log.get("day", {}).get("urgency", ""),
        "messages_to_client": blocked_messages(session),
        "practice_of_plan": session.plan.client.practice,
        "is_resting": session.plan.state == Plan.State.SUSPENDED,
    }
    return render(request, "routines/sessions/blocked.html", context)
