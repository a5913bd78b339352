"""The sealed columns of a client's record, in the form in which they are kept."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from clients.screening.answers import AnswerValue


class StoredAnswer(TypedDict):
    """One answer. `on`: the local day on which it was given, ISO; `at`: the instant, of an answer before a session.
    `rev` and `tab`: the save that brought it.

    `prefill`: copied from the last intake, and not confirmed in this one.
    """

    value: AnswerValue | None
    on: str
    at: NotRequired[str]
    note: NotRequired[str]
    rev: NotRequired[int]
    tab: NotRequired[str]
    prefill: NotRequired[bool]
    #: Of an answer before a session: the last one of an earlier day.
    before: NotRequired[StoredAnswer]


StoredAnswers = dict[str, StoredAnswer]
"""Question -> what was answered."""

LetterContent = TypedDict(
    "LetterContent",
    {"rules": list[str], "from": str, "note": str, "words": NotRequired[str], "reason": NotRequired[str]},
)
"""The rules that a letter covers, by slug, and whose it is; `words` of the sender; `reason` when it was refused."""
