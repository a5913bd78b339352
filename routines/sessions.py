"""A client's runs of a plan: begun, done, skipped or stopped."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from practice import audit
from practice.clock import local_today
from practice.models import User
from routines.models import Plan, RoutineSession
from routines.showing import may_show

COMFORT = range(11)


class SessionRefused(Exception):
    """The session cannot begin or end as asked; the message is for the client."""


def begin_session(plan: Plan, *, by: User, at: datetime, comfort_before: int | None, **log: Any) -> RoutineSession:
    """Opens today's session, or gives back the one that is open already (a second tap, another device).

    Raises SessionRefused when the plan may not be shown now.
    """
    showing = may_show(plan, at=at)
    if not showing:
        raise SessionRefused(showing.reason)
    try:
        with transaction.atomic():
            session = RoutineSession.objects.create(
                plan=plan,
                version=plan.current_version,
                local_day=local_today(at, plan.client.time_zone),
                state=RoutineSession.State.BEGUN,
                begun_at=at,
                log={"comfort_before": comfort_before, **log},
            )
            _note(session, "session.begun", by)
    except IntegrityError:
        session = plan.sessions.get(state=RoutineSession.State.BEGUN)
        if session.local_day == local_today(at, plan.client.time_zone):
            return session
        # Left open on an earlier day: close it as it stands and begin today's.
        end_session(session, by=by, at=at, state=RoutineSession.State.STOPPED)
        return begin_session(plan, by=by, at=at, comfort_before=comfort_before, **log)
    return session


@transaction.atomic
def end_session(
    session: RoutineSession,
    *,
    by: User,
    at: datetime,
    state: str = RoutineSession.State.DONE,
    comfort_after: int | None = None,
    steps_done: list[str] | None = None,
    note: str = "",
    stop_reason: str = "",
) -> RoutineSession:
    """Settles an open session once; a second report of the same session changes nothing."""
    locked = RoutineSession.objects.across_practices().select_for_update(of=("self",)).get(pk=session.pk)
    if locked.state != RoutineSession.State.BEGUN:
        return locked
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


def checked_comfort(raw: str | None) -> int:
    """0 to 10. Raises SessionRefused with what to do."""
    if raw is None or not raw.isdecimal() or int(raw) not in COMFORT:
        raise SessionRefused(_("Choose a number from 0 (very uncomfortable) to 10 (very comfortable)."))
    return int(raw)


def _note(session: RoutineSession, action: str, by: User) -> None:
    client = session.plan.client
    audit.record(by, action, session, practice=client.practice, client_ref=client.pk)
