"""When a letter clears a rule: from its issue to its end, after the event, for the rules it names."""

from datetime import date, timedelta
from typing import Any

import pytest

from clients.screening.conditions import AllOf, Comparison, Condition
from clients.screening.entries import ClearanceTerms, Expires, Rule
from clients.screening.letter_terms import Clearance, event_dates, find_valid, is_valid, last_day

TODAY = date(2026, 3, 16)
RECENT = Comparison("surgery-date", "days_since_lte", 730)


def rule(
    when: Condition = RECENT,
    *,
    days: int | None = 90,
    outcome: Any = "REFER",
    window: str | None = None,
    slug: str = "surgery",
) -> Rule:
    return Rule(
        slug=slug,
        outcome=outcome,
        when=when,
        scope=("global",),
        rationale="",
        expires=Expires("event_window" if window else "answer_ttl", 730, date_question=window),
        sources=(),
        clearance=None if days is None else ClearanceTerms("a doctor", days),
    )


def letter(issued: date | None = TODAY, until: date | None = None, covers: str = "surgery") -> Clearance:
    return Clearance("K1", frozenset({covers}), issued, until)


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("given", "of_rule", "expected"),
    [
        (letter(), rule(), after(90)),
        (letter(until=after(10)), rule(), after(10)),
        (letter(until=after(900)), rule(), after(90)),
        (letter(until=after(-1)), rule(), after(-1)),
        (letter(issued=None), rule(), None),
        (letter(covers="pad"), rule(), None),
        (letter(), rule(days=None), None),
        (letter(issued=date(9999, 12, 30)), rule(), date.max),
    ],
)
def test_the_last_day(given: Clearance, of_rule: Rule, expected: date | None) -> None:
    assert last_day(given, of_rule) == expected


@pytest.mark.parametrize(("today", "valid"), [(-1, False), (0, True), (90, True), (91, False)])
def test_from_the_day_of_issue_to_the_last_both_included(today: int, valid: bool) -> None:
    assert is_valid(letter(), rule(), {}, after(today)) is valid


@pytest.mark.parametrize(("event", "valid"), [(-1, True), (0, True), (1, False)])
def test_not_from_before_the_event(event: int, valid: bool) -> None:
    answers = {"surgery-date": after(event)}
    assert is_valid(letter(), rule(), answers, after(5)) is valid


def test_who_wrote_a_letter_may_be_left_open() -> None:
    assert (letter().issued_by, Clearance("K1", frozenset(), TODAY).valid_until) == ("", None)


def test_a_letter_without_an_end_is_never_valid() -> None:
    assert not is_valid(letter(issued=None), rule(), {}, TODAY)
    assert not is_valid(letter(covers="pad"), rule(), {}, TODAY)


def test_the_events_are_those_of_the_condition_and_of_the_window() -> None:
    both = rule(AllOf((RECENT, Comparison("pain", "gte", 3), Comparison("kind", "equals", "major"))), window="injury")
    answers = {"surgery-date": after(-1), "injury": after(-2), "pain": 5, "kind": "major", "birth-date": after(-3)}
    assert sorted(event_dates(both, answers)) == [after(-2), after(-1)]
    assert event_dates(both, {"surgery-date": "none"}) == ()
    assert event_dates(rule(), {**answers, "pain": after(-4)}) == (after(-1),)


def test_the_letters_that_clear_a_referral_in_the_order_given() -> None:
    later, first, other = letter(until=after(3)), letter(until=after(9)), letter(covers="pad")
    over = letter(issued=after(-100))
    assert find_valid(iter([later, other, over, first]), rule(), {}, TODAY) == (later, first)


@pytest.mark.parametrize("of_rule", [rule(outcome="STOP"), rule(outcome="RESTRICT"), rule(days=None)])
def test_nothing_else_can_be_cleared(of_rule: Rule) -> None:
    assert find_valid([letter()], of_rule, {}, TODAY) == ()
