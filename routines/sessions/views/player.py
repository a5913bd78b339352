"""Doing the routine: begin, follow it step by step, say how it was."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.catalog.versions import current_catalog
from routines.plans.lookup import own_plan
from routines.sessions import log
from routines.sessions.end import end_session
from routines.sessions.forms import FEELINGS, NOTE_LENGTH, STOP_FEELINGS, EndForm
from routines.sessions.go_on import standing_of
from routines.sessions.log import COMFORT, SessionRefused, checked_comfort
from routines.sessions.lookup import own_session
from routines.sessions.models import RoutineSession
from routines.sessions.player import player_steps
from routines.sessions.stop_rules import stop_rules


@require_POST
@needs("portal.use")
def session_begin(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = own_plan(request, plan_id)
    try:
        comfort = checked_comfort(request.POST.get("comfort"))
        session = log.begin_session(plan, by=request.user, at=timezone.now(), comfort_before=comfort)
    except SessionRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("routines:portal_today")
    return redirect("routines:session_run", session.pk)


# Never from the browser's cache: going back must not show a routine that was taken away meanwhile.
@never_cache
@needs("portal.use")
def session_run(request: PracticeRequest, session_id: uuid.UUID) -> HttpResponse:
    """The steps of the session's own version, one after another, with a timer where script runs."""
    session, at = own_session(request, session_id), timezone.now()
    if session.state == RoutineSession.State.BLOCKED:
        return redirect("routines:session_before", session.pk)
    standing = standing_of(session, at=at)
    if standing.asks_first:
        return redirect("routines:session_before", session.pk)
    today = standing.today
    if today is None or standing.refusal:
        if session.state == RoutineSession.State.BEGUN:
            messages.warning(request, standing.refusal)
        return redirect("routines:portal_today")
    context = {
        "session": session,
        "practice_of_plan": session.plan.client.practice,
        "title": session.version.content.title,
        "today": today,
        "day": today.day,
        "player_steps": player_steps(today.day.steps),
        "catalog": current_catalog(),
        "is_reduced": bool(session.log.get("day", {}).get("changes")) or today.is_changed,
        "has_offers": any(step.is_offer for step in today.day.steps),
        **_end_context(),
    }
    return render(request, "routines/sessions/run.html", context)


@never_cache
@require_safe
@needs("portal.use")
def session_may_go_on(request: PracticeRequest, session_id: uuid.UUID) -> HttpResponse:
    """What a running player asks before each step: 204, or 409 with why not, in words, and where to go.

    `steps` is the digest of the steps that the player shows: answers given elsewhere may have taken some away.
    """
    session = own_session(request, session_id)
    standing = standing_of(session, at=timezone.now())
    if standing.today is None or standing.refusal:
        return JsonResponse({"reason": standing.refusal, "url": reverse("routines:portal_today")}, status=409)
    if request.GET.get("steps") != standing.today.etag:
        reason = _("New answers have changed this routine. Please go on with the new one.")
        return JsonResponse({"reason": reason, "url": reverse("routines:session_run", args=[session.pk])}, status=409)
    return HttpResponse(status=204)


@require_POST
@needs("portal.use")
def session_end(request: PracticeRequest, session_id: uuid.UUID) -> HttpResponse:
    """Log what was done, also when the plan was taken away in the middle of it."""
    session = own_session(request, session_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _ask_again(request, session, form)
    known = {step.id for step in session.version.content.steps}
    had_ended = session.state != RoutineSession.State.BEGUN
    try:
        ended = end_session(
            session,
            by=request.user,
            at=timezone.now(),
            state=form.state,
            feeling=form.cleaned_data["feeling"],
            comfort_after=form.cleaned_data["comfort"],
            steps_done=[step for step in request.POST.getlist("steps") if step in known or step.startswith("offer:")],
            note=form.cleaned_data["note"],
        )
    except SessionRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("routines:session_run", session.pk)  # which leads to the questions where they are open
    return _after(request, ended, form.cleaned_data["feeling"], had_ended=had_ended)


def _after(request: PracticeRequest, ended: RoutineSession, feeling: str, *, had_ended: bool) -> HttpResponse:
    if feeling == "changed":
        messages.info(request, _("Thank you for telling us. Please say what has changed."))
        return redirect("routines:day_check", ended.plan_id)
    if feeling == "hurt":
        messages.info(request, _("Thank you for telling us. Your therapist has been told. Please let your feet rest."))
    elif had_ended:
        messages.info(request, _("This session had ended already. What you wrote is added to it."))
    elif ended.state == RoutineSession.State.SKIPPED:
        messages.info(request, _("Not today, then. Nothing is lost: it begins again with the next time."))
    elif ended.state == RoutineSession.State.STOPPED:
        messages.info(
            request,
            _("Stopped, and your therapist can see that. If something feels wrong, contact a health professional."),
        )
    else:
        messages.success(request, _("Well done. It is in your history."))
    return redirect("routines:portal_today")


def _ask_again(request: PracticeRequest, session: RoutineSession, form: EndForm) -> HttpResponse:
    """The end of the session by itself, with all that was typed."""
    context = {
        "session": session,
        "form": form,
        "is_stop": form.state == RoutineSession.State.STOPPED,
        "steps_done": request.POST.getlist("steps"),
        "practice_of_plan": session.plan.client.practice,
        **_end_context(),
    }
    return render(request, "routines/sessions/end.html", context, status=422)


def _end_context() -> dict[str, object]:
    return {
        "scale": COMFORT,
        "note_length": NOTE_LENGTH,
        "feelings": FEELINGS,
        "stop_feelings": STOP_FEELINGS,
        "stop_rules": stop_rules(),
    }
