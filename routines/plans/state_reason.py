"""Why a plan was suspended, in the form in which the plan keeps it and its page reads it."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from clients.screening.stored_findings import StoredFinding

#: The cause of a pause that may end on its own day.
CHANGED = "changed"


class ChangedAnswer(TypedDict):
    """A question and its answer at the release and now, in words."""

    question: str
    before: str
    now: str


class StoppedStep(TypedDict):
    """`n`: its number in the plan; `states`: side -> what a check of it came to."""

    n: int | str
    place: str
    states: dict[str, str]
    rules: list[str]


class Change(TypedDict):
    """The answers then and now, the rules that act now, and the steps that they stop."""

    answers: list[ChangedAnswer]
    findings: list[StoredFinding]
    steps: list[StoppedStep]


class Hold(TypedDict):
    """A pause that the answers of a later day may end. `on`: the local day that it began, ISO.

    `question` and `below`: a pain that has to be under `below` by then; not there where none was told.
    """

    on: str
    question: NotRequired[str]
    below: NotRequired[int]


class StateReason(TypedDict):
    """`cause`: a short word. A change only where a check found one, a hold only after what happened on a day."""

    cause: str
    hold: NotRequired[Hold]
    answers: NotRequired[list[ChangedAnswer]]
    findings: NotRequired[list[StoredFinding]]
    steps: NotRequired[list[StoppedStep]]


def joined(first: StateReason, then: StateReason) -> StateReason:
    """Of a pause that is on and another that comes on top: what ends it has to satisfy both. One without a hold ends
    the hold too. Pure.
    """
    if "hold" not in first or "hold" not in then:
        return then
    one, two = first["hold"], then["hold"]
    hold: Hold = {**one, **two, "on": max(one["on"], two["on"])}
    if "below" in one and "below" in two:
        hold["below"] = min(one["below"], two["below"])
    return {**first, **then, "cause": first["cause"] if then["cause"] == CHANGED else then["cause"], "hold": hold}
