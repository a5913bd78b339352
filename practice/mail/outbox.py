"""Every message that leaves is a row here first. The database is the truth; Celery only wakes."""

import time
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import NotRequired, TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from practice.audit import audit
from practice.celery import wake_worker
from practice.mail import lease
from practice.mail.context import MailContext
from practice.mail.deliver import mail_server_waits, send_batch
from practice.mail.lease import TOO_LATE, State, claim, sweep
from practice.mail.models import OutboundMessage
from practice.mail.models.outbox import OutboundMessageQuerySet
from practice.mail.rate_limit import connection_slot
from practice.mail.transport import Transport, make_transport
from practice.tenancy.models import Member, Practice

CALLED_BACK = gettext_noop("Called back before it left.")
#: Seconds. A hand-over that is not settled after this has long begun, or its worker is dead.
BEGINS_WITHIN = 1.0


class NotSendable(ValueError):
    """Only an unconfirmed or failed message can be sent again, while it is of use."""


class MessageFields(TypedDict):
    """What `compose` takes beside the kind."""

    to: str
    at: datetime
    context: MailContext
    practice: NotRequired[Practice | None]
    client_ref: NotRequired[uuid.UUID | None]
    language: NotRequired[str]
    not_before: NotRequired[datetime | None]
    expires_after: NotRequired[timedelta | None]
    precheck: NotRequired[str]
    dedupe_key: NotRequired[str | None]


def compose(
    kind: str,
    *,
    to: str,
    at: datetime,
    context: MailContext,
    practice: Practice | None = None,
    client_ref: uuid.UUID | None = None,
    language: str = "",
    not_before: datetime | None = None,
    expires_after: timedelta | None = None,
    precheck: str = "",
    dedupe_key: str | None = None,
) -> OutboundMessage:
    """A message of `templates/emails/<kind>/`, not yet in the outbox."""
    return OutboundMessage(
        kind=kind,
        to_email=to,
        practice=practice,
        client_ref=client_ref,
        language=language,
        context=context,
        precheck=precheck,
        created_at=at,
        not_before=not_before or at,
        expires_at=at + expires_after if expires_after else None,
        dedupe_key=dedupe_key,
    )


def queue(kind: str, **fields: Unpack[MessageFields]) -> OutboundMessage:
    """Put a message in the outbox, with the fields of `compose`; it leaves after the transaction commits."""
    return queue_all([compose(kind, **fields)])[0]


def queue_all(messages: list[OutboundMessage]) -> list[OutboundMessage]:
    """Many messages in one statement. Raises IntegrityError when a dedupe key is already there."""
    if messages:
        OutboundMessage.objects.bulk_create(messages, batch_size=200)
        transaction.on_commit(wake, robust=True)
    return messages


def call_back(messages: Iterable[uuid.UUID], *, at: datetime, reason: str = CALLED_BACK) -> int:
    """Take back what is not being handed over yet; how many. No hand-over begins after the caller's commit."""
    with transaction.atomic(savepoint=False):
        taken = lease.take_back(_not_begun(messages), at, reason)
        transaction.on_commit(partial(_after_commit, messages), robust=True)
    return taken


def ask_again(messages: Iterable[uuid.UUID]) -> int:
    """Have the last check asked anew. Once the caller's transaction has committed, no hand-over begins on an older
    answer. A query is read once more after the commit: what another worker queued meanwhile belongs to it too."""
    with transaction.atomic(savepoint=False):
        asked = _ask_again(messages)
        transaction.on_commit(partial(_after_commit, messages), robust=True)
    return asked


def ask_again_about(client_ref: uuid.UUID) -> int:
    """As `ask_again`, for whoever changes something that a last check asks about a client."""
    return ask_again(
        OutboundMessage.objects.across_practices().filter(client_ref=client_ref).values_list("pk", flat=True)
    )


def take_up_again(reasons: Iterable[str], now: datetime) -> list[uuid.UUID]:
    """After the clock was set back: queue again what was skipped as late at a time still to come; the keys."""
    skipped = OutboundMessage.objects.across_practices().filter(state=State.SKIPPED, settled_at__gt=now)
    keys = list(skipped.filter(reason__in=[TOO_LATE, *reasons]).values_list("pk", flat=True))
    skipped.filter(pk__in=keys).update(state=State.QUEUED, reason="", settled_at=None)
    return keys


def readdress(client_ref: uuid.UUID, *, to: str, at: datetime) -> int:
    """Send what waits for a client to the corrected address; how many. Holds what the old one may have got."""
    waiting = OutboundMessage.objects.across_practices().not_begun().filter(client_ref=client_ref)
    lease.take_back(waiting.filter(in_doubt_since__isnull=False), at, CALLED_BACK)
    waiting.update(to_email=to)
    return ask_again_about(client_ref)


def _not_begun(messages: Iterable[uuid.UUID]) -> OutboundMessageQuerySet:
    return OutboundMessage.objects.across_practices().not_begun().filter(pk__in=messages)


def _ask_again(messages: Iterable[uuid.UUID]) -> int:
    # The attempt's number takes the message from the worker that has it; a queued row stays locked until the commit.
    return _not_begun(messages).update(state=State.QUEUED, attempt=F("attempt") + 1, lease_until=None)


def _after_commit(messages: Iterable[uuid.UUID]) -> None:
    """Nobody is told “stopped” in the instant between the record of a hand-over and its first byte."""
    _ask_again(messages)
    every = OutboundMessage.objects.across_practices().filter(state=State.HANDING_OVER)
    marked = list(every.filter(pk__in=messages).values_list("pk", flat=True))
    until = time.monotonic() + BEGINS_WITHIN
    while marked and every.filter(pk__in=marked).exists() and time.monotonic() < until:
        time.sleep(0.01)


@transaction.atomic
def send_again(message: OutboundMessage, *, by: Member, at: datetime) -> None:
    """A person decides that an unconfirmed or failed message shall be tried once more.

    Raises NotSendable, also when its time has passed.
    """
    ended = OutboundMessage.objects.across_practices().filter(
        Q(expires_at=None) | Q(expires_at__gt=at),
        pk=message.pk,
        attempt=message.attempt,
        state__in=[State.UNCONFIRMED, State.FAILED],
    )
    # Until the server accepts it, it is still one that may have arrived.
    doubt = Case(
        When(state=State.UNCONFIRMED, then=Coalesce("in_doubt_since", "settled_at")), default=F("in_doubt_since")
    )
    if not ended.update(
        state=State.QUEUED,
        in_doubt_since=doubt,
        sent_again_at=at,
        reason="",
        bounce="",
        tries=0,
        not_before=at,
        settled_at=None,
        lease_until=None,
    ):
        raise NotSendable
    audit.record(by, "outbox.sent_again", message, practice=message.practice, client_ref=message.client_ref)
    transaction.on_commit(wake, robust=True)


def send_due(now: datetime, *, limit: int = 0, transport: Transport | None = None) -> int:
    """Hand over up to `limit` due messages (OUTBOX_BATCH unless told). Returns how many were worked on.

    Safe to run in any number of processes at once, and to be killed at any instant. A `transport` that the caller
    gives, and closes, stays connected from one call to the next.
    """
    sweep(now)
    server = mail_server_waits(now)
    if server is None:
        return 0
    with connection_slot(now) as slot:
        if slot is None:
            return 0
        ours = transport or make_transport()
        try:
            # A server that was in trouble is tried with one message first.
            return send_batch(claim(now, 1 if server.failures else limit or settings.OUTBOX_BATCH), now, slot, ours)
        finally:
            if ours is not transport or slot.number is not None:  # a counted connection ends with the right to it
                ours.close()


def wake() -> None:
    """Ask a worker to look at the outbox now. Losing this call loses nothing: the beat asks again."""
    wake_worker("practice.mail.outbox.wake")
