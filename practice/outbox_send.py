"""From claimed to settled: check again, offer, mark, hand over, settle. One connection for a batch."""

import logging
import time
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string

from practice import outbox_claim
from practice.bounce_address import return_path
from practice.bounces import DEAD_ADDRESS, is_asked_for, refused_addresses
from practice.models import MailServer, OutboundMessage
from practice.outbox_claim import POISON_TRIES, TOO_LATE, UNWRITABLE, State
from practice.outbox_render import render
from practice.smtp import LONGEST_TALK, InDoubt, Lost, NotNow, Refused, ServerTrouble, Transport, make_transport

logger = logging.getLogger(__name__)

#: No new message is begun later than this after the claim, so that one task stays inside CELERY_TASK_TIME_LIMIT.
BATCH_TIME = timedelta(seconds=40)
#: Connections lost in a row over different messages: no longer the messages' fault.
LOST_IN_A_ROW = 2
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=4), timedelta(seconds=45)


class _Clock:
    """`now` as it was given, moved on by the monotonic clock: a jump of the wall clock does not reach a batch."""

    def __init__(self, now: datetime) -> None:
        self._now, self._began = now, time.monotonic()

    @property
    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._began)

    def __call__(self) -> datetime:
        return self._now + self.elapsed


def send_batch(batch: list[OutboundMessage], now: datetime) -> None:
    """Settle, defer or put back every message of a claimed batch."""
    if not batch:
        return
    clock, transport, lost = _Clock(now), make_transport(), 0
    waiting, dead = list(batch), refused_addresses(batch)
    try:
        while waiting and clock.elapsed < BATCH_TIME:
            message = waiting.pop(0)
            lost = lost + 1 if _send(message, transport, clock, dead) else 0
            if lost >= LOST_IN_A_ROW:
                raise ServerTrouble(message.reason or Lost.__name__)
    except ServerTrouble as trouble:
        _note_answers(batch)
        _pause_everybody(clock(), str(trouble))
    else:
        _note_answers(batch)
    finally:
        transport.close()
        for message in waiting:
            outbox_claim.put_back(message, clock())


def _send(message: OutboundMessage, transport: Transport, clock: _Clock, dead: set[str]) -> bool:
    """One message. True when the connection was lost over it. Raises ServerTrouble when all should wait."""
    if clock() + LONGEST_TALK > _lease_end(message) and not outbox_claim.renew(message, clock()):
        return False
    try:
        is_dead = message.to_email in dead and not is_asked_for(message)
        reason = DEAD_ADDRESS if is_dead else _reason_not_to_send(message, clock())
        if reason:
            outbox_claim.settle(message, State.SKIPPED, clock(), reason)
            return False
        email = render(message)
    except (OperationalError, InterfaceError):
        raise  # the database's fault, not the message's
    except Exception as fault:  # a template or a guard that fails is this message's own fault, whatever it raises
        logger.warning("Message %s (%s) cannot be written: %s", message.pk, message.kind, type(fault).__name__)
        outbox_claim.defer(message, clock(), UNWRITABLE, most=POISON_TRIES)
        return False
    return _hand_over(message, email, transport, clock)


def _hand_over(message: OutboundMessage, email: EmailMultiAlternatives, transport: Transport, clock: _Clock) -> bool:
    try:
        transport.offer(email, return_path(message), message.to_email)
        if not outbox_claim.mark(message, clock()):
            transport.abandon()
            return False
        transport.hand_over()
    except ServerTrouble as trouble:
        if trouble.met_by_message:
            outbox_claim.defer(message, clock(), str(trouble))
        else:
            outbox_claim.put_back(message, clock())
        raise
    except NotNow as answer:
        message.reason = str(answer)
        outbox_claim.defer(message, clock(), message.reason)
        return isinstance(answer, Lost)
    except InDoubt as doubt:
        logger.warning("Message %s is unconfirmed: %s", message.pk, doubt)
        outbox_claim.settle(message, State.UNCONFIRMED, clock(), str(doubt))
        raise ServerTrouble(str(doubt)) from doubt
    except (Refused, ValueError) as refusal:
        # ValueError: an address that SMTP cannot carry.
        outbox_claim.settle(message, State.FAILED, clock(), str(refusal))
    else:
        _settle_sent(message, clock())
    return False


def _settle_sent(message: OutboundMessage, at: datetime) -> None:
    """The server has it: a database that is away for a moment must not turn this into doubt."""
    for last in (False, False, True):
        try:
            outbox_claim.settle(message, State.SENT, at)
            message.state = State.SENT
            return
        except (OperationalError, InterfaceError):
            if last:
                raise
            connection.close_if_unusable_or_obsolete()


def _lease_end(message: OutboundMessage) -> datetime:
    assert message.lease_until is not None, "a claimed message has a lease"
    return message.lease_until


def _reason_not_to_send(message: OutboundMessage, at: datetime) -> str | None:
    if message.expires_at and at >= message.expires_at:
        return TOO_LATE
    return import_string(message.guard)(message) if message.guard else None


def mail_server_waits(now: datetime) -> MailServer | None:
    """The mail server's record when it may be tried; None while everybody waits."""
    server, _made = MailServer.objects.get_or_create(pk=1)
    return None if server.paused_until and server.paused_until > now else server


def _pause_everybody(now: datetime, reason: str) -> None:
    server, _made = MailServer.objects.get_or_create(pk=1)
    server.failures += 1
    server.down_since = server.down_since or now
    server.paused_until = now + outbox_claim.pause(server.failures, first=FIRST_WAIT, longest=LONGEST_WAIT)
    server.reason = reason[:200]
    server.save()
    logger.warning("The mail server does not serve us (%s); next try at %s.", reason[:200], server.paused_until)


def _note_answers(batch: list[OutboundMessage]) -> None:
    if any(message.state == State.SENT for message in batch):
        MailServer.objects.filter(pk=1, failures__gt=0).update(
            failures=0, down_since=None, paused_until=None, reason=""
        )
