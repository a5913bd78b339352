"""What the mail provider allows: so many messages a second and so many connections, over all workers.

Both are kept in the database. A worker takes a connection before it claims messages, and before each message a moment
on the line of moments, which are spaced so that the limit holds even when each message arrives up to LATEST late.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from practice.mail.models import MailConnection, MailServer
from practice.mail.transport import LONGEST_TALK

LATEST = timedelta(milliseconds=200)
#: A moment that is missed by more is given up for another one; the rest of LATEST is for the way to the server.
MISSED_AFTER = LATEST / 2
#: Whoever would have to wait longer for a moment comes back another time.
LONGEST_WAIT = timedelta(seconds=10)
#: A dead worker's connection is free again after this; a living one renews it before each talk with the server.
CONNECTION_LEASE = LONGEST_TALK + timedelta(seconds=10)
RENEW_AFTER = timedelta(seconds=5)


class NotOurTurn(Exception):
    """The limits leave no moment soon, or another worker has our connection now."""


class Slot:
    """The right to one connection; `number` None when there is no limit."""

    def __init__(self, number: int | None, now: datetime) -> None:
        self.number, self.holder, self._renewed = number, uuid.uuid4(), now

    def take(self, now: datetime) -> bool:
        free = MailConnection.objects.filter(_is_free(now), number=self.number or 0)
        return free.update(holder=self.holder, lease_until=now + CONNECTION_LEASE) == 1

    def keep(self, now: datetime) -> None:
        """Called before each talk. Raises NotOurTurn when it came too late."""
        if self.number is None or now - self._renewed < RENEW_AFTER:
            return
        mine = MailConnection.objects.filter(number=self.number, holder=self.holder, lease_until__gt=now)
        if not mine.update(lease_until=now + CONNECTION_LEASE):
            raise NotOurTurn
        self._renewed = now

    def leave(self) -> None:
        if self.number is not None:
            MailConnection.objects.filter(number=self.number, holder=self.holder).update(lease_until=None)


@contextmanager
def connection_slot(now: datetime) -> Iterator[Slot | None]:
    """A right to connect, or None when all are taken."""
    most = settings.EMAIL_MAX_CONNECTIONS
    slot = _taken_slot(most, now) if most else Slot(None, now)
    try:
        yield slot
    finally:
        if slot:
            slot.leave()


def _taken_slot(most: int, now: datetime) -> Slot | None:
    numbers = range(1, most + 1)
    taken = MailConnection.objects.filter(number__in=numbers)
    if taken.count() < most:
        MailConnection.objects.bulk_create([MailConnection(number=each) for each in numbers], ignore_conflicts=True)
    free = taken.filter(_is_free(now)).order_by("number")
    for number in list(free.values_list("number", flat=True)):
        slot = Slot(number, now)
        if slot.take(now):
            return slot
    return None


def _is_free(now: datetime) -> Q:
    # Farther ahead than any lease reaches: taken by a clock that has been set back.
    return Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_until__gt=now + 2 * CONNECTION_LEASE)


def next_moment(now: datetime) -> datetime:
    """One message's place in time, now or later, that nobody else has. Raises NotOurTurn."""
    # The moments within any second and LATEST are at most what the limit allows for a second.
    space = (timedelta(seconds=1) + LATEST) / settings.EMAIL_MAX_PER_SECOND
    while True:
        taken = MailServer.objects.values_list("next_slot", flat=True).get(pk=1)
        # Nobody takes one that is farther away: the clock was set back.
        moment = taken if taken and now < taken <= now + LONGEST_WAIT + space else now
        if moment - now > LONGEST_WAIT:
            raise NotOurTurn
        if MailServer.objects.filter(pk=1, next_slot=taken).update(next_slot=moment + space):
            return moment


def wait_for_moment(clock: Callable[[], datetime]) -> datetime | None:
    """Sleeps until a moment has come, by the monotonic clock, and returns it; None without a limit.

    Raises NotOurTurn.
    """
    while settings.EMAIL_MAX_PER_SECOND:
        now = clock()
        moment = next_moment(now)
        time.sleep(max(0.0, (moment - now).total_seconds()))
        if not is_missed(moment, clock()):
            return moment
    return None


def is_missed(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now - moment > MISSED_AFTER
