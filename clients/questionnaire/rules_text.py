"""Rules and checks in words, for the therapist who reads why something is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.questionnaire.local_rules import limits_of
from clients.screening.answer_text import answer_label
from clients.screening.conditions import AllOf, AnyOf, Comparison, Condition
from clients.screening.entries import ConsistencyCheck, DayTile, Question, Rule
from clients.screening.findings_text import rule_effect_words
from clients.screening.group_titles import GROUP_TITLES
from clients.screening.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True)
class RuleRow:
    rule: Rule
    when: str
    effects: tuple[str, ...]
    after: tuple[str, ...]
    after_outcome: str
    expires: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    question: Question
    asked_if: str
    asked_at: str
    not_sure: str
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class TileRow:
    """A tile of the check before a session; each question with what keeps it out of the daily check, or ""."""

    tile: DayTile
    questions: tuple[tuple[Question, str], ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    check: ConsistencyCheck
    when: str
    assumes: str


def condition_words(condition: Condition, questionnaire: Questionnaire) -> str:
    """“age is under 18 and guardian-consent is No”, with questions by their short names."""
    if isinstance(condition, Comparison):
        return _comparison_words(condition, questionnaire)
    joint = _(" and ") if isinstance(condition, AllOf) else _(" or ")
    parts = [condition_words(part, questionnaire) for part in condition.parts]
    grouped = [
        f"({part})" if isinstance(inner, AllOf | AnyOf) else part
        for part, inner in zip(parts, condition.parts, strict=True)
    ]
    return joint.join(grouped)


def _comparison_words(test: Comparison, questionnaire: Questionnaire) -> str:
    question = questionnaire.question_by_slug[test.question]
    words = {
        "equals": _("%(q)s is %(v)s"),
        "in": _("%(q)s is one of: %(v)s"),
        "includes_any": _("%(q)s includes: %(v)s"),
        "not_empty": _("%(q)s has a place marked"),
        "answered": _("%(q)s was answered"),
        "lt": _("%(q)s is under %(v)s"),
        "lte": _("%(q)s is at most %(v)s"),
        "gt": _("%(q)s is over %(v)s"),
        "gte": _("%(q)s is at least %(v)s"),
        "equals_num": _("%(q)s is %(v)s"),
        "days_since_lte": _("%(q)s was at most %(v)s days ago"),
        "days_since_between": _("%(q)s was %(v)s days ago"),
        "is_date": _("%(q)s is a date"),
        "in_future": _("%(q)s is after today"),
    }[test.operator]
    return words % {"q": test.question, "v": _operand_words(test, question)}


def _operand_words(test: Comparison, question: Question) -> str:
    operand = test.operand
    if isinstance(operand, frozenset):
        order = [option.value for option in question.options]
        values = sorted(operand, key=lambda value: order.index(value) if value in order else len(order))
        return ", ".join(answer_label(question, value) for value in values)
    if isinstance(operand, tuple):
        return _("%(first)s to %(last)s") % {"first": operand[0], "last": operand[1]}
    return answer_label(question, operand) if isinstance(operand, str) else str(operand)


def question_groups(questionnaire: Questionnaire, names: Mapping[str, str]) -> list[tuple[str, str, list[QuestionRow]]]:
    """(group, heading, questions) in the document's order, every question with every rule."""
    return [
        (
            group,
            str(GROUP_TITLES.get(group, group)),
            [
                _question_row(question, questionnaire, names)
                for question in questionnaire.questions
                if question.group == group
            ],
        )
        for group in questionnaire.groups
    ]


def _question_row(question: Question, questionnaire: Questionnaire, names: Mapping[str, str]) -> QuestionRow:
    moments = {
        "intake": _("at the intake"),
        "review": _("at each review"),
        "before_each_session": _("before each session"),
    }
    unsure = {
        "not_offered": _("“Not sure” is not offered."),
        "incomplete": _("“Not sure” leaves it open."),
        "treat_as_yes": _("“Not sure” counts as yes."),
        "treat_as_both": _("“Not sure” counts as both sides."),
        "an_answer": _("“Not sure” is an answer of its own."),
    }
    return QuestionRow(
        question,
        condition_words(question.ask_if, questionnaire) if question.ask_if else "",
        ", ".join(moments[moment] for moment in question.ask_at),
        unsure[question.not_sure],
        tuple(_rule_row(rule, questionnaire, names) for rule in question.rules),
    )


def _rule_row(rule: Rule, questionnaire: Questionnaire, names: Mapping[str, str]) -> RuleRow:
    return RuleRow(
        rule,
        condition_words(rule.when, questionnaire),
        _effects(rule.effects, names),
        _effects(rule.effects_after, names),
        rule.after_clearance.outcome if rule.after_clearance else "",
        _expiry_words(rule),
    )


def _effects(effects: Iterable[Any], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(filter(None, (rule_effect_words(effect, names) for effect in effects)))


def _expiry_words(rule: Rule) -> str:
    if rule.expires.kind == "event_window":
        words = ngettext("Ends %(n)d day after the event.", "Ends %(n)d days after the event.", rule.expires.days)
    else:
        words = ngettext("The answer counts for %(n)d day.", "The answer counts for %(n)d days.", rule.expires.days)
    return words % {"n": rule.expires.days}


def check_rows(questionnaire: Questionnaire) -> list[CheckRow]:
    return [
        CheckRow(
            check,
            condition_words(check.when, questionnaire),
            ", ".join(
                _("%(q)s is %(v)s") % {"q": slug, "v": answer_label(questionnaire.question_by_slug[slug], value)}
                for slug, value in check.assume.items()
            ),
        )
        for check in questionnaire.consistency_checks
    ]


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """A shared rule with its figures, and the practice's where they differ."""

    rule: Rule
    question: Question
    row: RuleRow
    limits: tuple[tuple[str, str, str], ...]
    origin: str
    loosened_by: str


LIMIT_NAMES = {
    "outcome": gettext_lazy("outcome"),
    "urgency": gettext_lazy("urgency"),
    "days": gettext_lazy("days"),
    "letter_days": gettext_lazy("days a letter counts"),
    "max_seconds": gettext_lazy("seconds"),
    "max_pressure": gettext_lazy("pressure"),
}


def rule_rows(
    shared: Questionnaire, own: Questionnaire, names: Mapping[str, str]
) -> list[tuple[str, str, list[PracticeRow]]]:
    """(group, heading, rules) in the document's order, the practice's own rules among them."""
    groups = []
    for group in own.groups:
        rows = [
            _practice_row(shared, own, question, rule, names) for question, rule in own.rules if question.group == group
        ]
        if rows:
            groups.append((group, str(GROUP_TITLES.get(group, group)), rows))
    return groups


def _practice_row(
    shared: Questionnaire, own: Questionnaire, question: Question, rule: Rule, names: Mapping[str, str]
) -> PracticeRow:
    mine, common = limits_of(rule), limits_of(shared.rule_by_slug.get(rule.slug, rule))
    limits = []
    for name, label in LIMIT_NAMES.items():
        before, now = getattr(common, name), getattr(mine, name)
        if now is not None or before is not None:
            changed = str(names.get(now, now)) if now != before and now is not None else ""
            limits.append((str(label), str(names.get(before, before)) if before is not None else "", changed))
    return PracticeRow(rule, question, _rule_row(rule, own, names), tuple(limits), rule.origin, rule.loosened_by)


def tile_rows(questionnaire: Questionnaire) -> tuple[TileRow, ...]:
    """The tiles in their order, with their questions."""
    return tuple(
        TileRow(
            tile,
            tuple(
                (question, _asked_when(question, questionnaire))
                for slug in tile.questions
                if (question := questionnaire.question_by_slug.get(slug))
            ),
        )
        for tile in questionnaire.before_each_session.tiles
    )


def _asked_when(question: Question, questionnaire: Questionnaire) -> str:
    resting = questionnaire.before_each_session.rest_on.get(question.slug, ())
    if resting:
        said = ", ".join(answer_label(question, value) for value in resting)
        return _("in the whole list only, once answered: %(answer)s") % {"answer": said}
    again = question.ask_again
    if again and not question.before_sessions:
        return ngettext(
            "asked again after %(days)d day, where the routine works there",
            "asked again after %(days)d days, where the routine works there",
            again.every_days,
        ) % {"days": again.every_days}
    return ""
