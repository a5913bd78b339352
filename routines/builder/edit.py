"""Drafts: start a plan from a protocol or from zones, then add, change, move and drop its steps."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from clients.roster.models import Client
from practice.audit import audit
from practice.core.edit_conflict import EditConflict
from practice.tenancy.models import Member
from routines.builder.from_protocol import PhaseDraft, phases_from_protocol, step_for_zone
from routines.catalog.methods import Protocol
from routines.catalog.types import Catalog
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.plans.refusals import DraftRefused, refuse_archived

#: House limits: a routine beyond these is a mistake, and a page that lists it useless.
MOST_STEPS = 60
MOST_PHASES = 12


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

    `affected` (left, right or both) settles the sides that a protocol leaves open. A second call with the same `key`
    returns the plan of the first, so that a form sent twice makes one draft.
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


def write_plan(
    client: Client, drafts: list[PhaseDraft], *, by: Member, at: datetime, key: uuid.UUID | None, **fields: Any
) -> Plan:
    """Store a new draft with its phases and steps; returns the one made before with this key where there is one."""
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
    PlanStep.objects.bulk_create(step.row(phase, place) for place, step in enumerate(draft.steps, 1))
    return phase


def open_draft(plan: Plan, revision: int | None, at: datetime) -> Plan:
    """The plan with its revision counted up, its row held from here on. Raises EditConflict, DraftRefused.

    `revision` is the one that the page showed; None only where no page was involved. Nothing of a draft changes without
    its revision, so that what was read of it under that number still holds.
    """
    rows = Plan.objects.across_practices().filter(pk=plan.pk).exclude(state=Plan.State.ENDED)
    if revision is not None:
        rows = rows.filter(revision=revision)
    # By the client's key: what a join selects is not looked at again by an update that had to wait.
    rows = rows.filter(client__in=Client.objects.across_practices().active())
    if not rows.update(revision=F("revision") + 1, changed_at=at):
        _refuse(plan, revision)
    plan.changed_at = at
    if revision is None:
        plan.refresh_from_db(fields=["revision"])
    else:
        plan.revision = revision + 1
    return plan


def _refuse(plan: Plan, revision: int | None) -> None:
    """Raises what kept the draft from being opened."""
    stored = Plan.objects.across_practices().select_related("client").get(pk=plan.pk)
    if revision is not None and stored.revision != revision:
        raise EditConflict("draft")
    if stored.state == Plan.State.ENDED:
        raise DraftRefused(_("This plan has ended. Copy it to start a new one."))
    refuse_archived(stored.client)
    raise EditConflict("draft")


def note_change(plan: Plan, by: Member) -> None:
    audit.record(by, "plan.changed", plan, practice=plan.client.practice, client_ref=plan.client_id)


@transaction.atomic
def change_plan(plan: Plan, *, by: Member, at: datetime, revision: int | None = None, **fields: Any) -> Plan:
    """Change title, first day or notes. Raises EditConflict or DraftRefused, as does every change of a draft below."""
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
    """Change days, weekdays, times, strongest pressure or wording of one phase."""
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
    """Add a step after the last of its kind, with the catalog's starting values for pressure, seconds and tool."""
    locked = open_draft(phase.plan, revision, at)
    steps = list(phase.steps.all())
    if len(steps) >= MOST_STEPS:
        raise DraftRefused(_("A phase holds at most %(most)d steps.") % {"most": MOST_STEPS})
    draft = step_for_zone(zone, technique, catalog, cap=phase.max_pressure_id)
    step = draft.row(phase, 0)
    steps.insert(_place_for(step.kind, steps), step)
    # One statement: the step goes in, and those behind it move down.
    PlanStep.objects.bulk_create(_moved(steps), update_conflicts=True, unique_fields=["id"], update_fields=["sequence"])
    note_change(locked, by)
    return step


def _place_for(kind: str, steps: list[PlanStep]) -> int:
    """The index after the last step of this kind or of an earlier one."""
    order = list(PlanStep.Kind)
    rank = order.index(PlanStep.Kind(kind))
    return max(
        (place for place, step in enumerate(steps, 1) if order.index(PlanStep.Kind(step.kind)) <= rank), default=0
    )


def _moved(steps: list[PlanStep]) -> list[PlanStep]:
    """Those that are not yet numbered by their place; they are now, unsaved."""
    moved = [(place, step) for place, step in enumerate(steps, 1) if step.sequence != place]
    for place, step in moved:
        step.sequence = place
    return [step for _place, step in moved]


def _renumber(steps: list[PlanStep]) -> None:
    PlanStep.objects.across_practices().bulk_update(_moved(steps), ["sequence"])


@transaction.atomic
def change_step(step: PlanStep, *, by: Member, at: datetime, revision: int | None = None, **fields: Any) -> PlanStep:
    """Change side, seconds, pressure, tool, position, technique or note of a step."""
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
    _renumber(list(phase.steps.all()))
    note_change(locked, by)


@transaction.atomic
def move_step(step: PlanStep, *, by_places: int, by: Member, at: datetime, revision: int | None = None) -> None:
    """Move a step up (negative) or down within its phase; beyond an end it stays at that end."""
    locked = open_draft(step.phase.plan, revision, at)
    steps = list(step.phase.steps.all())
    place = next(index for index, other in enumerate(steps) if other.pk == step.pk)
    steps.insert(max(0, min(len(steps) - 1, place + by_places)), steps.pop(place))
    _renumber(steps)
    note_change(locked, by)
