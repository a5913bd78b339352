"""The days on which a screening may turn out differently, each on its own day and none before."""

import dataclasses
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from clients.screening.answers import Answer
from clients.screening.conditions import AllOf, AnyOf, Comparison
from clients.screening.engine import day_after, screen
from clients.screening.entries import ClearanceTerms
from clients.screening.expiry import _counting_from, _events, _letters, verdict_expires_on
from clients.screening.findings import Screening
from clients.screening.letter_terms import Clearance
from clients.screening.questionnaire import Questionnaire
from tests.factories.shared_rules import TODAY, YES, make_question, make_rule, make_shared

Answers = dict[str, Answer]


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def rules_of(*questions: Any) -> Questionnaire:
    return dataclasses.replace(make_shared(), questions=questions)


SURGERY = AnyOf(
    (
        Comparison("surgery", "days_since_lte", 42),
        AllOf((Comparison("surgery", "days_since_between", (60, 90)),)),
        Comparison("surgery", "in_future", True),
        Comparison("surgery", "is_date", True),
    )
)
RULES = rules_of(
    make_question("surgery", make_rule("surgery", "CAUTION", SURGERY, 90, event="surgery"), kind="date_or_none"),
    make_question(
        "pain",
        make_rule("refer", "REFER", YES, 20, clearance=ClearanceTerms("a doctor", 30)),
        valid_days=50,
    ),
    make_question("meal", ask_at=("before_each_session",), valid_days=3),
)


def said(day: int | None = 0, **answers: Any) -> Answers:
    given = None if day is None else after(day)
    return {slug: Answer(value, given) for slug, value in {"surgery": "none", "pain": "no", **answers}.items()}


def screened(answers: Answers, letters: list[Clearance] = []) -> Screening:  # noqa: B006
    return screen(RULES, answers, letters, TODAY)


def stale_on(rules: Questionnaire, screening: Screening, answers: Answers) -> dict[str, date]:
    """Question -> the first day on which its answer no longer counts."""
    return {slug: day_after(*key) for slug, key in _counting_from(rules, screening, answers).items()}


def ahead(days: Iterable[date]) -> list[int]:
    """Those still to come, as a number of days from today."""
    return sorted({(day - TODAY).days for day in days if day > TODAY})


def stale_days(answers: Answers) -> dict[str, int]:
    return {slug: (day - TODAY).days for slug, day in stale_on(RULES, screened(answers), answers).items()}


def first_day(answers: Answers, letters: list[Clearance] = []) -> date | None:  # noqa: B006
    return verdict_expires_on(RULES, screened(answers), answers, letters)


def test_an_answer_grows_stale_on_the_first_day_after_its_last() -> None:
    assert stale_days(said()) == {"pain": 51, "surgery": 366}
    assert stale_days(said(-10)) == {"pain": 41, "surgery": 356}
    assert stale_days(said(None)) == stale_days(said(5)) == stale_days(said()), (
        "no day, or one to come, counts as today"
    )
    assert first_day(said()) == after(51)


def test_the_rule_that_fired_makes_it_stale_sooner() -> None:
    assert stale_days(said(pain="yes"))["pain"] == 21
    assert first_day(said(pain="yes")) == after(21)


def test_what_is_stale_already_announces_nothing() -> None:
    assert stale_days(said(-60)) == {"pain": -9, "surgery": 306}
    assert first_day(said(-60)) == after(306)


def test_questions_of_a_session_and_unknown_ones_do_not_grow_stale() -> None:
    answers = said(meal="yes", shoes="44")
    assert set(stale_on(RULES, screened(answers), answers)) == {"surgery", "pain"}


@pytest.mark.parametrize(
    ("event", "days"),
    [
        (0, [43, 60, 91]),
        (-42, [1, 18, 49]),
        (-43, [17, 48]),
        (-60, [31]),
        (-90, [1]),
        (-91, []),
        (5, [5, 48, 65, 96]),
    ],
)
def test_windows_open_and_close(event: int, days: list[int]) -> None:
    answers = said(surgery=after(event))
    assert ahead(_events(RULES, screened(answers))) == days
    assert first_day(answers) == min(map(after, [*days, *stale_days(answers).values()]))


def test_a_letter_begins_and_ends() -> None:
    def letter(issued: int, **more: Any) -> Clearance:
        return Clearance("K1", frozenset({"refer"}), after(issued), **more)

    def told(*letters: Clearance, pain: str = "yes") -> list[int]:
        answers = said(pain=pain)
        days = ahead(_letters(RULES, screened(answers), letters))
        assert first_day(answers, list(letters)) == min(map(after, [*days, *stale_days(answers).values()]))
        return days

    assert told(letter(0)) == [31]
    assert told(letter(-30)) == [1]
    assert told(letter(-31)) == []
    assert told(letter(4)) == [4, 35]
    assert told(letter(0, valid_until=after(7))) == [8]
    assert told(letter(0), pain="no") == []
    assert told(Clearance("K2", frozenset({"other"}), TODAY)) == []
    assert told(Clearance("K2", frozenset({"refer"}), None)) == []


def test_nothing_ages_where_nothing_was_answered() -> None:
    assert verdict_expires_on(RULES, screened({}), {}, []) is None


def test_with_stale_answers_the_rules_that_had_fired_go_on_counting() -> None:
    answers = {**said(-10, pain="yes"), "surgery": Answer("none", after(-400))}
    screening = screened(answers)
    assert screening.stale == {"surgery"}
    assert stale_on(RULES, screening, answers)["pain"] == after(11)


def test_a_rule_that_fired_on_a_stale_answer_still_shortens_the_other() -> None:
    both = make_rule("both", "CAUTION", AllOf((Comparison("a", "equals", "yes"), Comparison("b", "equals", "yes"))), 10)
    rules = rules_of(make_question("a"), make_question("b", both))
    answers = {"a": Answer("yes", after(-11)), "b": Answer("yes", TODAY)}
    screening = screen(rules, answers, (), TODAY)
    assert screening.stale == {"a"}
    assert stale_on(rules, screening, answers) == {"a": TODAY, "b": after(11)}


def test_that_a_day_was_given_turns_on_no_day() -> None:
    rule = make_rule("birth", "CAUTION", Comparison("birth", "is_date", True), 10)
    rules = rules_of(make_question("birth", rule, kind="date"))
    answers = {"birth": Answer(after(5).isoformat(), TODAY)}
    assert ahead(_events(rules, screen(rules, answers, (), TODAY))) == []


def test_an_event_that_is_still_to_come_comes() -> None:
    rule = make_rule("birth", "CAUTION", Comparison("birth", "in_future", True), 10)
    rules = rules_of(make_question("birth", rule, kind="date"))
    answers = {"birth": Answer(after(5).isoformat(), TODAY)}
    assert verdict_expires_on(rules, screen(rules, answers, (), TODAY), answers, ()) == after(5)
