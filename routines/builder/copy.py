"""Copying a plan or a phase: what worked is the start of what comes next."""

import uuid
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from practice.tenancy.models import Member
from routines.builder.edit import MOST_PHASES, note_change, open_draft, write_plan
from routines.builder.from_protocol import PhaseDraft
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.plans.refusals import DraftRefused, refuse_archived
from routines.plans.step_draft import StepDraft

#: The last day of a plan that a phase may name: two years, as in the form.
LAST_DAY = 730
_PHASE = ("name", "focus", "from_day", "to_day", "weekdays", "times", "waits_for", "ends_with_rule", "then_protocol")


def copy_plan(plan: Plan, *, by: Member, at: datetime, starts_on: date, key: uuid.UUID | None = None) -> Plan:
    """A new draft for the same client with this plan's phases, steps and notes; it is screened like any other.

    A second call with the same `key` returns the plan of the first. Raises DraftRefused for an archived client.
    """
    refuse_archived(plan.client)
    return write_plan(
        plan.client,
        [_drafted(phase) for phase in plan.phases.prefetch_related("steps")],
        by=by,
        at=at,
        key=key,
        protocol_id=plan.protocol_id,
        tradition_id=plan.tradition_id,
        title=plan.title,
        note_to_client=plan.note_to_client,
        therapist_note=plan.therapist_note,
        starts_on=starts_on,
    )


def _drafted(phase: PlanPhase) -> PhaseDraft:
    steps = [StepDraft.of(step) for step in phase.steps.all()]
    return PhaseDraft(steps, max_pressure=phase.max_pressure_id, **{name: getattr(phase, name) for name in _PHASE})


@transaction.atomic
def copy_phase(phase: PlanPhase, *, by: Member, at: datetime, revision: int | None = None) -> PlanPhase:
    """Copy a phase's steps into a new one, on the days after the last. Raises EditConflict or DraftRefused."""
    locked = open_draft(phase.plan, revision, at)
    others = list(locked.phases.all())
    if len(others) >= MOST_PHASES:
        raise DraftRefused(_("A plan holds at most %(most)d phases.") % {"most": MOST_PHASES})
    days = phase.to_day - phase.from_day if phase.to_day else None
    first = min(max(other.to_day or other.from_day for other in others) + 1, LAST_DAY)
    steps = list(phase.steps.all())
    phase.pk, phase.sequence = uuid.uuid4(), max(other.sequence for other in others) + 1
    phase.from_day, phase.to_day = first, None if days is None else min(first + days, LAST_DAY)
    phase.save(force_insert=True)
    PlanStep.objects.bulk_create(StepDraft.of(step).row(phase, place) for place, step in enumerate(steps, 1))
    note_change(locked, by)
    return phase


@transaction.atomic
def drop_phase(phase: PlanPhase, *, by: Member, at: datetime, revision: int | None = None) -> None:
    """Drop a phase with its steps. Raises EditConflict, and DraftRefused for the only phase."""
    locked = open_draft(phase.plan, revision, at)
    if locked.phases.count() == 1:
        raise DraftRefused(_("This is the only phase. Change it instead, or end the plan."))
    phase.delete()
    note_change(locked, by)
