"""What a client's day pauses: all their running routines, until the therapist or a later day's answers let them go on.

All, because the next routine is about the same feet.
"""

from collections.abc import Sequence
from datetime import date, datetime

from clients.questionnaire.versions import current_questionnaire
from clients.roster.models import Client
from clients.screening.watch import Rise
from practice.tenancy.models import User
from routines.plans.publish import suspend_plans_of
from routines.plans.state_reason import Hold
from routines.sessions.models import RoutineSession

HURT, CHANGED, PAIN = "hurt", "changed", "pain"


def pause_for_pain(client: Client, rises: Sequence[Rise], *, local_day: date, by: User, at: datetime) -> None:
    """Pause for a pain that rose; it has to be lower on a later day than what counted as risen now."""
    first = rises[0]
    watch = first.rule.watch
    below = first.before + watch.rise if watch else first.now
    hold: Hold = {"on": local_day.isoformat(), "question": first.question, "below": below}
    suspend_plans_of(client, by=by, at=at, cause=PAIN, hold=hold)


def pause_for_feeling(session: RoutineSession, feeling: str, *, by: User | str, at: datetime) -> None:
    """Pause because it hurt, or something changed. A pain told before the session must not have risen since."""
    hold: Hold = {"on": session.local_day.isoformat()}
    told = session.log.get("day_answers", {})
    client = session.plan.client
    _version, questionnaire = current_questionnaire(client.practice)
    for rule in questionnaire.session_stop_rules:
        if rule.watch and isinstance(pain := told.get(rule.watch.q), int):
            hold |= {"question": rule.watch.q, "below": pain + rule.watch.rise}
    suspend_plans_of(client, by=by, at=at, cause=feeling, hold=hold)
