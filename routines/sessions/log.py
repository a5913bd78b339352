"""A client's runs of a plan: begun, done, skipped or stopped."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from practice.audit import audit
from practice.core.clock import local_today
from practice.mail import outbox
from practice.tenancy.models import User
from routines.plans.day import plan_day
from routines.plans.models import Plan
from routines.rechecking.recheck import shown_now
from routines.sessions.day_answers import needs_day_answers
from routines.sessions.models import RoutineSession

COMFORT = range(11)
#: Only the written forms themselves, so that no odd digit or endless number comes near int().
_COMFORT_OF = {str(number): number for number in COMFORT}


class SessionRefused(Exception):
    """The session cannot begin or end as asked; the message is for the client."""


def begin_session(plan: Plan, *, by: User, at: datetime, comfort_before: int | None, **log: Any) -> RoutineSession:
    """Opens today's session, or gives back the one that is open already (a second tap, another device).

    Raises SessionRefused when the plan may not be shown now, or asks for nothing (more) today.
    """
    showing = shown_now(plan, at=at)
    if not showing or plan.current_version is None:
        raise SessionRefused(showing.reason)
    today = local_today(at, plan.client.time_zone)
    opened = open_session(plan)
    if opened and _is_todays(opened, plan, today):
        return opened
    _refuse_unasked(plan, today)
    try:
        with transaction.atomic():
            if opened:
                # Left open on an earlier day, or of a version that was replaced: closed as it stands.
                end_session(opened, by=by, at=at, state=RoutineSession.State.STOPPED)
            session = RoutineSession.objects.create(
                plan=plan,
                version=plan.current_version,
                local_day=today,
                state=RoutineSession.State.BEGUN,
                begun_at=at,
                log={"comfort_before": comfort_before, **log},
            )
            _note(session, "session.begun", by)
    except IntegrityError:  # another device was faster by a moment
        return plan.sessions.get(state=RoutineSession.State.BEGUN)
    return session


def open_session(plan: Plan) -> RoutineSession | None:
    return plan.sessions.filter(state=RoutineSession.State.BEGUN).first()


def _is_todays(session: RoutineSession, plan: Plan, today: date) -> bool:
    return session.local_day == today and session.version_id == plan.current_version_id


def _refuse_unasked(plan: Plan, today: date) -> None:
    """How often is part of what was screened: no more sessions than the day asks for."""
    times = plan_day(plan.current_version.content, today).times  # type: ignore[union-attr]
    if not times:
        raise SessionRefused(_("Nothing is planned for today. Let your feet rest."))
    if plan.sessions.filter(local_day=today, state=RoutineSession.State.DONE).count() >= len(times):
        raise SessionRefused(_("All done for today. Let your feet rest."))


@transaction.atomic
def end_session(
    session: RoutineSession,
    *,
    by: User | str,
    at: datetime,
    state: str = RoutineSession.State.DONE,
    comfort_after: int | None = None,
    steps_done: list[str] | None = None,
    note: str = "",
    stop_reason: str = "",
) -> RoutineSession:
    """Settles an open session once; a second report of the same session changes nothing.

    Raises SessionRefused for one that is reported done before the day's questions were answered; it may still be
    skipped or stopped. One that is done by the client's word alone says so (log_by_word).
    """
    rows = RoutineSession.objects.across_practices().select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("plan__client__practice").get(pk=session.pk)
    if locked.state != RoutineSession.State.BEGUN:
        return locked
    if state == RoutineSession.State.DONE and needs_day_answers(locked) and not locked.is_by_word:
        raise SessionRefused(_("Please answer the short questions first. A session counts when they are answered."))
    locked.log = {
        **locked.log,
        "comfort_after": comfort_after,
        "steps_done": steps_done or [],
        "note": note,
        "stop_reason": stop_reason,
    }
    locked.state, locked.ended_at = state, at
    locked.save(update_fields=["log", "state", "ended_at"])
    _note(locked, f"session.{state}", by)
    return locked


@transaction.atomic
def log_by_word(plan: Plan, *, by: User | str, local_day: date, begun_at: datetime, at: datetime) -> RoutineSession:
    """A session of which only the client's word is known: no question was answered before it, and it says so.

    Whoever calls has made sure that the plan may be shown and that the day asks for one more.
    """
    assert plan.current_version_id is not None, "a plan that may be shown has a version"
    session = RoutineSession.objects.create(
        plan=plan,
        version_id=plan.current_version_id,
        local_day=local_day,
        state=RoutineSession.State.DONE,
        begun_at=begun_at,
        ended_at=at,
        log={"by_word": True},
    )
    _note(session, "session.done", by)
    return session


def checked_comfort(raw: str | None) -> int:
    """0 to 10. Raises SessionRefused with what to do."""
    if raw not in _COMFORT_OF:
        raise SessionRefused(_("Choose a number from 0 (very uncomfortable) to 10 (very comfortable)."))
    return _COMFORT_OF[raw]


def _note(session: RoutineSession, action: str, by: User | str) -> None:
    client = session.plan.client
    outbox.ask_again_about(client.pk)  # a nudge may have become needless
    audit.record(by, action, session, practice=client.practice, client_ref=client.pk)
