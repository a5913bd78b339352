"""The record of who touched what. Verbs call `record` inside their own transaction."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from practice.audit.models import AuditEntry
from practice.tenancy.models import Member, Practice, User

#: Every action that may be recorded, registered once.
ACTIONS = frozenset(
    {
        "practice.created",
        "practice.changed",
        "staff.invited",
        "staff.role_changed",
        "staff.deactivated",
        "staff.reactivated",
        "client.registered",
        "client.corrected",
        "client.archived",
        "client.restored",
        "client.viewed",
        "client.places_changed",
        "invitation.sent",
        "invitation.revoked",
        "invitation.opened",
        "intake.begun",
        "intake.saved",
        "intake.submitted",
        "intake.viewed",
        "consent.given",
        "consent.withdrawn",
        "screening.made",
        "screening.viewed",
        "clearance.recorded",
        "clearance.verified",
        "clearance.withdrawn",
        "clearance.viewed",
        "clearance.rejected",
        "clearance.warned",
        "plan.drafted",
        "plan.changed",
        "plan.viewed",
        "plan.published",
        "plan.suspended",
        "plan.resumed",
        "plan.ended",
        "plan.phase_opened",
        "plan.printed",
        "plan.opened",
        "session.begun",
        "session.blocked",
        "session.done",
        "session.skipped",
        "session.stopped",
        "notice.made",
        "notice.settled",
        "follow_up.made",
        "attention.viewed",
        "outbox.sent_again",
        "bounce.told",
        "bounce.lifted",
        "reminder.snoozed",
        "reminder.stopped",
        "reminder.changed",
        "catalog.changed",
        "questionnaire.published",
        "questionnaire.drafted",
        "questionnaire.changed",
        "questionnaire.discarded",
        "questionnaire.signed_off",
        "case.changed",
        "rules.tightened",
        "rules.loosened",
        "rules.restored",
    }
)


#: Lines that wait for the end of `together`; None outside of it.
_held: ContextVar[list[AuditEntry] | None] = ContextVar("held audit lines", default=None)


class Unaudited(RuntimeError):
    """An audit line was asked for outside the transaction of the act it speaks of."""


def record(
    by: Member | User | str,
    action: str,
    subject: models.Model,
    *,
    practice: Practice | None = None,
    client_ref: uuid.UUID | None = None,
) -> AuditEntry:
    """Write one line: who did what to which record, and when. `by` is a member, a signed-in person, or a job's name.

    Raises Unaudited outside a transaction, so that line and act stand or fall together, and ValueError for an action
    that is not in ACTIONS.
    """
    if action not in ACTIONS:
        raise ValueError(f"Unknown audit action {action!r}: register it in practice/audit/audit.py.")
    if not transaction.get_connection().in_atomic_block:
        raise Unaudited(action)
    user, actor = _actor(by)
    line = AuditEntry(
        at=timezone.now(),
        practice_id=practice.pk if practice else _practice_id(by, subject),
        by_id=user.pk if user else None,
        actor=actor,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk if isinstance(subject.pk, uuid.UUID) else uuid.uuid5(uuid.NAMESPACE_OID, str(subject.pk)),
        client_ref=client_ref or _client_ref(subject),
    )
    held = _held.get()
    if held is None:
        line.save()
    else:
        held.append(line)
    return line


@contextmanager
def together() -> Iterator[None]:
    """Lines recorded inside are written by one statement at its end; none when the act fails.

    No part of the act inside may be rolled back by itself, since its lines would stay.
    """
    if _held.get() is not None:
        yield
        return
    lines: list[AuditEntry] = []
    token = _held.set(lines)
    try:
        yield
    finally:
        _held.reset(token)
    AuditEntry.objects.bulk_create(lines)


def _actor(by: Member | User | str) -> tuple[User | None, str]:
    if isinstance(by, Member):
        return by.user, by.role
    if isinstance(by, User):
        return by, "person"
    return None, by


def _practice_id(by: Any, subject: Any) -> uuid.UUID | None:
    if isinstance(subject, Practice):
        return subject.pk
    found = getattr(subject, "practice_id", None)
    if found is None and isinstance(by, Member):
        found = by.practice_id
    return found


def _client_ref(subject: Any) -> uuid.UUID | None:
    is_client = subject._meta.label_lower == "clients.client"
    key: uuid.UUID | None = subject.pk if is_client else getattr(subject, "client_id", None)
    return key
