"""The questionnaire as a whole: its questions with their rules, its checks, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from clients.screening.answers import NONE, NOT_SURE, AnswerType, Reading, read_answer
from clients.screening.condition_index import ConditionIndex
from clients.screening.conditions import DATE_OPERATORS, Comparison, comparisons_in
from clients.screening.entries import (
    CautionTrace,
    ConsistencyCheck,
    DaySheet,
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
from practice.core.schema import Slug

DEFAULT_VALID_DAYS = 365
"""For how many days an answer counts where its question does not say (`evaluation.expiry`)."""


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
    before_each_session: DaySheet = field(default_factory=DaySheet)
    regions: frozenset[str] | None = field(default=None, metadata={"read": False})
    """The regions that can be marked; None when there was no catalog, so that any region name is taken."""
    floor: Questionnaire | None = field(default=None, metadata={"read": False})
    """What a practice tightened: screening never goes below it. See clients/questionnaire/apply_local_rules.py."""

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

    @cached_property
    def plain_readings(self) -> Mapping[tuple[str, str | tuple[str, ...]], Reading]:
        """(question, answer) -> how it is read, for every word that the questionnaire offers, and, as tuples, for
        lists of one such word or none. Most answers are among these."""
        plain: dict[tuple[str, str | tuple[str, ...]], Reading] = {}
        for question in self.questions:
            plain[question.slug, ()] = read_answer(question, [], regions=self.regions)
            for word in (*question.option_values, NONE, NOT_SURE):
                plain[question.slug, word] = read_answer(question, word, regions=self.regions)
                plain[question.slug, (word,)] = read_answer(question, [word], regions=self.regions)
        return plain

    @cached_property
    def days_by_slug(self) -> Mapping[str, int]:
        """Question -> for how many days its answer counts unless a rule asks for a newer one."""
        return {question.slug: question.valid_days or DEFAULT_VALID_DAYS for question in self.questions}

    @cached_property
    def lapsing_questions(self) -> tuple[Question, ...]:
        """The questions whose answers end by themselves."""
        return tuple(question for question in self.questions if question.lapses)

    @cached_property
    def lists_of_choices(self) -> tuple[str, ...]:
        """The questions of which several options can be chosen."""
        return tuple(question.slug for question in self.questions if question.answer_type == "multi_choice")

    @cached_property
    def rule_index(self) -> ConditionIndex:
        """The index of the conditions of `rules`, in their order."""
        return ConditionIndex(rule.when for _question, rule in self.rules)

    @cached_property
    def check_index(self) -> ConditionIndex:
        """The index of the conditions of `consistency_checks`, in their order."""
        return ConditionIndex(check.when for check in self.consistency_checks)

    @cached_property
    def date_tests(self) -> Mapping[str, tuple[Comparison, ...]]:
        """Question -> the tests on its date in rules and checks."""
        found: dict[str, dict[Comparison, None]] = {}
        conditions = [rule.when for _question, rule in self.rules] + [check.when for check in self.consistency_checks]
        for condition in conditions:
            for test in comparisons_in(condition):
                if test.operator in DATE_OPERATORS:
                    found.setdefault(test.question, {})[test] = None
        return {slug: tuple(tests) for slug, tests in found.items()}

    def questions_at(self, moment: Moment) -> tuple[Question, ...]:
        """The questions that may be asked at this moment, whatever was answered."""
        return tuple(question for question in self.questions if moment in question.ask_at)

    def default_message(self, outcome: Outcome, urgency: Urgency | None = None) -> str:
        """What a client reads when the rule has no message of its own; empty for CLEAR."""
        name = f"{outcome}.{urgency}" if urgency else outcome
        return self.evaluation.default_client_messages.get(name, "")
