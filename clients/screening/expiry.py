"""When a screening stops being good: answers grow stale, letters end, windows after an event open and close. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clients.screening.answers import Answer
from clients.screening.conditions import Comparison
from clients.screening.engine import day_after, days_by_answer
from clients.screening.findings import Screening
from clients.screening.letter_terms import Clearance, last_day
from clients.screening.questionnaire import Questionnaire

ChangeKind = Literal["answer", "letter", "event"]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """The first day on which something may turn out differently: which question's answer, event date or letter."""

    on: date
    kind: ChangeKind
    name: str


def verdict_changes(
    questionnaire: Questionnaire,
    screening: Screening,
    answers: Mapping[str, Answer],
    clearances: Iterable[Clearance],
) -> tuple[Change, ...]:
    """The days after the screening's on which its result may change though nobody changes anything, earliest first."""
    changes = {
        *_answers_growing_stale(questionnaire, screening, answers),
        *_letters(questionnaire, screening, clearances),
        *_events(questionnaire, screening),
    }
    return tuple(sorted(change for change in changes if change.on > screening.today))


def verdict_expires_on(
    questionnaire: Questionnaire,
    screening: Screening,
    answers: Mapping[str, Answer],
    clearances: Iterable[Clearance],
) -> date | None:
    """The first day on which the screening has to be done again; None when nothing in it can age."""
    days = {day_after(*key) for key in set(_counting_from(questionnaire, screening, answers).values())}
    days.update(change.on for change in _letters(questionnaire, screening, clearances))
    days.update(change.on for change in _events(questionnaire, screening))
    return min((day for day in days if day > screening.today), default=None)


def stale_on(questionnaire: Questionnaire, screening: Screening, answers: Mapping[str, Answer]) -> Mapping[str, date]:
    """Question -> the first day on which its answer counts as unanswered; day questions do not grow stale."""
    counting = _counting_from(questionnaire, screening, answers)
    ends = {key: day_after(*key) for key in set(counting.values())}
    return {slug: ends[key] for slug, key in counting.items()}


def _counting_from(
    questionnaire: Questionnaire, screening: Screening, answers: Mapping[str, Answer]
) -> Mapping[str, tuple[date, int]]:
    """Question -> from which day its answer counts, and for how many days; most share both."""
    days = screening.shortened
    if days is None:
        fired = [
            (questionnaire.rule_by_slug[finding.rule], finding.questions)
            for finding in screening.findings
            if finding.kind == "rule"
        ]
        days = days_by_answer(questionnaire, fired)
    question_by_slug = questionnaire.question_by_slug
    given = {answer.given_on for answer in answers.values()}
    starts = {day: min(day or screening.today, screening.today) for day in given}
    return {
        slug: (starts[answer.given_on], days[slug])
        for slug, answer in answers.items()
        if slug in question_by_slug and not question_by_slug[slug].before_sessions
    }


def _answers_growing_stale(
    questionnaire: Questionnaire, screening: Screening, answers: Mapping[str, Answer]
) -> Iterable[Change]:
    return (Change(day, "answer", slug) for slug, day in stale_on(questionnaire, screening, answers).items())


def _letters(questionnaire: Questionnaire, screening: Screening, clearances: Iterable[Clearance]) -> Iterable[Change]:
    """For each REFER rule that fired: a letter of the future begins to count, one that counts ends."""
    rules = [questionnaire.rule_by_slug[finding.rule] for finding in screening.findings if finding.kind == "rule"]
    for letter in clearances:
        for rule in rules:
            end = last_day(letter, rule)
            if end is not None and letter.issued_on is not None:
                yield Change(letter.issued_on, "letter", letter.id)
                yield Change(day_after(end, 0), "letter", letter.id)


def _events(questionnaire: Questionnaire, screening: Screening) -> Iterable[Change]:
    for question, tests in questionnaire.date_tests.items():
        event = screening.answers.get(question)
        if isinstance(event, date):
            for comparison in tests:
                for day in _turning_days(comparison, event):
                    yield Change(day, "event", question)


def _turning_days(comparison: Comparison, event: date) -> Iterable[date]:
    if comparison.operator == "days_since_lte":
        return (event, day_after(event, comparison.operand))
    if comparison.operator == "days_since_between":
        first, last = comparison.operand
        return (day_after(event, first - 1), day_after(event, last))
    return (event,) if comparison.operator == "in_future" else ()
