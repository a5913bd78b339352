"""Every message that leaves is a row here first. The database is the truth; Celery only wakes."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from practice.models import OutboundMessage, Practice


def queue(
    kind: str,
    *,
    to: str,
    at: datetime,
    context: dict[str, Any],
    practice: Practice | None = None,
    client_ref: uuid.UUID | None = None,
    language: str = "",
    not_before: datetime | None = None,
    expires_after: timedelta | None = None,
    guard: str = "",
    dedupe_key: str | None = None,
) -> OutboundMessage:
    """Put a message of `templates/emails/<kind>/` in the outbox; it leaves after the transaction commits."""
    message = OutboundMessage.objects.create(
        kind=kind,
        to_email=to,
        practice=practice,
        client_ref=client_ref,
        language=language,
        context=context,
        guard=guard,
        created_at=at,
        not_before=not_before or at,
        expires_at=at + expires_after if expires_after else None,
        dedupe_key=dedupe_key,
    )
    transaction.on_commit(wake)
    return message


def wake() -> None:
    """Ask a worker to look at the outbox now. Losing this call loses nothing: the beat asks again."""
