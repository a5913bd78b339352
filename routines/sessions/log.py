"""A client's sessions with a plan: begun, done, skipped or stopped."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from practice.audit import audit
from practice.core.clock import local_today
from practice.mail import outbox
from practice.tenancy.models import User
from routines.plans.day import plan_day
from routines.plans.models import Plan
from routines.rechecking.recheck import checked_visibility
from routines.sessions.models import RoutineSession
from routines.sessions.session_log import SessionLog
from routines.today.back import back_words
from routines.today.todays_plan import read_todays_plan

COMFORT = range(11)
#: House figure: after so long a session that is still open is begun anew, by new answers.
OPEN_FOR = timedelta(hours=6)
#: Only the written forms themselves, so that no odd digit or endless number comes near int().
_COMFORT_OF = {str(number): number for number in COMFORT}


class SessionRefused(Exception):
    """The session cannot begin or end as asked; the message is for the client."""


def begin_session(plan: Plan, *, by: User, at: datetime, comfort_before: int | None) -> RoutineSession:
    """Open today's session, or return the one that is open already (a second tap, another device).

    Raises SessionRefused when the plan may not be shown now, or asks for nothing (more) today.
    """
    visibility = checked_visibility(plan, at=at)
    if not visibility or plan.current_version is None:
        raise SessionRefused(visibility.reason)
    today = local_today(at, plan.client.time_zone)
    opened = open_session(plan)
    if opened and _is_todays(opened, plan, today) and not is_left_over(opened, at):
        return opened
    _refuse_unasked(plan, today)
    _refuse_resting(plan, at)
    log: SessionLog = {"comfort_before": comfort_before}
    try:
        with transaction.atomic():
            if opened:
                _close_as_it_is(opened, by=by, at=at)
            session = RoutineSession.objects.create(
                plan=plan,
                version=plan.current_version,
                local_day=today,
                state=RoutineSession.State.BEGUN,
                begun_at=at,
                log=log,
            )
            note_in_history(session, "session.begun", by)
    except IntegrityError:  # another device was a moment faster
        return plan.sessions.get(state=RoutineSession.State.BEGUN)
    return session


def _close_as_it_is(session: RoutineSession, *, by: User, at: datetime) -> None:
    """One left open on an earlier day, or of a version that was replaced."""
    session.state, session.ended_at = RoutineSession.State.STOPPED, at
    session.save(update_fields=["state", "ended_at"])
    note_in_history(session, "session.stopped", by)


def open_session(plan: Plan) -> RoutineSession | None:
    return plan.sessions.filter(state=RoutineSession.State.BEGUN).first()


def _refuse_resting(plan: Plan, at: datetime) -> None:
    """Raises SessionRefused while an answer of today forbids the routine; it says when that ends.

    What does not end by itself, such as a wound, is asked about again when the session begins.
    """
    today = read_todays_plan(plan, at=at)
    if today.rests and today.until:
        raise SessionRefused(back_words(plan, today, at=at))


def _is_todays(session: RoutineSession, plan: Plan, today: date) -> bool:
    return session.local_day == today and session.version_id == plan.current_version_id


def is_left_over(session: RoutineSession, at: datetime) -> bool:
    """Whether a session was left open for so long that its answers no longer say how its client is now."""
    return at - session.begun_at > OPEN_FOR


def _refuse_unasked(plan: Plan, today: date) -> None:
    """Raises SessionRefused for more sessions than the day asks for: how often is part of what was screened."""
    times = plan_day(plan.content_now, today).times
    if not times:
        raise SessionRefused(_("Nothing is planned for today. Let your feet rest."))
    if plan.sessions.filter(local_day=today, state=RoutineSession.State.DONE).count() >= len(times):
        raise SessionRefused(_("All done for today. Let your feet rest."))


@transaction.atomic
def log_by_word(plan: Plan, *, by: User | str, local_day: date, begun_at: datetime, at: datetime) -> RoutineSession:
    """Log a session for which there is only the client's word: no question was answered before it, and it says so.

    The caller has made sure that the plan may be shown and that the day asks for one more.
    """
    assert plan.current_version_id is not None, "a plan that may be shown has a version"
    log: SessionLog = {"by_word": True}
    session = RoutineSession.objects.create(
        plan=plan,
        version_id=plan.current_version_id,
        local_day=local_day,
        state=RoutineSession.State.DONE,
        begun_at=begun_at,
        ended_at=at,
        log=log,
    )
    note_in_history(session, "session.done", by)
    return session


def checked_comfort(raw: str | None) -> int:
    """A comfort of 0 to 10. Raises SessionRefused, which says what to do."""
    if raw not in _COMFORT_OF:
        raise SessionRefused(_("Choose a number from 0 (very uncomfortable) to 10 (very comfortable)."))
    return _COMFORT_OF[raw]


def note_in_history(session: RoutineSession, action: str, by: User | str) -> None:
    """The audit's line of a session, and reminders that may have become needless are asked about again."""
    client = session.plan.client
    outbox.ask_again_about(client.pk)
    audit.record(by, action, session, practice=client.practice, client_ref=client.pk)
