"""The questionnaire as a whole: its questions with their rules, its checks, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from clients.answers import AnswerType
from clients.questionnaire_entries import (
    CautionTrace,
    ConsistencyCheck,
    Evaluation,
    ListedSource,
    Moment,
    NotAdopted,
    Outcome,
    Question,
    Rule,
    SessionStopRule,
    Urgency,
    WordingSources,
)
from practice.documents import Slug

DEFAULT_VALID_DAYS = 365
"""An answer counts this long where its question says nothing (`evaluation.expiry`)."""


@dataclass(frozen=True)
class Questionnaire:
    """The whole document in its order. Make one with `parse_questionnaire`, which checks every reference."""

    version: str
    reading_notes: tuple[str, ...]
    answer_types: Mapping[AnswerType, str]
    groups: tuple[Slug, ...]
    evaluation: Evaluation
    questions: tuple[Question, ...]
    consistency_checks: tuple[ConsistencyCheck, ...]
    session_stop_rules: tuple[SessionStopRule, ...]
    wording_sources: WordingSources
    source_cautions_trace: tuple[CautionTrace, ...]
    considered_not_adopted: tuple[NotAdopted, ...]
    sources: tuple[ListedSource, ...]
    regions: frozenset[str] | None = field(default=None, metadata={"read": False})
    """The regions that can be marked; None when no catalog was at hand, so that any region name is taken."""
    floor: Questionnaire | None = field(default=None, metadata={"read": False})
    """What a practice tightened; screening never goes below it. See clients/tightening.py."""

    @cached_property
    def question_by_slug(self) -> Mapping[str, Question]:
        return {question.slug: question for question in self.questions}

    @cached_property
    def rules(self) -> tuple[tuple[Question, Rule], ...]:
        """Every rule with the question that it is attached to, in the document's order."""
        return tuple((question, rule) for question in self.questions for rule in question.rules)

    @cached_property
    def rule_by_slug(self) -> Mapping[str, Rule]:
        return {rule.slug: rule for _question, rule in self.rules}

    def questions_at(self, moment: Moment) -> tuple[Question, ...]:
        """The questions that may be asked at this moment, whatever the answers."""
        return tuple(question for question in self.questions if moment in question.ask_at)

    def default_message(self, outcome: Outcome, urgency: Urgency | None = None) -> str:
        """What a client reads when the rule has no message of its own; empty for CLEAR."""
        name = f"{outcome}.{urgency}" if urgency else outcome
        return self.evaluation.default_client_messages.get(name, "")
