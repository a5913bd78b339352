"""From claimed to settled: check again, offer, mark, hand over, settle. One connection for a batch.

While the server works on one message the next is written, and the commit that marks the next also settles the one
before it. When the next is not ready at once, the one before is settled at once by a commit of its own.
"""

import logging
import time
from collections import deque
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from practice.mail import lease
from practice.mail.lease import POISON_TRIES, UNWRITABLE, State
from practice.mail.models import MailServer, OutboundMessage
from practice.mail.preflight import LastCheck
from practice.mail.rate_limit import NotOurTurn, Slot, is_missed, wait_for_moment
from practice.mail.render import render
from practice.mail.return_path import return_path
from practice.mail.suppression import note_refusal
from practice.mail.transport import LONGEST_TALK, InDoubt, Lost, NotNow, Refused, ServerTrouble, Transport

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


def send_batch(batch: list[OutboundMessage], now: datetime, slot: Slot, transport: Transport) -> int:
    """Settle, defer or put back every message of a claimed batch. Returns how many were worked on."""
    sending = _Batch(batch, now, slot, transport)
    if batch:
        sending.send()
    return sending.begun


class _Batch:
    def __init__(self, batch: list[OutboundMessage], now: datetime, slot: Slot, transport: Transport) -> None:
        self._slot, self._transport = slot, transport
        self.begun = 0
        self._clock = _Clock(now)
        self._waiting = deque(batch)
        self._check = LastCheck(batch)
        #: What the server has and our books do not yet show.
        self._accepted: OutboundMessage | None = None
        self._written: tuple[OutboundMessage, Any] | None = None
        #: The server has answered about a message of its own, be it with a refusal.
        self._is_served = False

    def send(self) -> None:
        with ExitStack() as at_last:
            at_last.callback(self._put_back_the_rest)
            at_last.callback(self._settle_accepted)
            try:
                self._send_all()
            except ServerTrouble as trouble:
                self._note_answers()
                _pause_everybody(self._clock(), str(trouble))
            except NotOurTurn:
                self.begun -= 1
                self._note_answers()
            else:
                self._note_answers()

    def _send_all(self) -> None:
        lost = 0
        while self._waiting and self._clock.elapsed < BATCH_TIME:
            message = self._waiting.popleft()
            self.begun += 1
            packed = self._ready(message)
            if packed is None:
                continue
            lost = lost + 1 if self._hand_over(message, packed) else 0
            self._check.is_done_with(message)
            if lost >= LOST_IN_A_ROW:
                raise ServerTrouble(message.reason or Lost.__name__)

    def _ready(self, message: OutboundMessage) -> Any:
        """The message as the transport takes it; None when it is settled otherwise."""
        if not lease.may_repeat(message, self._clock()):
            self._settle_accepted()
            lease.settle(message, State.UNCONFIRMED, self._clock(), lease.IN_DOUBT)
            return None
        assert message.lease_until is not None, "a claimed message has a lease"
        if self._clock() + LONGEST_TALK > message.lease_until:
            self._settle_accepted()
            if not lease.renew(message, self._clock()):
                return None
        if not self._is_wanted(message):
            return None
        try:
            return self._pack(message)
        except Exception as fault:  # a template that fails is this message's own fault, whatever it raises
            return self._set_aside(message, fault)

    def _is_wanted(self, message: OutboundMessage) -> bool:
        """Costs nothing while the answers in hand are fresh."""
        if not self._check.holds(self._clock()):
            self._settle_accepted()
            self._written = None  # what is asked again may say less than it did
        try:
            reason = self._check.reason_against(message, self._clock())
        except (OperationalError, InterfaceError):
            raise  # the database's fault, not the message's
        except Exception as fault:
            self._set_aside(message, fault)
            return False
        if reason:
            self._settle_accepted()
            lease.settle(message, State.SKIPPED, self._clock(), reason)
        return not reason

    def _set_aside(self, message: OutboundMessage, fault: Exception) -> None:
        self._settle_accepted()
        logger.warning("Message %s (%s) cannot be written: %s", message.pk, message.kind, type(fault).__name__)
        lease.defer(message, self._clock(), UNWRITABLE, most=POISON_TRIES)

    def _pack(self, message: OutboundMessage) -> Any:
        written, self._written = self._written, None
        if written and written[0] is message:
            return written[1]
        return self._transport.pack(render(message))

    def _write_next(self) -> None:
        """While the server works on another. What fails here fails again in its turn, and is dealt with there."""
        if self._waiting:
            with suppress(Exception):
                self._written = self._waiting[0], self._transport.pack(render(self._waiting[0]))

    def _hand_over(self, message: OutboundMessage, packed: Any) -> bool:
        """True when the connection was lost over this message. Raises ServerTrouble when all should wait."""
        try:
            if not self._offer_and_mark(message, packed):
                return False
            self._transport.hand_over(meanwhile=self._write_next)
        except NotOurTurn:
            self._transport.abandon()
            lease.put_back(message, self._clock())
            raise
        except ServerTrouble as trouble:
            if trouble.met_by_message:
                lease.defer(message, self._clock(), str(trouble))
            else:
                lease.put_back(message, self._clock())
            raise
        except NotNow as answer:
            message.reason = str(answer)
            self._is_served = self._is_served or not isinstance(answer, Lost)
            lease.defer(message, self._clock(), message.reason)
            return isinstance(answer, Lost)
        except InDoubt as doubt:
            logger.warning("Message %s is unconfirmed: %s", message.pk, doubt)
            lease.doubt(message, self._clock(), str(doubt))
            raise ServerTrouble(str(doubt)) from doubt
        except (Refused, ValueError) as refusal:
            # ValueError: an address that SMTP cannot carry.
            self._is_served = self._is_served or isinstance(refusal, Refused)
            lease.settle(message, State.FAILED, self._clock(), str(refusal))
            note_refusal(message, str(refusal), at=self._clock())
        else:
            self._accepted, self._is_served = message, True
        return False

    def _offer_and_mark(self, message: OutboundMessage, packed: Any) -> bool:
        try:
            moment = self._wait_for_turn()
            self._transport.offer(packed, return_path(message), message.to_email, when_slow=self._settle_accepted)
            marked = False
            try:
                if is_missed(moment, self._clock()):  # the server took its time
                    moment = self._wait_for_turn()
                # Asked again for the same reason.
                marked = self._is_wanted(message) and self._mark(message)
            finally:
                if not marked:
                    self._transport.abandon()
        finally:
            self._settle_accepted()
        if marked and is_missed(moment, self._clock()):
            raise NotOurTurn  # never waited for after the mark: who stops it now is answered in a second
        return marked

    def _mark(self, message: OutboundMessage) -> bool:
        self._slot.keep(self._clock())
        marked = lease.mark(message, self._clock(), sent=self._accepted)
        self._accepted = None
        return marked

    def _wait_for_turn(self) -> datetime | None:
        """The moment at which the provider's limits let one message go. Raises NotOurTurn."""
        if settings.EMAIL_MAX_PER_SECOND:
            self._settle_accepted()
        moment = wait_for_moment(self._clock)
        self._slot.keep(self._clock())
        return moment

    def _settle_accepted(self) -> None:
        """The server has it: a database that is away for a moment must not turn this into doubt."""
        for last in (False, False, True):
            if self._accepted is None:
                return
            try:
                lease.settle(self._accepted, State.SENT, self._clock())
                self._accepted = None
            except (OperationalError, InterfaceError):
                if last:
                    raise
                connection.close_if_unusable_or_obsolete()

    def _note_answers(self) -> None:
        if self._is_served:
            MailServer.objects.filter(pk=1, failures__gt=0).update(
                failures=0, down_since=None, paused_until=None, reason=""
            )

    def _put_back_the_rest(self) -> None:
        for message in self._waiting:
            lease.put_back(message, self._clock())


def mail_server_waits(now: datetime) -> MailServer | None:
    """The mail server's record when it may be tried; None while everybody waits."""
    server, _made = MailServer.objects.get_or_create(pk=1)
    # A pause that ends later than any pause reaches was set by a clock that has been set back.
    return None if server.paused_until and now < server.paused_until <= now + 2 * LONGEST_WAIT else server


def _pause_everybody(now: datetime, reason: str) -> None:
    server, _made = MailServer.objects.get_or_create(pk=1)
    server.failures += 1
    server.down_since = server.down_since or now
    server.paused_until = now + lease.pause(server.failures, first=FIRST_WAIT, longest=LONGEST_WAIT)
    server.reason = reason[:200]
    server.save(update_fields=["failures", "down_since", "paused_until", "reason"])
    logger.warning("The mail server does not serve us (%s); next try at %s.", reason[:200], server.paused_until)
