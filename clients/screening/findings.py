"""What screening finds: a finding for each rule that fired and each answer missing, unsure or contradictory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from clients.screening.answers import AnswerValue, BodySite, CountedValue
from clients.screening.conditions import Answers
from clients.screening.effects import Note, ResolvedEffect
from clients.screening.entries import OUTCOMES, URGENCIES, Moment, Outcome, Source, Urgency

FindingKind = Literal["rule", "unanswered", "unsure", "contradiction", "absence", "signature"]
Reason = Literal["", "missing", "malformed", "too_few_marks", "stale"]
RELEASABLE_OUTCOMES = frozenset({"CLEAR", "CAUTION", "RESTRICT"})
#: Medical care comes first, now or today.
URGENT = frozenset({"emergency", "same_day"})

_SEVERITY = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}


@dataclass(frozen=True, slots=True)
class Cause:
    """An answer that led to a finding: as it was given, and as it counted (an unsure yes, an assumed answer)."""

    question: str
    given: AnswerValue | None
    counted: CountedValue | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `rule` is the rule's slug, or `unanswered:<question>` and the like for the other kinds."""

    rule: str
    outcome: Outcome
    kind: FindingKind
    urgency: Urgency | None = None
    causes: tuple[Cause, ...] = ()
    reason: Reason = ""
    cleared_by: str | None = None
    cleared_until: date | None = None
    effects: tuple[ResolvedEffect, ...] = ()
    rationale: str = ""
    advice: str = ""
    client_message: str = ""
    sources: tuple[Source, ...] = ()
    ask_again_on: date | None = None
    loosened_by: str = ""
    origin: str = ""

    @property
    def questions(self) -> tuple[str, ...]:
        return tuple(cause.question for cause in self.causes)

    @property
    def notes(self) -> tuple[str, ...]:
        """The texts for the therapist that come with its effects."""
        return tuple(note.text for note in self._notes)

    @property
    def client_notes(self) -> tuple[str, ...]:
        """Those of `notes` that are for the client to read as well."""
        return tuple(note.text for note in self._notes if note.reader == "client")

    @property
    def _notes(self) -> tuple[Note, ...]:
        return tuple(resolved.effect for resolved in self.effects if isinstance(resolved.effect, Note))


@dataclass(frozen=True)
class Screening:
    """The outcome of one screening on one day, with everything that led to it."""

    overall: Outcome
    urgency: Urgency | None
    findings: tuple[Finding, ...]
    today: date
    moment: Moment
    answers: Answers = field(repr=False)
    """Question -> the answer as it counted, after "not sure" and safer assumptions; health data."""
    applicable: frozenset[str] = field(repr=False, default=frozenset())
    stale: frozenset[str] = field(repr=False, default=frozenset())
    shortened: Mapping[str, int] | None = field(repr=False, default=None)
    """Only with stale answers: question -> for how many days its answer counts by the rules that fired while those
    answers still counted. Without stale answers the findings say it."""
    unknown_questions: tuple[str, ...] = ()
    """Answers given to questions that the questionnaire does not have; they were ignored."""
    absent: tuple[BodySite, ...] = field(repr=False, default=())
    """Places that the client does not have; each has its finding."""

    @property
    def may_release(self) -> bool:
        """Whether the outcome allows a plan at all; each step still has its own verdict."""
        return self.overall in RELEASABLE_OUTCOMES

    @property
    def is_urgent(self) -> bool:
        """Whether an answer needs medical care now or today."""
        return self.urgency in URGENT

    @property
    def client_notes(self) -> tuple[str, ...]:
        """What the rules that fired have to say to the client beside the routine, each sentence once."""
        return tuple(dict.fromkeys(text for finding in self.findings for text in finding.client_notes))

    @property
    def urgent_findings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.urgency in URGENT)

    @property
    def urgent_questions(self) -> frozenset[str]:
        """Questions whose answers lie behind the urgent findings."""
        return frozenset(slug for finding in self.urgent_findings for slug in finding.questions)


def is_worse(outcome: Outcome, other: Outcome) -> bool:
    return _SEVERITY[outcome] > _SEVERITY[other]


def worst_outcome(findings: tuple[Finding, ...]) -> Outcome:
    """The most severe outcome of all findings; CLEAR without any."""
    return max((finding.outcome for finding in findings), key=_SEVERITY.__getitem__, default="CLEAR")


def worst_urgency(findings: tuple[Finding, ...]) -> Urgency | None:
    """The most urgent of the STOP findings; None without one."""
    urgencies = [finding.urgency for finding in findings if finding.outcome == "STOP" and finding.urgency]
    return min(urgencies, key=URGENCIES.index, default=None)
