"""Which of many conditions can be true of given answers: a quick first look, so that few have to be worked out.

A condition joins tests by all and any, never by not; no group is empty, and a test on a missing answer is false. So a
condition can only hold where at least one of its tests does: those that hold are among those that some answer starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from clients.screening.conditions import Answers, Comparison, Condition, comparisons_in, holds

#: So many different values of one question are remembered; ages and scales have fewer.
MOST_KEPT = 500
#: Words, whole numbers and lists of choices or marks: every day gives the same for them, unlike for dates.
UNDATED = (str, int, tuple)


class ConditionIndex:
    """Conditions by the questions that they test. Knows them by their places in the order given."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._tests: dict[str, list[tuple[int, Comparison]]] = {}
        for place, condition in enumerate(conditions):
            for test in comparisons_in(condition):
                self._tests.setdefault(test.question, []).append((place, test))
        self._kept: dict[str, dict[Any, frozenset[int]]] = {question: {} for question in self._tests}

    def candidates(self, answers: Answers, today: date) -> list[int]:
        """The places, in order, of every condition that holds for these answers, and perhaps of some more."""
        found: set[int] = set()
        for question, kept in self._kept.items():
            value = answers.get(question)
            if value is None:
                continue
            started = kept.get(value) if type(value) in UNDATED else None
            if started is None:
                started = self._started_by(question, value, today)
            if started:
                found |= started
        return sorted(found)

    def _started_by(self, question: str, value: Any, today: date) -> frozenset[int]:
        started = frozenset(place for place, test in self._tests[question] if holds(test, {question: value}, today))
        if type(value) in UNDATED:
            kept = self._kept[question]
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[value] = started
        return started
