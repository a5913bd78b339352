"""What a client's day pauses: all their running routines, until the therapist or a later day's answers let them go on.

All, because the next routine is about the same feet.
"""

from collections.abc import Sequence
from datetime import date, datetime

from clients.questionnaire.versions import current_questionnaire
from clients.roster.models import Client
from clients.screening.watch import Rise
from practice.core.clock import local_today
from practice.tenancy.models import User
from routines.plans import state_reason
from routines.plans.publish import suspend_plans_of
from routines.plans.state_reason import Hold
from routines.sessions.models import RoutineSession

HURT, CHANGED, PAIN = "hurt", state_reason.CHANGED, "pain"


def pause_for_pain(client: Client, rises: Sequence[Rise], *, local_day: date, by: User, at: datetime) -> None:
    """Pause for a pain that rose; it has to be lower on a later day than what counted as risen now."""
    first = rises[0]
    watch = first.rule.watch
    below = first.before + watch.rise if watch else first.now
    hold: Hold = {"on": _held_on(client, local_day, at), "question": first.question, "below": below}
    suspend_plans_of(client, by=by, at=at, cause=PAIN, hold=hold)


def pause_for_feeling(session: RoutineSession, feeling: str, *, by: User | str, at: datetime) -> None:
    """Pause because it hurt, or something changed. A pain told before the session must not have risen since."""
    client = session.plan.client
    hold: Hold = {"on": _held_on(client, session.local_day, at)}
    told = session.log.get("day_answers", {})
    _version, questionnaire = current_questionnaire(client.practice)
    for rule in questionnaire.session_stop_rules:
        if rule.watch and isinstance(pain := told.get(rule.watch.q), int):
            hold |= {"question": rule.watch.q, "below": pain + rule.watch.rise}
    suspend_plans_of(client, by=by, at=at, cause=feeling, hold=hold)


def _held_on(client: Client, local_day: date, at: datetime) -> str:
    """The day on which it was told: a session of last night, or of last week, may be reported only now."""
    return max(local_day, local_today(at, client.time_zone)).isoformat()
