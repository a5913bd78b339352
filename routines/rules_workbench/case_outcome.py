"""What screening finds for a case, and what a case says that it has to find, in the words of the document."""

from typing import NotRequired, TypedDict


class FoundFinding(TypedDict):
    rule: str
    outcome: str
    cleared_by: str | None


class FoundSide(TypedDict):
    """The verdict on one side of a step; `own_states`: what each rule by itself makes of it."""

    state: str
    rules: list[str]
    own_states: NotRequired[dict[str, str]]


class FoundFault(TypedDict):
    """A step that does not hold together, whatever the answers."""

    step: int | str
    reason: str


class CaseOutcome(TypedDict):
    """`steps`: number -> side -> verdict."""

    id: str
    overall: str
    urgency: str | None
    findings: list[FoundFinding]
    steps: dict[str, dict[str, FoundSide]]
    releasable: bool
    invalid: list[FoundFault]


class ExpectedStep(TypedDict):
    step: int | str
    sides: list[str]
    state: str


class ExpectedFinding(TypedDict):
    rule: str
    outcome: str
    cleared_by: NotRequired[str | None]
    steps: NotRequired[list[ExpectedStep] | None]


class Expected(TypedDict, total=False):
    """Parts left out are not compared. Written by hand and not checked: comparing it may raise KeyError, TypeError or
    AttributeError."""

    overall: str
    urgency: str | None
    findings: list[ExpectedFinding] | None
    step_states: dict[int | str, dict[str, str]] | None
    releasable: bool
