"""Who holds a message: claimed under a lease, marked before the hand-over, settled once.

Every write is a conditional update that names the attempt, so a worker that lost its claim changes nothing.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from practice.mail.models import OutboundMessage

State = OutboundMessage.State
#: Faults of the message itself (it cannot be written, or it takes its worker down) before it is set aside.
POISON_TRIES = 5
#: "Not now" answers of a mail server to this message before it is given up: about two hours.
DEFERRED_TRIES = 10
#: Providers know a key for 24 hours; the rest is for a slow hand-over and clocks that differ.
REPEATED_FOR = timedelta(hours=23)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=30)

SET_ASIDE = gettext_noop("Set aside: its worker stopped each time it was tried.")
IN_DOUBT = gettext_noop("The worker stopped between hand-over and answer. It may have arrived.")
UNWRITABLE = gettext_noop("It could not be written.")
TOO_LATE = gettext_noop("Its time had passed.")


_TABLE = OutboundMessage._meta.db_table
#: A row that somebody holds is left to a statement of its own: who holds one of two never waits for the other.
_UNHELD = f"IN (SELECT id FROM {_TABLE} WHERE id IN (%(sent)s, %(next)s) FOR NO KEY UPDATE SKIP LOCKED)"  # noqa: S608
_BOTH = "IN (%(sent)s, %(next)s)"
#: `mark` and `settle` in one statement. Plain SQL, because the ORM needs longer to write these two updates than the
#: mail server needs for the message.
_SETTLE_AND_MARK = f"""
    UPDATE {_TABLE} SET
        state = CASE WHEN id = %(sent)s THEN '{State.SENT}' ELSE '{State.HANDING_OVER}' END,
        reason = CASE WHEN id = %(sent)s THEN '' ELSE reason END,
        settled_at = CASE WHEN id = %(sent)s THEN %(now)s ELSE settled_at END,
        lease_until = CASE WHEN id = %(sent)s THEN NULL ELSE %(lease)s END
    WHERE id ROWS AND (
        (id = %(sent)s AND attempt = %(sent_attempt)s
            AND state IN ('{State.CLAIMED}', '{State.HANDING_OVER}', '{State.UNCONFIRMED}'))
        OR (id = %(next)s AND attempt = %(next_attempt)s AND state = '{State.CLAIMED}' AND lease_until > %(now)s)
    ) RETURNING id
"""  # noqa: S608 - our own names


def claim(now: datetime, limit: int) -> list[OutboundMessage]:
    """Take up to `limit` due messages for OUTBOX_LEASE. A message that was claimed and never settled is
    taken alone, so that one which kills its worker does not hold up others."""
    if not OutboundMessage.objects.across_practices().due(now).exists():
        return []
    with transaction.atomic(durable=True):
        lost, fresh = _candidates(now, limit)
        keys = lost[:1] or fresh  # the longest lost first, so that poison takes its turn
        _set_aside_poison(now, lost[:1])
        taken = OutboundMessage.objects.across_practices().due(now).filter(pk__in=keys)
        taken.update(
            state=State.CLAIMED,
            attempt=F("attempt") + 1,
            lease_until=now + settings.OUTBOX_LEASE,
            tries=F("tries") + (1 if lost else 0),
        )
        mine = OutboundMessage.objects.across_practices().filter(pk__in=keys, state=State.CLAIMED)
        return list(mine.prefetch_related("practice").order_by("not_before", "created_at"))


def _candidates(now: datetime, limit: int) -> tuple[list, list]:
    due = OutboundMessage.objects.across_practices().due(now).order_by("not_before", "created_at")
    # On SQLite the transaction is IMMEDIATE: whoever is in it is alone.
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    rows = list(due.values_list("pk", "state", "lease_until")[:limit])
    lost = sorted((row for row in rows if row[1] == State.CLAIMED), key=lambda row: row[2] or now)
    return [row[0] for row in lost], [row[0] for row in rows if row[1] == State.QUEUED]


def _set_aside_poison(now: datetime, keys: list) -> None:
    poison = OutboundMessage.objects.across_practices().filter(pk__in=keys, tries__gte=POISON_TRIES)
    ended = {"reason": SET_ASIDE, "settled_at": now, "lease_until": None}
    poison.filter(in_doubt_since=None).update(state=State.FAILED, **ended)
    poison.filter(state=State.CLAIMED).update(state=State.UNCONFIRMED, **ended)


def renew(message: OutboundMessage, now: datetime) -> bool:
    """Another full lease. False: the claim is lost."""
    message.lease_until = now + settings.OUTBOX_LEASE
    return _move(message, [State.CLAIMED], lease_until=message.lease_until)


def mark(message: OutboundMessage, now: datetime, *, sent: OutboundMessage | None = None) -> bool:
    """Commit "handing over": from here until the mail server answers, a crash leaves the message in doubt.

    False when the claim is lost or the message was called back; then nothing may be handed over. The message before
    it, that the server has just accepted, is settled as `sent` in the same commit: one flush to the disk for both.
    """
    # Committed by itself: claim() has made sure that there is no transaction around us.
    if sent is not None:
        done = _settle_and_mark(sent, message, now)
        if sent.pk not in done:
            settle(sent, State.SENT, now)
        if message.pk in done:
            return True
    held = Q(lease_until__gt=now)
    return _move(message, [State.CLAIMED], held, state=State.HANDING_OVER, lease_until=now + settings.OUTBOX_LEASE)


def _settle_and_mark(sent: OutboundMessage, message: OutboundMessage, now: datetime) -> set[Any]:
    """One statement, committed by itself: the keys of those that were as we left them, and are changed."""
    key, moment = OutboundMessage._meta.pk.get_db_prep_value, connection.ops.adapt_datetimefield_value
    words = {
        "sent": key(sent.pk, connection),
        "sent_attempt": sent.attempt,
        "next": key(message.pk, connection),
        "next_attempt": message.attempt,
        "now": moment(now),
        "lease": moment(now + settings.OUTBOX_LEASE),
    }
    rows = _UNHELD if connection.features.has_select_for_update_skip_locked else _BOTH
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_AND_MARK.replace("ROWS", rows), words)
        done = {row[0] for row in cursor.fetchall()}
    return {each.pk for each, name in ((sent, "sent"), (message, "next")) if words[name] in done}


def settle(message: OutboundMessage, state: str, now: datetime, reason: str = "") -> bool:
    """The end of a message. An answer that comes after the lease still tells the truth, so `unconfirmed` gives way.

    A message that may have arrived before is never called skipped or failed.
    """
    if message.in_doubt_since and state in (State.SKIPPED, State.FAILED):
        state = State.UNCONFIRMED
    held = [State.CLAIMED, State.HANDING_OVER, State.UNCONFIRMED]
    return _move(message, held, state=state, reason=reason[:200], settled_at=now, lease_until=None)


def take_back(waiting: Any, now: datetime, reason: str) -> int:
    """Waiting messages (a queryset) that shall not leave. In one statement, since a doubt may come at any moment."""
    may_have_arrived = Q(in_doubt_since__isnull=False)
    return waiting.update(
        state=Case(When(may_have_arrived, then=Value(State.UNCONFIRMED)), default=Value(State.SKIPPED)),
        reason=Case(When(may_have_arrived, then=Value(IN_DOUBT)), default=Value(reason[:200])),
        settled_at=now,
        lease_until=None,
    )


def put_back(message: OutboundMessage, now: datetime) -> bool:
    """Not this message's fault: it waits again, unchanged."""
    return _move(message, [State.CLAIMED, State.HANDING_OVER], state=State.QUEUED, lease_until=None)


def may_repeat(message: OutboundMessage, now: datetime) -> bool:
    """Whether a message that may have arrived can be sent again: the provider still knows its key, or a person said
    so."""
    since = message.in_doubt_since
    return (
        since is None
        or message.sent_again_at is not None
        or bool(settings.EMAIL_IDEMPOTENCY_HEADER and since > now - REPEATED_FOR)
    )


def doubt(message: OutboundMessage, now: datetime, reason: str) -> bool:
    """The hand-over was not answered: held for a person, or repeated under its idempotency key."""
    assert message.lease_until is not None, "a claimed message has a lease"
    # The claim came before the hand-over: on the safe side.
    message.in_doubt_since = message.in_doubt_since or message.lease_until - settings.OUTBOX_LEASE
    message.sent_again_at = None
    if not may_repeat(message, now):
        return settle(message, State.UNCONFIRMED, now, reason)
    return defer(message, now, reason, in_doubt_since=message.in_doubt_since, sent_again_at=None)


def defer(
    message: OutboundMessage, now: datetime, reason: str, *, most: int = DEFERRED_TRIES, **fields: object
) -> bool:
    """Try again after a growing, jittered pause; after `most` tries it has failed."""
    tries = message.tries + 1
    if tries >= most:
        return settle(message, State.FAILED, now, reason)
    return _move(
        message,
        [State.CLAIMED, State.HANDING_OVER],
        state=State.QUEUED,
        lease_until=None,
        tries=tries,
        reason=reason[:200],
        not_before=now + pause(tries),
        **fields,
    )


def pause(tries: int, *, first: timedelta = FIRST_PAUSE, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """Doubles with each try up to `longest`, give or take a quarter so that retries do not come in step."""
    return min(longest, first * 2 ** min(tries - 1, 20)) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret


def sweep(now: datetime) -> int:
    """Hand-overs whose worker vanished are in doubt: held and listed, or repeated under their idempotency key."""
    vanished = OutboundMessage.objects.across_practices().vanished(now)
    if settings.EMAIL_IDEMPOTENCY_HEADER:
        begun = Coalesce(F("in_doubt_since"), F("lease_until") - settings.OUTBOX_LEASE, output_field=DateTimeField())
        again = {"in_doubt_since": begun, "sent_again_at": None, "reason": IN_DOUBT, "lease_until": None}
        return vanished.update(state=State.QUEUED, **again)
    return vanished.update(state=State.UNCONFIRMED, reason=IN_DOUBT, settled_at=now, lease_until=None)


def _move(message: OutboundMessage, held: Sequence[str], *conditions: Q, **fields: object) -> bool:
    mine = OutboundMessage.objects.across_practices().filter(
        *conditions, pk=message.pk, attempt=message.attempt, state__in=held
    )
    return mine.update(**fields) == 1
