"""Whether a plan may be shown, by its row alone; `rechecking.recheck.checked_visibility` checks the plan first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from practice.core.clock import local_today
from routines.plans.models import Plan


@dataclass(frozen=True)
class Visibility:
    """Whether a plan may be shown now and, when not, what the client reads instead."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def visibility_of(plan: Plan, *, at: datetime) -> Visibility:
    """What the plan's row and its client's say by themselves; every channel asks `checked_visibility`. Pure."""
    client = plan.client
    if client.archived_at:
        return Visibility(False, _("Your practice has closed this record. Please ask them."))
    if plan.state == Plan.State.SUSPENDED:
        return Visibility(
            False, _("Your routine is resting while your therapist looks at something. Please wait to hear from them.")
        )
    if plan.state == Plan.State.ENDED:
        return Visibility(False, _("This routine has ended."))
    if plan.state != Plan.State.PUBLISHED:
        return Visibility(False, _("Your therapist is still preparing this routine."))
    if plan.recheck_since:
        return Visibility(False, _("Your routine is just being checked. Please look again in a minute."))
    if plan.safe_until and local_today(at, client.time_zone) > plan.safe_until:
        return Visibility(
            False, _("Some of your answers need to be given again before you go on. Your therapist will ask you.")
        )
    return Visibility(True)
