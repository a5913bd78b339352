"""Doing the routine: begin, follow step by step, say how it was."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.catalog.versions import current_catalog
from routines.plans.lookup import own_plan, own_session
from routines.rechecking.recheck import shown_now
from routines.sessions import log
from routines.sessions.day_answers import day_of_session, needs_day_answers
from routines.sessions.log import COMFORT, SessionRefused, checked_comfort
from routines.sessions.models import RoutineSession
from routines.sessions.player import runs_of
from routines.sessions.stop_rules import stop_rules

NOTE_LENGTH = 2000
#: How a form says that a session ended; anything else is "done", which asks for the comfort.
ENDS = {"stopped": RoutineSession.State.STOPPED, "skipped": RoutineSession.State.SKIPPED}


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


# Never from the browser's memory: going back must not show a routine that was taken away meanwhile.
@never_cache
@needs("portal.use")
def session_run(request: PracticeRequest, session_id: uuid.UUID) -> HttpResponse:
    """The steps of the session's own version, one after another, with a timer where script runs."""
    session = own_session(request, session_id)
    showing = shown_now(session.plan, at=timezone.now())
    if not showing:
        messages.warning(request, showing.reason)
        return redirect("routines:portal_today")
    if session.state == RoutineSession.State.BLOCKED:
        return redirect("routines:session_before", session.pk)
    if session.state != RoutineSession.State.BEGUN:
        return redirect("routines:portal_today")
    if session.version_id != session.plan.current_version_id:
        messages.info(request, _("Your therapist has changed this routine. Please begin again with the new one."))
        return redirect("routines:portal_today")
    if needs_day_answers(session):
        return redirect("routines:session_before", session.pk)
    day = day_of_session(session, current_catalog())
    context = {
        "session": session,
        "practice_of_plan": session.plan.client.practice,
        "title": session.version.content["title"],
        "day": day,
        "runs": runs_of(day.steps),
        "catalog": current_catalog(),
        "scale": COMFORT,
        "note_length": NOTE_LENGTH,
        "stop_rules": stop_rules(),
        "changes": session.log.get("day", {}).get("changes", []),
    }
    return render(request, "routines/sessions/run.html", context)


@require_POST
@needs("portal.use")
def session_end(request: PracticeRequest, session_id: uuid.UUID) -> HttpResponse:
    """Logs what was done, also when the plan was taken away in the middle of it."""
    session = own_session(request, session_id)
    state = ENDS.get(request.POST.get("outcome", ""), RoutineSession.State.DONE)
    needs_comfort = state == RoutineSession.State.DONE
    known = {step["id"] for phase in session.version.content["phases"] for step in phase["steps"]}
    given = request.POST.get("comfort")
    try:
        ended = log.end_session(
            session,
            by=request.user,
            at=timezone.now(),
            state=state,
            comfort_after=checked_comfort(given) if given or needs_comfort else None,
            steps_done=[step for step in request.POST.getlist("steps") if step in known],
            note=request.POST.get("note", "")[:NOTE_LENGTH].strip(),
        )
    except SessionRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("routines:session_run", session.pk)  # which leads to the questions where they are open
    if ended.state == RoutineSession.State.SKIPPED:
        messages.info(request, _("Not today, then. Nothing is lost: it begins again with the next time."))
    elif ended.state == RoutineSession.State.STOPPED:
        messages.info(
            request,
            _("Stopped, and your therapist can see that. If something feels wrong, contact a health professional."),
        )
    else:
        messages.success(request, _("Well done. It is in your history."))
    return redirect("routines:portal_today")
