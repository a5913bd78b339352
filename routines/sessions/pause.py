"""What a client's day pauses: every running routine of theirs, until the therapist or a later day's answers let it go on.

Every one, because the next routine is about the same feet.
"""

from collections.abc import Sequence
from datetime import date, datetime

from clients.roster.models import Client
from clients.screening.watch import Rise
from practice.tenancy.models import User
from routines.plans.publish import suspend_plans_of
from routines.plans.state_reason import Hold

HURT, CHANGED, PAIN = "hurt", "changed", "pain"


def pause_for_pain(client: Client, rises: Sequence[Rise], *, local_day: date, by: User, at: datetime) -> None:
    """Pause for a pain that rose; it has to be lower on a later day than what counted as risen now."""
    first = rises[0]
    watch = first.rule.watch
    below = first.before + watch.rise if watch else first.now
    hold: Hold = {"on": local_day.isoformat(), "question": first.question, "below": below}
    suspend_plans_of(client, by=by, at=at, cause=PAIN, hold=hold)


def pause_for_feeling(
    client: Client, feeling: str, *, local_day: date, by: User | str, at: datetime, hold: Hold | None = None
) -> None:
    """Pause because it hurt, or something changed."""
    suspend_plans_of(client, by=by, at=at, cause=feeling, hold=hold or {"on": local_day.isoformat()})
