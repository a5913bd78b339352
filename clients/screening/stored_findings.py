"""The form in which a finding is kept and handed on: words and values of that day, as JSON holds them."""

from __future__ import annotations

from typing import TypedDict

from clients.screening.entries import Outcome
from clients.screening.findings import FindingKind, Reason


class FindingAnswer(TypedDict):
    """One answer behind a finding; `counted` is empty where it counted as given."""

    slug: str
    question: str
    answer: str
    counted: str


class FindingSource(TypedDict):
    title: str
    url: str
    tier: str
    file: str
    note: str


class StoredFinding(TypedDict):
    """Everything that explains one finding. Days are ISO, and empty where there is none."""

    rule: str
    outcome: Outcome
    kind: FindingKind
    loosened_by: str
    origin: str
    reason: Reason
    urgency: str
    answers: list[FindingAnswer]
    message: str
    rationale: str
    advice: str
    disagreement: str
    notes: list[str]
    effects: list[str]
    sources: list[FindingSource]
    ask_again_on: str
    cleared_by: str
    cleared_until: str
    clearance_from: str
    clearance_days: int | None
