"""Whether a session that is under way may go on; a running player asks before each step."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from clients.assessment.assess import assess
from routines.catalog.versions import current_catalog
from routines.rechecking.recheck import checked_visibility
from routines.sessions.day_answers import needs_day_answers
from routines.sessions.day_log import session_now
from routines.sessions.log import is_left_over
from routines.sessions.models import RoutineSession
from routines.today.back import back_words
from routines.today.todays_plan import TodaysPlan


@dataclass(frozen=True)
class Standing:
    """Where a session stands: the routine that is left of it, or why it may not go on, in the client's words."""

    today: TodaysPlan | None = None
    refusal: str = ""
    asks_first: bool = False


def standing_of(session: RoutineSession, *, at: datetime) -> Standing:
    visibility = checked_visibility(session.plan, at=at)
    if not visibility:
        return Standing(refusal=visibility.reason)
    if session.state != RoutineSession.State.BEGUN:
        return Standing(refusal=_("This session has ended."))
    if session.version_id != session.plan.current_version_id:
        return Standing(refusal=_("Your therapist has changed this routine. Please begin again with the new one."))
    if is_left_over(session, at):
        return Standing(refusal=_("This session was begun a while ago. Please begin again, with today's questions."))
    if needs_day_answers(session):
        return Standing(refusal=_("Please answer the short questions first."), asks_first=True)
    today = session_now(session, assess(session.plan.client, at=at), current_catalog())
    return Standing(today, back_words(session.plan, today, at=at) if today.rests else "")
