"""The quick first look finds every condition that holds, remembers what it saw, and never more than it may."""

from datetime import date, timedelta

import pytest

from clients.screening import condition_index
from clients.screening.condition_index import ConditionIndex
from clients.screening.conditions import AllOf, AnyOf, Comparison

TODAY = date(2026, 3, 16)
OLD = Comparison("age", "gte", 18)
YES = Comparison("fever", "equals", "yes")
SINCE = Comparison("surgery", "days_since_lte", 3)
CONDITIONS = [OLD, AllOf((YES, OLD)), AnyOf((SINCE, YES)), YES]


@pytest.fixture
def index() -> ConditionIndex:
    return ConditionIndex(iter(CONDITIONS))


def test_the_places_of_conditions_that_some_answer_starts(index: ConditionIndex) -> None:
    for _again in range(2):
        assert index.candidates({}, TODAY) == []
        assert index.candidates({"age": 18}, TODAY) == [0, 1]
        assert index.candidates({"age": 17, "fever": "yes"}, TODAY) == [1, 2, 3]
        assert index.candidates({"age": 30, "fever": "no", "surgery": TODAY}, TODAY) == [0, 1, 2]
        assert index.candidates({"age": None, "fever": None, "shoes": "yes"}, TODAY) == []


def test_a_date_is_looked_at_anew_each_day(index: ConditionIndex) -> None:
    answers = {"surgery": TODAY - timedelta(days=3)}
    assert index.candidates(answers, TODAY) == [2]
    assert index.candidates(answers, TODAY + timedelta(days=1)) == []


def test_what_it_remembers_is_kept_small(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def look(test: Comparison, answers: dict[str, int], today: date) -> bool:
        looked.append(answers["age"])
        return answers["age"] >= test.operand

    monkeypatch.setattr(condition_index, "holds", look)
    monkeypatch.setattr(condition_index, "MOST_KEPT", 2)
    index = ConditionIndex([OLD])
    for age in (17, 18, 17, 18):
        assert index.candidates({"age": age}, TODAY) == ([0] if age >= 18 else [])
    assert looked == [17, 18], "looked at once each"
    index.candidates({"age": 19}, TODAY)
    index.candidates({"age": 19}, TODAY)
    index.candidates({"age": 17}, TODAY)
    assert looked == [17, 18, 19, 17], "the third made room"


def test_more_than_ages_and_scales_is_room_for() -> None:
    assert condition_index.MOST_KEPT > 200
