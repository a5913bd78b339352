"""The memory of who touched what. Verbs call `record` inside their own transaction."""

import uuid
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
        "invitation.sent",
        "invitation.revoked",
        "invitation.opened",
        "intake.begun",
        "intake.saved",
        "intake.submitted",
        "intake.viewed",
        "intake.amended",
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
        "plan.printed",
        "plan.opened",
        "session.begun",
        "session.blocked",
        "session.done",
        "session.skipped",
        "session.stopped",
        "session.viewed",
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
    """One line: who, what, which, when. `by` is a member, a signed-in person, or a job's name.

    Raises Unaudited outside a transaction, so that the line and the act stand or fall together.
    """
    if action not in ACTIONS:
        raise ValueError(f"Unknown audit action {action!r}: register it in practice/audit/audit.py.")
    if not transaction.get_connection().in_atomic_block:
        raise Unaudited(action)
    user, actor = _actor(by)
    return AuditEntry.objects.create(
        at=timezone.now(),
        practice_id=practice.pk if practice else _practice_id(by, subject),
        by_id=user.pk if user else None,
        actor=actor,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk if isinstance(subject.pk, uuid.UUID) else uuid.uuid5(uuid.NAMESPACE_OID, str(subject.pk)),
        client_ref=client_ref or _client_ref(subject),
    )


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
    if subject._meta.label_lower == "clients.client":
        return subject.pk
    return getattr(subject, "client_id", None)
