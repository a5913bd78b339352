"""Which of many conditions can be true of given answers: a quick first look, so that few need evaluating.

A condition joins tests by `all` and `any`, never by `not`; no group is empty, and a test on a missing answer is false.
So a condition can hold only where at least one of its tests does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from clients.screening.answers import CountedValue
from clients.screening.conditions import Answers, Comparison, Condition, comparisons_in, holds

#: How many different values of one question are remembered; ages and scales have fewer.
MOST_KEPT = 500
#: For words, whole numbers and lists of choices or places the result is the same every day, unlike for dates.
UNDATED = (str, int, tuple)


class ConditionIndex:
    """Conditions by the questions that they test; each is known by its index in the order given."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._tests: dict[str, list[tuple[int, Comparison]]] = {}
        for place, condition in enumerate(conditions):
            for test in comparisons_in(condition):
                self._tests.setdefault(test.question, []).append((place, test))
        self._kept: dict[str, dict[CountedValue, frozenset[int]]] = {question: {} for question in self._tests}

    def candidates(self, answers: Answers, today: date) -> list[int]:
        """The indexes, in order, of every condition that holds for these answers, and perhaps of some more."""
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

    def _started_by(self, question: str, value: CountedValue, today: date) -> frozenset[int]:
        started = frozenset(place for place, test in self._tests[question] if holds(test, {question: value}, today))
        if type(value) in UNDATED:
            kept = self._kept[question]
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[value] = started
        return started
