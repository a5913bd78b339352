"""What a session keeps of itself: comfort, steps, notes, and what the day's answers made of it."""

from __future__ import annotations

from typing import Any, TypedDict

from clients.screening.entries import Outcome
from routines.plans.content import Side


class KeptStep(TypedDict):
    """Which step the day left, and what the day may have changed of it."""

    id: str
    side: Side
    pressure: str
    seconds: int | None


class KeptChange(TypedDict):
    """What became of one step on one side, and the rules that did it."""

    n: int
    place: str
    side: str
    state: str
    rules: list[str]


class DayLog(TypedDict):
    """`messages`: what the client is told where the answers block the session, in the words of the rules."""

    overall: Outcome
    urgency: str
    rules: list[str]
    changes: list[KeptChange]
    messages: list[str]
    steps: list[KeptStep]


class SessionLog(TypedDict, total=False):
    """Comfort: 0 (none) to 10 (best). `day` comes with the day's answers, the rest with the end of the session."""

    comfort_before: int | None
    comfort_after: int | None
    steps_done: list[str]
    note: str
    stop_reason: str
    day_answers: dict[str, Any]
    day: DayLog
    by_word: bool
