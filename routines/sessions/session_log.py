"""What a session keeps of itself: comfort, steps, notes, and what the day's answers made of it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from clients.screening.answers import AnswerValue
from clients.screening.entries import Outcome
from routines.plans.content import Side

#: How a session was, in the client's word.
Feeling = Literal["", "fine", "hurt", "changed"]


class KeptOffer(TypedDict):
    """A step that a rule added for the day, by the catalog's slugs; it stands in no version."""

    number: int
    zone: str | None
    technique: str | None
    tool: str | None


class KeptStep(TypedDict):
    """Which step the day left, and what the day may have changed of it."""

    id: str
    side: Side
    pressure: str
    seconds: int | None
    offer: NotRequired[KeptOffer]


class KeptChange(TypedDict):
    """What became of one step on one side, and the rules that did it."""

    n: int
    place: str
    side: str
    state: str
    rules: list[str]


class KeptReason(TypedDict):
    """A question and the client's answer behind a change, both in words."""

    question: str
    answer: str


class DayLog(TypedDict):
    """`messages`: what the client is told where the answers block the session, in the words of the rules. `until`: the
    instant from which that ends by itself, ISO, else "".
    """

    overall: Outcome
    urgency: str
    rules: list[str]
    changes: list[KeptChange]
    messages: list[str]
    steps: list[KeptStep]
    reasons: NotRequired[list[KeptReason]]
    until: NotRequired[str]


class LaterWords(TypedDict):
    """What was said of a session that had ended already, from another device or a second time."""

    at: str
    feeling: Feeling
    note: str


class SessionLog(TypedDict, total=False):
    """Comfort: 0 (none) to 10 (best). `day` comes with the day's answers, the rest with the end of the session."""

    comfort_before: int | None
    comfort_after: int | None
    steps_done: list[str]
    note: str
    feeling: Feeling
    later: list[LaterWords]
    day_answers: dict[str, AnswerValue]
    #: Of replies from other devices: those that a graver one was joined to, and those that were milder.
    earlier_answers: list[dict[str, AnswerValue]]
    shown: list[str]
    day: DayLog
    by_word: bool
