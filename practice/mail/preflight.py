"""The last question before a message leaves, asked for a whole batch at once and anew when the answer grows old.

A guard is `(messages, at) -> {pk: reason}`: the messages that shall not be sent, in few queries whatever their number.
What changes an answer also calls the messages back or has them asked again (practice.mail.outbox), in its own transaction,
so that the marker of the hand-over fails. What only time changes is covered by asking anew.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError
from django.utils.module_loading import import_string

from practice.mail.lease import TOO_LATE
from practice.mail.models import OutboundMessage
from practice.mail.suppression import DEAD_ADDRESS, is_asked_for, refused_addresses

#: A day ends somewhere on each quarter of an hour; no answer outlives one, and none this:
GOOD_FOR = timedelta(seconds=5)


class LastCheck:
    def __init__(self, batch: Iterable[OutboundMessage]) -> None:
        self._open = {message.pk: message for message in batch}
        self._asked: datetime | None = None
        self._reasons: dict[uuid.UUID, str] = {}
        self._faults: dict[uuid.UUID, Exception] = {}
        self._dead: set[str] = set()

    def holds(self, at: datetime) -> bool:
        """Whether the answers in hand still count at `at`."""
        return self._asked is not None and at - self._asked < GOOD_FOR and _quarter(at) == _quarter(self._asked)

    def reason_against(self, message: OutboundMessage, at: datetime) -> str | None:
        """Why this message shall not leave; None when it may. Raises what its guard raised."""
        if message.expires_at and at >= message.expires_at:
            return TOO_LATE
        if not self.holds(at):
            self._ask(at)
        if message.to_email in self._dead and not is_asked_for(message):
            return DEAD_ADDRESS
        if fault := self._faults.get(message.pk):
            raise fault
        return self._reasons.get(message.pk)

    def is_done_with(self, message: OutboundMessage) -> None:
        """It is not asked about again."""
        self._open.pop(message.pk, None)

    def _ask(self, at: datetime) -> None:
        self._reasons, self._faults, self._asked = {}, {}, at
        self._dead = refused_addresses(self._open.values())
        by_guard: dict[str, list[OutboundMessage]] = defaultdict(list)
        for message in self._open.values():
            if message.guard:
                by_guard[message.guard].append(message)
        for path, messages in by_guard.items():
            try:
                self._reasons |= import_string(path)(messages, at)
            except (OperationalError, InterfaceError):
                raise  # the database's fault, no message's
            except Exception:  # find the one that fails, and let the others go
                self._ask_one_by_one(path, messages, at)

    def _ask_one_by_one(self, path: str, messages: list[OutboundMessage], at: datetime) -> None:
        for message in messages:
            try:
                self._reasons |= import_string(path)([message], at)
            except (OperationalError, InterfaceError):
                raise
            except Exception as fault:  # whatever a guard raises is this message's own fault
                self._faults[message.pk] = fault


def _quarter(at: datetime) -> int:
    return int(at.timestamp() // 900)
