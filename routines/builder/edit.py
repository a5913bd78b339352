"""Drafts: start a plan from a protocol or from zones, then add, change, move and drop its steps."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clients.roster.models import Client
from practice.audit import audit
from practice.tenancy.models import Member
from routines.builder.from_protocol import PhaseDraft, phases_from_protocol, step_for_zone
from routines.catalog.methods import Protocol
from routines.catalog.types import Catalog
from routines.plans.models import Plan, PlanPhase, PlanStep

#: House limits: beyond these a routine is a mistake, and a page that lists it no use.
MOST_STEPS = 60
MOST_PHASES = 12


class DraftMoved(Exception):
    """Somebody changed the draft after this page was opened; nothing was written."""


class DraftRefused(Exception):
    """The change cannot be made; the message says why and what to do."""


def start_plan(
    client: Client,
    *,
    catalog: Catalog,
    by: Member,
    at: datetime,
    starts_on: date,
    protocol: str | None = None,
    zones: Iterable[str] = (),
    affected: str = "both",
    tradition: str | None = None,
    title: str = "",
    key: uuid.UUID | None = None,
) -> Plan:
    """A draft with the protocol's phases, or one phase with a step for each zone.

    `affected` (left, right or both) settles the sides that a protocol leaves open. With the same `key` a second call
    returns the plan of the first: a form that was sent twice makes one draft.
    Raises DraftRefused for a protocol that is not for home use and for an archived client.
    """
    refuse_archived(client)
    found = _home_protocol(catalog, protocol)
    drafts = phases_from_protocol(found, catalog, affected) if found else [PhaseDraft.plain(zones, catalog)]
    return write_plan(
        client,
        drafts,
        by=by,
        at=at,
        key=key,
        protocol_id=found.slug if found else None,
        tradition_id=found.tradition if found else tradition,
        title=title or (found.client_title if found else _("Your foot routine")) or "",
        starts_on=starts_on,
    )


def _home_protocol(catalog: Catalog, protocol: str | None) -> Protocol | None:
    found = next((entry for entry in catalog.protocols if entry.slug == protocol), None) if protocol else None
    if protocol and (found is None or found.client_title is None or found.home_plan_default == "off"):
        raise DraftRefused(_("This protocol is not for home routines. Choose another one, or start from zones."))
    return found


def refuse_archived(client: Client) -> None:
    """Raises DraftRefused: nothing is prepared for a record that is closed."""
    if client.archived_at:
        raise DraftRefused(_("This client's record is archived. Restore it before you change a plan."))


def write_plan(
    client: Client, drafts: list[PhaseDraft], *, by: Member, at: datetime, key: uuid.UUID | None, **fields: Any
) -> Plan:
    """A new draft row with its phases and steps; the one that was made before with this key, where there is one."""
    key = key or uuid.uuid4()
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                id=key, client=client, state_changed_at=at, created_by=by, created_at=at, changed_at=at, **fields
            )
            for sequence, draft in enumerate(drafts, 1):
                _write_phase(plan, sequence, draft)
            audit.record(by, "plan.drafted", plan, practice=client.practice, client_ref=client.pk)
    except IntegrityError:
        made_before = Plan.objects.for_practice(client.practice_id).filter(pk=key, client=client).first()
        if made_before is None and Plan.objects.across_practices().filter(pk=key).exists():
            return write_plan(client, drafts, by=by, at=at, key=None, **fields)
        if made_before is None:
            raise
        return made_before
    return plan


def _write_phase(plan: Plan, sequence: int, draft: PhaseDraft) -> PlanPhase:
    phase = PlanPhase.objects.create(plan=plan, sequence=sequence, **draft.phase_fields())
    PlanStep.objects.bulk_create(
        PlanStep(phase=phase, sequence=place, **step.fields()) for place, step in enumerate(draft.steps, 1)
    )
    return phase


def open_draft(plan: Plan, revision: int | None, at: datetime) -> Plan:
    """The plan's row, locked, with its revision counted up. Raises DraftMoved, DraftRefused.

    `revision` is the one that the page showed; None only where no page was involved.
    """
    locked = (
        Plan.objects.across_practices()
        .select_for_update(of=("self",), no_key=True)
        .select_related("client__practice")
        .get(pk=plan.pk)
    )
    if revision is not None and locked.revision != revision:
        raise DraftMoved
    if locked.state == Plan.State.ENDED:
        raise DraftRefused(_("This plan has ended. Copy it to start a new one."))
    refuse_archived(locked.client)
    locked.revision += 1
    locked.changed_at = at
    locked.save(update_fields=["revision", "changed_at"])
    plan.revision, plan.changed_at = locked.revision, at
    return locked


def note_change(plan: Plan, by: Member) -> None:
    audit.record(by, "plan.changed", plan, practice=plan.client.practice, client_ref=plan.client_id)


@transaction.atomic
def change_plan(plan: Plan, *, by: Member, at: datetime, revision: int | None = None, **fields: Any) -> Plan:
    """Title, first day, notes."""
    locked = open_draft(plan, revision, at)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(fields))
    note_change(locked, by)
    return locked


@transaction.atomic
def change_phase(
    phase: PlanPhase, *, by: Member, at: datetime, revision: int | None = None, **fields: Any
) -> PlanPhase:
    """Days, weekdays, times, cap and wording of one phase."""
    locked = open_draft(phase.plan, revision, at)
    for name, value in fields.items():
        setattr(phase, name, value)
    phase.save(update_fields=list(fields))
    note_change(locked, by)
    return phase


@transaction.atomic
def add_step(
    phase: PlanPhase,
    *,
    zone: str | None,
    technique: str | None,
    catalog: Catalog,
    by: Member,
    at: datetime,
    revision: int | None = None,
) -> PlanStep:
    """A step at the end of its kind, with the catalog's starting values for pressure, seconds and tool."""
    locked = open_draft(phase.plan, revision, at)
    steps = list(phase.steps.all())
    if len(steps) >= MOST_STEPS:
        raise DraftRefused(_("A phase holds at most %(most)d steps.") % {"most": MOST_STEPS})
    draft = step_for_zone(zone, technique, catalog, cap=phase.max_pressure_id)
    step = PlanStep.objects.create(phase=phase, sequence=len(steps) + 1, **draft.fields())
    steps.insert(_place_for(step.kind, steps), step)
    _renumber(phase, steps)
    note_change(locked, by)
    return step


def _place_for(kind: str, steps: list[PlanStep]) -> int:
    """Behind the last step of this kind or of an earlier one."""
    order = list(PlanStep.Kind)
    rank = order.index(PlanStep.Kind(kind))
    return max(
        (place for place, step in enumerate(steps, 1) if order.index(PlanStep.Kind(step.kind)) <= rank), default=0
    )


def _renumber(phase: PlanPhase, steps: list[PlanStep]) -> None:
    for place, step in enumerate(steps, 1):
        step.sequence = place
    PlanStep.objects.across_practices().bulk_update(steps, ["sequence"])


@transaction.atomic
def change_step(step: PlanStep, *, by: Member, at: datetime, revision: int | None = None, **fields: Any) -> PlanStep:
    """Side, seconds, pressure, tool, position, technique, note."""
    locked = open_draft(step.phase.plan, revision, at)
    for name, value in fields.items():
        setattr(step, name, value)
    step.save(update_fields=list(fields))
    note_change(locked, by)
    return step


@transaction.atomic
def drop_step(step: PlanStep, *, by: Member, at: datetime, revision: int | None = None) -> None:
    locked = open_draft(step.phase.plan, revision, at)
    phase = step.phase
    step.delete()
    _renumber(phase, list(phase.steps.all()))
    note_change(locked, by)


@transaction.atomic
def move_step(step: PlanStep, *, by_places: int, by: Member, at: datetime, revision: int | None = None) -> None:
    """Up (negative) or down within its phase; past an end it stays at that end."""
    locked = open_draft(step.phase.plan, revision, at)
    steps = list(step.phase.steps.all())
    place = next(index for index, other in enumerate(steps) if other.pk == step.pk)
    steps.insert(max(0, min(len(steps) - 1, place + by_places)), steps.pop(place))
    _renumber(step.phase, steps)
    note_change(locked, by)
