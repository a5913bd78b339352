"""Whether a plan may be shown, as its row stands. Channels ask `routines.rechecking.recheck.shown_now`, which checks first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from practice.core.clock import local_today
from routines.plans.models import Plan


@dataclass(frozen=True)
class Showing:
    """Whether a plan may be shown now, and when not, what the client reads instead."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def may_show(plan: Plan, *, at: datetime) -> Showing:
    """THE question of every channel: portal, handout, calendar, reminders. Pure over the plan and its client's row."""
    client = plan.client
    if client.archived_at:
        return Showing(False, _("Your practice has closed this record. Please ask them."))
    if plan.state == Plan.State.SUSPENDED:
        return Showing(
            False, _("Your routine is resting while your therapist looks at something. Please wait to hear from them.")
        )
    if plan.state == Plan.State.ENDED:
        return Showing(False, _("This routine has ended."))
    if plan.state != Plan.State.PUBLISHED:
        return Showing(False, _("Your therapist is still preparing this routine."))
    if plan.recheck_since:
        return Showing(False, _("Your routine is just being checked. Please look again in a minute."))
    if plan.safe_until and local_today(at, client.time_zone) > plan.safe_until:
        return Showing(
            False, _("Some of your answers need to be given again before you go on. Your therapist will ask you.")
        )
    return Showing(True)
