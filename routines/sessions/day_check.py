"""The questions of the day without a session: after something changed, or to end a pause that a day began."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from clients.assessment.assess import assess
from clients.record.day_answers import DayReply
from clients.roster.lock import lock_client
from clients.roster.models import Client
from practice.core.clock import local_today
from practice.tenancy.models import User
from routines.catalog.versions import current_catalog
from routines.plans.day import plan_day
from routines.plans.models import Plan
from routines.plans.publish import resume_held
from routines.plans.state_reason import Hold
from routines.sessions.day_answers import block_words, follow_reply
from routines.sessions.day_log import kept_day
from routines.sessions.models import RoutineSession
from routines.sessions.pause import CHANGED
from routines.sessions.session_log import SessionLog
from routines.sessions.take_reply import DayTaken, take_reply
from routines.today.todays_plan import TodaysPlan, judged

#: By whom a plan goes on again when the answers of a later day allow it.
BY_DAY_RULES = "answers of the day"


@dataclass(frozen=True)
class Checked:
    """What a check came to: the blocked session that says what to do, or how many plans go on again."""

    blocked: RoutineSession | None = None
    resumed: int = 0


def may_check(plan: Plan) -> bool:
    """Whether the questions may be asked without a session: of a plan that runs or is on hold."""
    return plan.state == Plan.State.PUBLISHED or plan.hold is not None


@transaction.atomic
def answer_check(plan: Plan, reply: DayReply, *, by: User, at: datetime) -> Checked:
    """Keep and judge the answers of the day, tell the therapist as before a session, and let plans on hold go on where
    the answers allow it. Answers that forbid the day leave a blocked session, whose page says what to do.
    """
    client = lock_client(plan.client_id)
    plan.client = client
    today = local_today(at, client.time_zone)
    taken = take_reply(client, reply, at=at)
    day = judged(plan_day(plan.content_now, today), taken.assessment, current_catalog(), time_zone=client.time_zone)
    follow_reply(taken, day, plan=plan, session=None, local_day=today, by=by, at=at)
    if day.rests or taken.pauses:
        return Checked(blocked=_blocked(plan, taken, day, today, at))
    return Checked(resumed=_resume(client, taken, today, by=BY_DAY_RULES, at=at))


def _blocked(plan: Plan, taken: DayTaken, day: TodaysPlan, today: date, at: datetime) -> RoutineSession:
    assert plan.current_version is not None, "a plan that may be checked has a version"
    log: SessionLog = {
        "day_answers": dict(taken.reply.values),
        "shown": sorted(taken.reply.shown),
        "day": kept_day(day, taken.assessment, messages=block_words(taken, day)),
    }
    return RoutineSession.objects.create(
        plan=plan,
        version=plan.current_version,
        local_day=today,
        state=RoutineSession.State.BLOCKED,
        begun_at=at,
        ended_at=at,
        log=log,
    )


def _resume(client: Client, taken: DayTaken, today: date, *, by: str, at: datetime) -> int:
    held = Plan.objects.for_practice(client.practice_id).filter(client=client, state=Plan.State.SUSPENDED)
    ready = [plan for plan in held.order_by("pk") if plan.hold and may_end(plan, plan.hold, taken.reply, today)]
    if not ready:
        return 0
    assessment = assess(client, at=at)  # with the answers that were just kept, by which a running plan is judged
    return sum(resume_held(plan, assessment=assessment, by=by, at=at) for plan in ready)


def may_end(plan: Plan, hold: Hold, reply: DayReply, today: date) -> bool:
    """Whether this reply may end the hold: of "something changed" at once, of a pain only on a later day, and only when
    what hurt has eased. Pure."""
    cause = plan.state_reason["cause"] if plan.state_reason else ""
    if cause != CHANGED and today.isoformat() <= hold["on"]:
        return False
    if "question" not in hold or "below" not in hold:
        return True
    pain = reply.values.get(hold["question"])
    return isinstance(pain, int) and hold["question"] in reply.shown and pain < hold["below"]
