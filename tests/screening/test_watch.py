"""Pain that is two points higher the next day."""

from datetime import date, timedelta
from typing import Any

import pytest

from clients.screening.answers import Answer
from clients.screening.watch import risen
from tests.screening.examples import questionnaire

TODAY = date(2026, 3, 16)
PAIN = "heel-arch-pain"


def rises(before: Any, now: Any, *, days_ago: int | None = 1) -> list[tuple[str, int, int]]:
    day = None if days_ago is None else TODAY - timedelta(days=days_ago)
    found = risen(questionnaire(), {PAIN: Answer(before, day)}, {PAIN: now}, TODAY)
    return [(rise.question, rise.before, rise.now) for rise in found]


@pytest.mark.parametrize(
    ("before", "now", "rose"), [(0, 2, True), (2, 3, False), (2, 4, True), (8, 4, False), (4, 4, False)]
)
def test_two_points_are_a_rise(before: int, now: int, rose: bool) -> None:
    assert rises(before, now) == ([(PAIN, before, now)] if rose else [])


@pytest.mark.parametrize(("days_ago", "counts"), [(0, True), (2, True), (3, False), (None, True)])
def test_only_a_recent_answer_is_compared_with(days_ago: int | None, counts: bool) -> None:
    assert bool(rises(1, 5, days_ago=days_ago)) is counts


@pytest.mark.parametrize(("before", "now"), [("not_sure", 5), (None, 5), (1, None), (1, "5"), ("1", 5)])
def test_what_is_no_number_is_no_rise(before: Any, now: Any) -> None:
    assert rises(before, now) == []


def test_the_first_answer_is_no_rise_and_the_rule_is_named() -> None:
    assert risen(questionnaire(), {}, {PAIN: 9}, TODAY) == ()
    (rise,) = risen(questionnaire(), {PAIN: Answer(1, TODAY)}, {PAIN: 9}, TODAY)
    assert rise.rule.slug == "worse-next-day"
