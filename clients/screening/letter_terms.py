"""When a professional's letter clears a rule: the pure reading of issue, end and event dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from clients.screening.conditions import DATE_OPERATORS, Answers, comparisons_in
from clients.screening.entries import Rule


@dataclass(frozen=True, slots=True)
class Clearance:
    """A verified letter. `covers` names rules; a letter without a day of issue counts for nothing."""

    id: str
    covers: frozenset[str]
    issued_on: date | None
    valid_until: date | None = None
    issued_by: str = ""


def event_dates(rule: Rule, answers: Answers) -> tuple[date, ...]:
    """The answered dates of the events that a rule looks at."""
    questions = {c.question for c in comparisons_in(rule.when) if c.operator in DATE_OPERATORS}
    if rule.expires.date_question:
        questions.add(rule.expires.date_question)
    values = (answers.get(question) for question in questions)
    return tuple(value for value in values if isinstance(value, date))


def last_day(clearance: Clearance, rule: Rule) -> date | None:
    """The last day, included, on which the letter clears the rule; None when it never does."""
    if rule.clearance is None or rule.slug not in clearance.covers or clearance.issued_on is None:
        return None
    try:
        end = clearance.issued_on + timedelta(days=rule.clearance.valid_days)
    except OverflowError:
        end = date.max
    return min(end, clearance.valid_until) if clearance.valid_until else end


def is_valid(clearance: Clearance, rule: Rule, answers: Answers, today: date) -> bool:
    """Whether the letter clears the rule today: issued by today, not before the event, and not over. Ends included."""
    end = last_day(clearance, rule)
    issued = clearance.issued_on
    if end is None or issued is None or not issued <= today <= end:
        return False
    return all(issued >= event for event in event_dates(rule, answers))


def find_valid(clearances: Iterable[Clearance], rule: Rule, answers: Answers, today: date) -> tuple[Clearance, ...]:
    """The letters that clear the rule today, in the order given."""
    if rule.clearance is None or rule.outcome != "REFER":
        return ()
    return tuple(clearance for clearance in clearances if is_valid(clearance, rule, answers, today))
