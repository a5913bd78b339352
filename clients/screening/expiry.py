"""When a screening stops being good: answers grow stale, letters end, windows after an event open and close. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from clients.screening.answers import Answer
from clients.screening.conditions import Comparison
from clients.screening.engine import day_after, days_by_answer
from clients.screening.findings import Screening
from clients.screening.letter_terms import Clearance, last_day
from clients.screening.questionnaire import Questionnaire


def verdict_expires_on(
    questionnaire: Questionnaire,
    screening: Screening,
    answers: Mapping[str, Answer],
    clearances: Iterable[Clearance],
) -> date | None:
    """The first day on which the screening has to be done again; None when nothing in it can age."""
    days = {day_after(*key) for key in set(_counting_from(questionnaire, screening, answers).values())}
    days.update(_letters(questionnaire, screening, clearances))
    days.update(_events(questionnaire, screening))
    return min((day for day in days if day > screening.today), default=None)


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


def _letters(questionnaire: Questionnaire, screening: Screening, clearances: Iterable[Clearance]) -> Iterable[date]:
    """For each REFER rule that fired: a letter of the future begins to count, one that counts ends."""
    rules = [questionnaire.rule_by_slug[finding.rule] for finding in screening.findings if finding.kind == "rule"]
    for letter in clearances:
        for rule in rules:
            end = last_day(letter, rule)
            if end is not None and letter.issued_on is not None:
                yield letter.issued_on
                yield day_after(end, 0)


def _events(questionnaire: Questionnaire, screening: Screening) -> Iterable[date]:
    for question, tests in questionnaire.date_tests.items():
        event = screening.answers.get(question)
        if isinstance(event, date):
            for comparison in tests:
                yield from _turning_days(comparison, event)


def _turning_days(comparison: Comparison, event: date) -> Iterable[date]:
    if comparison.operator == "days_since_lte":
        return (event, day_after(event, comparison.operand))
    if comparison.operator == "days_since_between":
        first, last = comparison.operand
        return (day_after(event, first - 1), day_after(event, last))
    return (event,) if comparison.operator == "in_future" else ()
