"""Answers that have risen since the last time, such as pain that is two points higher the next day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clients.screening.answers import Answer, AnswerValue
from clients.screening.entries import SessionStopRule
from clients.screening.questionnaire import Questionnaire


@dataclass(frozen=True)
class Rise:
    """A watched answer that rose: from `before` to `now`, and the stop rule that says what to do."""

    rule: SessionStopRule
    question: str
    before: int
    now: int


def risen(
    questionnaire: Questionnaire, before: Mapping[str, Answer], now: Mapping[str, AnswerValue], today: date
) -> tuple[Rise, ...]:
    """The watched answers that rose by as much as their stop rule names, since an answer not older than it counts.

    An answer without a day counts as one of today. Pure.
    """
    found = []
    for rule in questionnaire.session_stop_rules:
        watch = rule.watch
        if watch is None or watch.q not in before:
            continue
        then, value = before[watch.q], now.get(watch.q)
        if not isinstance(then.value, int) or not isinstance(value, int):
            continue
        is_recent = then.given_on is None or (today - then.given_on).days <= watch.days
        if is_recent and value - then.value >= watch.rise:
            found.append(Rise(rule, watch.q, then.value, value))
    return tuple(found)
