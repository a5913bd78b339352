"""The promise that every run is held to: each due moment ends once, visibly, whatever failed."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable

from django.db import DatabaseError

from bench.chaos import world
from bench.chaos.promises import Promise, all_of, known, none_of
from bench.chaos.sink import Event
from bench.chaos.world import Person


def wait_settled(people: list[Person], seconds: float, *, tend: Callable[[], None] = lambda: None) -> float:
    """Until nothing is on its way any more, or the time is over: then the verdict says what is left. Seconds waited."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        tend()
        with contextlib.suppress(DatabaseError):
            if not world.open_rows(people):
                break
        time.sleep(0.2)
    return time.monotonic() - began


def each_once(people: list[Person], events: Iterable[Event], skips: Collection[str] = ()) -> list[Promise]:
    """`skips`: the only reasons for which a reminder of this run may rightly stay unsent."""
    fates = world.fates(people)
    taken = Counter(event.message_id for event in events if event.kind == "taken")
    return [
        known("reminders ended as", world.counted(people)),
        none_of("lost", len(people) - sum(_has_ended(fate, skips) for fate in fates.values())),
        *taken_once(taken),
        none_of("two messages for one reminder", _twice(people, events)),
    ]


def taken_once(taken: Counter[str]) -> list[Promise]:
    """`taken`: Message-ID -> how often the mail server accepted it. Held mail is never sent again, so no second
    time is allowed, not even after the marked instant."""
    states = world.message_states()
    doubtful = [key for key in taken if states.get(key) != "sent"]
    listed = [key for key in doubtful if states.get(key) == "unconfirmed"]
    return [
        none_of("doubled", sum(count - 1 for count in taken.values())),
        none_of(
            "said to be sent, but never accepted", sum(s == "sent" and key not in taken for key, s in states.items())
        ),
        all_of("accepted but not known to be sent: listed as unconfirmed", len(listed), len(doubtful)),
    ]


def _has_ended(fate: world.Fate, skips: Collection[str]) -> bool:
    return fate.state in ("sent", "unconfirmed") or (fate.state == "skipped" and fate.reason in skips)


def _twice(people: list[Person], events: Iterable[Event]) -> int:
    """Different messages to one address: each person had one reminder."""
    ours = {one.address for one in people}
    keys = {(event.address, event.message_id) for event in events if event.kind == "taken" and event.address in ours}
    return sum(count - 1 for count in Counter(address for address, _key in keys).values())
