"""The next part of a plan, where it waits: for the client's word that the last days were fine, or for the therapist."""

from datetime import date, datetime

from practice.core.clock import local_today
from practice.tenancy.models import User
from routines.notices.models import Notice
from routines.notices.tell import tell_therapist
from routines.plans.content import PhaseContent
from routines.plans.models import Plan
from routines.plans.open_phase import open_phase
from routines.plans.waiting import waiting_phase


def next_part(plan: Plan, day: date) -> PhaseContent | None:
    """The part whose first day has come and that waits to be opened."""
    return waiting_phase(plan.current_version.content, plan.opened, day) if plan.current_version else None


def answer_next_part(plan: Plan, *, is_fine: bool, by: User, at: datetime) -> bool:
    """The client says how the last days felt: the next part is opened, or the therapist reads that it is too early.

    Returns whether it came to that: not where no part waits for the client's word now.
    """
    day = local_today(at, plan.client.time_zone)
    part = next_part(plan, day)
    if part is None or part.waits_for != "comfort":
        return False
    if is_fine:
        return open_phase(plan, part.id, by=by, at=at)
    tell_therapist(
        plan, kind=Notice.Kind.NOT_YET, about=f"{part.id[:36]}:{day}", local_day=day, content={}, by=by, at=at
    )
    return True


def ask_for_look(plan: Plan, part: PhaseContent, *, by: User, at: datetime) -> None:
    """Put a part that waits for the therapist on her first page, once."""
    day = local_today(at, plan.client.time_zone)
    tell_therapist(plan, kind=Notice.Kind.PART_WAITS, about=part.id, local_day=day, content={}, by=by, at=at)
