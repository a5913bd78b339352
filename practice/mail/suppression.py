"""Mail that came back: what it means for the message, the address and the people who should know."""

import logging
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from practice.audit import audit
from practice.mail.lease import take_back
from practice.mail.models import OutboundMessage, Suppression
from practice.tenancy.models import Member

logger = logging.getLogger(__name__)
Bounce, State = OutboundMessage.Bounce, OutboundMessage.State

DEAD_ADDRESS = gettext_noop("The address does not accept mail.")
WEIGHT = {"": 0, Bounce.SOFT: 1, Bounce.HARD: 2, Bounce.COMPLAINT: 3}

#: An answer to RCPT that is about the recipient by RFC 3463: no such address, host or syntax, moved, no mail, disabled.
REFUSED_ADDRESS = re.compile(r"55\d[ -](5\.(?:1\.(?:1|2|3|6|10)|2\.1))\b")

#: Called inside the transaction with the message and its time, once for each message that came back for good or was
#: called spam. The floor above registers here: who must know, and what the client no longer wants.
after_bounce: list[Callable[["Told", datetime], None]] = []


@dataclass(frozen=True)
class Told:
    """What somebody told us about a message. `suppressed_now`: from this on nothing is sent to the address."""

    message: OutboundMessage
    kind: str
    status: str
    suppressed_now: bool


def suppresses(kind: str, *, sent_at: datetime, lifted_at: datetime | None) -> bool:
    """Whether the address takes no more mail after this.

    What was sent before a person said “try again” says nothing about the address since.
    """
    return kind in (Bounce.HARD, Bounce.COMPLAINT) and (lifted_at is None or sent_at > lifted_at)


def is_news(message: OutboundMessage, kind: str) -> bool:
    """Whether the message left us at all, and nothing as grave was told of it before (a replay changes nothing)."""
    has_left = message.attempt > 0 and message.state not in (State.QUEUED, State.CLAIMED, State.SKIPPED)
    return has_left and WEIGHT[kind] > WEIGHT[message.bounce]


def undeliverable(addresses: Iterable[str]) -> set[str]:
    """Those of `addresses` that nothing is sent to, as they were spelled. One query."""
    folded = {address: address.lower() for address in addresses}
    found = Suppression.objects.in_force().filter(address__in=set(folded.values()))
    dead = set(found.values_list("address", flat=True))
    return {address for address in folded if folded[address] in dead}


def is_asked_for(message: OutboundMessage) -> bool:
    """Sign-in codes and the like, which the person asks for at that moment: they go even to a suppressed address,
    so that nobody is locked out by a bounce. They alone belong to no practice."""
    return message.practice_id is None


def refused_addresses(messages: Iterable[OutboundMessage]) -> set[str]:
    """The addresses of a batch of messages that shall not be tried. One query, and none for an empty batch."""
    asked = {message.to_email for message in messages if not is_asked_for(message)}
    return undeliverable(asked) if asked else set()


@transaction.atomic
def note_bounce(key: uuid.UUID, *, kind: str, status: str = "", recipient: str = "", at: datetime) -> bool:
    """Somebody trustworthy says that message `key` came back. False when that changed nothing.

    `recipient`, where one is named, must be the one whom we wrote to.
    """
    found = OutboundMessage.objects.across_practices().select_related("practice").filter(pk=key)
    message = found.select_for_update(of=("self",)).first()
    if message is None or not is_news(message, kind):
        logger.warning("A bounce was ignored: message %s is unknown, never left, or was known to have come back.", key)
        return False
    address = message.to_email.lower()
    if recipient and recipient.strip().lower() != address:
        logger.warning("A bounce was ignored: message %s went to another recipient.", key)
        return False
    message.bounce, message.bounced_at = kind, at
    message.save(update_fields=["bounce", "bounced_at"])
    suppressed_now = _note_address(message, kind, status, at)
    logger.warning("Message %s came back: %s %s", key, kind, status)
    if kind != Bounce.SOFT:
        for listener in after_bounce:
            listener(Told(message, kind, status, suppressed_now), at)
    return True


def note_refusal(message: OutboundMessage, answer: str, *, at: datetime) -> bool:
    """Our own mail server refused `message`, which has been settled. Only an answer that names the address counts:
    any other 5xx may be about us, and would then take every client's mail away."""
    named = REFUSED_ADDRESS.match(answer)
    return named is not None and note_bounce(message.pk, kind=Bounce.HARD, status=named[1], at=at)


def _note_address(message: OutboundMessage, kind: str, status: str, at: datetime) -> bool:
    address = message.to_email.lower()
    row, _made = Suppression.objects.get_or_create(address=address)
    row = Suppression.objects.select_for_update().get(pk=row.pk)
    if kind == Bounce.SOFT:
        row.soft_count, row.last_soft_at = F("soft_count") + 1, at
        row.save(update_fields=["soft_count", "last_soft_at"])
        return False
    # Not settled yet: the report has overtaken our own commit.
    if row.since or not suppresses(kind, sent_at=message.settled_at or at, lifted_at=row.lifted_at):
        return False
    row.since, row.kind, row.status, row.practice_ref = at, kind, status, message.practice_id
    row.save(update_fields=["since", "kind", "status", "practice_ref"])
    waiting = OutboundMessage.objects.across_practices().not_begun().filter(to_email__iexact=address)
    take_back(waiting.exclude(practice=None), at, DEAD_ADDRESS)
    return True


def suppression_of(address: str) -> Suppression | None:
    """The suppression in force of an address."""
    return Suppression.objects.in_force().filter(address=address.lower()).first()


@transaction.atomic
def lift_suppression(address: str, *, by: Member, client_ref: uuid.UUID, at: datetime) -> bool:
    """A person says “try again”. False when the address was not suppressed (any more)."""
    row = Suppression.objects.in_force().select_for_update().filter(address=address.lower()).first()
    if row is None:
        return False
    row.since, row.lifted_at, row.kind, row.status, row.practice_ref = None, at, "", "", None
    row.save(update_fields=["since", "lifted_at", "kind", "status", "practice_ref"])
    audit.record(by, "bounce.lifted", row, practice=by.practice, client_ref=client_ref)
    return True
