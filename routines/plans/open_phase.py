"""Opening a phase that waits: the client says that the last days were fine, or the therapist has looked."""

from datetime import datetime

from django.db import transaction

from clients.roster.lock import lock_client
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import Member, User
from routines.plans.models import Plan
from routines.plans.signals import plan_state_changed
from routines.plans.waiting import waiting_phase


@transaction.atomic
def open_phase(plan: Plan, phase_id: str, *, by: Member | User, at: datetime) -> bool:
    """Open the phase from today on; False where it does not wait to be opened now, or not by this person.

    What waits for the therapist is opened by a member of the practice, who may open the other kind too.
    """
    client = lock_client(plan.client_id)
    rows = Plan.objects.across_practices().select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("current_version").get(pk=plan.pk)
    locked.client = client
    if locked.current_version is None or locked.state != Plan.State.PUBLISHED:
        return False
    today = local_today(at, client.time_zone)
    phase = waiting_phase(locked.current_version.content, locked.opened, today)
    if phase is None or phase.id != phase_id or (phase.waits_for == "therapist" and not isinstance(by, Member)):
        return False
    locked.opened = {**locked.opened, phase.id: today.isoformat()}
    locked.save(update_fields=["opened"])
    audit.record(by, "plan.phase_opened", locked, practice=client.practice, client_ref=client.pk)
    plan_state_changed.send(Plan, plan=locked, at=at, is_new=False)
    return True
