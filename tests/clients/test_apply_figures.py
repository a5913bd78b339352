"""A rule under a practice's figures: exactly the stricter one holds, or the milder one under a clinician's name."""

import dataclasses
from typing import Any

import pytest

from clients.questionnaire.apply_local_rules import stricter_days, tighten, with_days
from clients.questionnaire.local_rules import Figures, Loosening, Overlay, OwnRule
from clients.screening.conditions import AllOf, AnyOf, Comparison
from clients.screening.effects import Effect, MaxPressure, MaxSeconds
from clients.screening.entries import AfterClearance, ClearanceTerms, Rule
from tests.clients.shared_rules import (
    ANSWER,
    BETWEEN,
    LIGHT,
    MEDIUM,
    MINUTE,
    NO_HEEL,
    ODD,
    RANKS,
    RECENT,
    REFER,
    STOP,
    TWO_MINUTES,
    WINDOW,
    YES,
    make_question,
    make_rule,
    make_shared,
)
from tests.screening_examples import catalog

SHARED = make_shared()
RULES = {rule.slug: rule for rule in (WINDOW, BETWEEN, ODD, ANSWER, REFER, STOP)}


def tightened(rule: str, **figures: Any) -> Rule:
    rules = tighten(SHARED, Overlay(figures={rule: Figures(**figures)}), RANKS)
    for slug, other in rules.rule_by_slug.items():
        assert slug == rule or other == RULES[slug], "no other rule is touched"
    return rules.rule_by_slug[rule]


def changed(rule: Rule, **fields: Any) -> Rule:
    return dataclasses.replace(rule, origin="tightened", **fields)


def expires(rule: Rule, days: int) -> Any:
    return dataclasses.replace(rule.expires, days=days)


def test_nothing_added_changes_nothing() -> None:
    assert tighten(SHARED, Overlay(), RANKS) is SHARED
    for slug in RULES:
        assert tightened(slug) == RULES[slug]


def test_the_shared_rules_stay_the_floor() -> None:
    rules = tighten(SHARED, Overlay(questions={"pain": 5}), RANKS)
    assert rules.floor is SHARED
    assert SHARED.floor is None


# ---- Days


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [(WINDOW, 41, 42), (WINDOW, 43, 43), (ANSWER, 31, 30), (ANSWER, 29, 29), (ANSWER, 0, 0), (ANSWER, -4, 0)],
)
def test_a_window_holds_longer_and_an_answer_counts_shorter(rule: Rule, days: int, expected: int) -> None:
    assert stricter_days(rule, days) == expected
    assert tightened(rule.slug, days=days).expires.days == expected


def test_the_window_in_the_condition_moves_with_the_days() -> None:
    longer = Comparison("surgery", "days_since_lte", 50)
    assert tightened("window", days=50) == changed(WINDOW, when=AllOf((longer, YES)), expires=expires(WINDOW, 50))
    between = AnyOf((YES, Comparison("surgery", "days_since_between", (43, 200))))
    assert tightened("between", days=200) == changed(BETWEEN, when=between, expires=expires(BETWEEN, 200))
    assert tightened("answer", days=3) == changed(ANSWER, expires=expires(ANSWER, 3))
    assert tightened("odd", days=50).when == ODD.when


@pytest.mark.parametrize(
    "test",
    [
        Comparison("birth", "days_since_lte", 42),
        Comparison("surgery", "days_since_lte", 41),
        Comparison("surgery", "lte", 42),
        Comparison("surgery", "days_since_between", (42, 43)),
        Comparison("surgery", "days_since_between", (0, 41)),
        Comparison("surgery", "is_date", True),
    ],
)
def test_other_tests_of_the_condition_stay_as_they_are(test: Comparison) -> None:
    rule = make_rule("window", "CAUTION", AnyOf((test, AllOf((RECENT,)))), 42, event="surgery")
    assert with_days(rule, 60).when == AnyOf((test, AllOf((Comparison("surgery", "days_since_lte", 60),))))


# ---- Letters and caps


@pytest.mark.parametrize(("days", "expected"), [(91, 90), (89, 89), (0, 1), (-9, 1)])
def test_a_letter_counts_shorter_and_at_least_a_day(days: int, expected: int) -> None:
    rule = tightened("refer", letter_days=days)
    terms = ClearanceTerms("a doctor", expected)
    assert rule == (REFER if expected == 90 else changed(REFER, clearance=terms))
    assert tightened("answer", letter_days=days) == ANSWER


@pytest.mark.parametrize(
    ("rule", "figures", "effects"),
    [
        ("window", {"max_seconds": 60}, (NO_HEEL, MEDIUM, MINUTE)),
        ("window", {"max_seconds": 121}, (NO_HEEL, MEDIUM, TWO_MINUTES)),
        ("window", {"max_seconds": 0}, (NO_HEEL, MEDIUM, MaxSeconds("max_seconds", 1))),
        ("window", {"max_pressure": "light"}, (NO_HEEL, LIGHT, TWO_MINUTES)),
        ("window", {"max_pressure": "firm"}, (NO_HEEL, MEDIUM, TWO_MINUTES)),
        ("window", {"max_pressure": "unheard"}, (NO_HEEL, MaxPressure("max_pressure", "unheard"), TWO_MINUTES)),
        ("between", {"max_seconds": 60}, (LIGHT,)),
        ("answer", {"max_seconds": 60, "max_pressure": "light"}, ANSWER.effects),
    ],
)
def test_the_lower_of_two_caps(rule: str, figures: dict[str, Any], effects: tuple[Effect, ...]) -> None:
    found = tightened(rule, **figures)
    assert found == (RULES[rule] if effects == RULES[rule].effects else changed(RULES[rule], effects=effects))


def test_a_level_that_the_catalog_lost_counts_as_the_lowest() -> None:
    none = MaxPressure("max_pressure", "none")
    shared = dataclasses.replace(
        SHARED, questions=(make_question("pain", make_rule("still", "RESTRICT", YES, 9, effects=(none,))),)
    )
    rules = tighten(shared, Overlay(figures={"still": Figures(max_pressure="unheard")}), RANKS)
    assert rules.rule_by_slug["still"].effects == (MaxPressure("max_pressure", "unheard"),)


def test_a_cap_that_holds_after_a_letter_is_lowered_too() -> None:
    after = AfterClearance("RESTRICT", (LIGHT, MaxSeconds("max_seconds", 30)))
    assert tightened("refer", max_pressure="light", max_seconds=30) == changed(REFER, after_clearance=after)


# ---- Outcomes


def test_an_outcome_is_never_lowered() -> None:
    for rule, outcome in (("stop", "REFER"), ("stop", "RESTRICT"), ("refer", "RESTRICT")):
        assert tightened(rule, outcome=outcome) == RULES[rule]


def test_the_same_outcome_is_no_change() -> None:
    assert tightened("window", outcome="RESTRICT", max_seconds=60).effects == (NO_HEEL, MEDIUM, MINUTE)
    assert tightened("refer", outcome="REFER", letter_days=5) == changed(REFER, clearance=ClearanceTerms("a doctor", 5))
    assert tightened("stop", outcome="STOP") == STOP


def test_a_restriction_in_place_of_a_caution() -> None:
    assert tightened("answer", outcome="RESTRICT", max_pressure="light", max_seconds=60) == changed(
        ANSWER, outcome="RESTRICT", effects=(*ANSWER.effects, LIGHT, MINUTE), client_message=""
    )
    assert tightened("answer", outcome="RESTRICT", max_seconds=60).effects == (*ANSWER.effects, MINUTE)


def test_a_referral_that_falls_back_to_what_the_rule_was_with_a_letter() -> None:
    expected = changed(
        WINDOW, outcome="REFER", effects=(), clearance=ClearanceTerms("a podiatrist", 60), client_message="",
        after_clearance=AfterClearance("RESTRICT", WINDOW.effects),
    )  # fmt: skip
    assert tightened("window", outcome="REFER", letter_from="a podiatrist", letter_days=60) == expected
    assert tightened("window", outcome="REFER").clearance == ClearanceTerms("a doctor", 183)
    assert tightened("window", outcome="REFER", letter_days=-3).clearance == ClearanceTerms("a doctor", 1)
    caution = tightened("answer", outcome="REFER").after_clearance
    assert caution == AfterClearance("CAUTION", ANSWER.effects)


@pytest.mark.parametrize(
    ("rule", "urgency", "expected", "message"),
    [
        ("answer", None, "defer", ""),
        ("answer", "emergency", "emergency", ""),
        ("refer", "same_day", "same_day", ""),
        ("stop", None, "same_day", "Of stop."),
        ("stop", "defer", "same_day", "Of stop."),
        ("stop", "emergency", "emergency", ""),
    ],
)
def test_a_stop_takes_the_rest_away_and_the_more_urgent_word_counts(
    rule: str, urgency: Any, expected: Any, message: str
) -> None:
    found = tightened(rule, outcome="STOP", urgency=urgency)
    stopped = dataclasses.replace(
        RULES[rule], outcome="STOP", urgency=expected, effects=(), clearance=None, after_clearance=None,
        client_message=message,
    )  # fmt: skip
    assert found == (stopped if stopped == RULES[rule] else changed(stopped))


# ---- Questions and own rules


@pytest.mark.parametrize(("days", "expected"), [(91, 90), (89, 89), (0, 1)])
def test_an_answer_to_a_question_counts_shorter(days: int, expected: int) -> None:
    rules = tighten(SHARED, Overlay(questions={"pain": days}), RANKS)
    assert rules.question_by_slug["pain"].valid_days == expected
    assert rules.question_by_slug["surgery"].valid_days is None


@pytest.mark.parametrize(("days", "expected"), [(366, 365), (364, 364)])
def test_where_the_question_says_nothing_a_year_is_the_most(days: int, expected: int) -> None:
    rules = tighten(SHARED, Overlay(questions={"surgery": days}), RANKS)
    assert rules.question_by_slug["surgery"].valid_days == expected


def test_own_rules_stand_behind_the_shared_ones_of_their_question() -> None:
    first, second = (make_rule(f"own-{name}", "CAUTION", YES, 7) for name in ("first", "second"))
    bad, lost = make_rule("mine", "CAUTION", YES, 7), make_rule("own-lost", "CAUTION", YES, 7)
    overlay = Overlay(
        rules=(OwnRule("pain", first), OwnRule("pain", bad), OwnRule("pain", second), OwnRule("shoes", lost))
    )
    rules = tighten(SHARED, overlay, RANKS)
    assert [rule.slug for _question, rule in rules.rules] == [*RULES, "own-first", "own-second"]
    assert rules.rule_by_slug["own-first"] == dataclasses.replace(first, origin="own")
    assert rules.question_by_slug["surgery"].rules == SHARED.question_by_slug["surgery"].rules


def test_an_own_rule_that_names_what_the_catalog_lost_rests() -> None:
    gone = make_rule("own-gone", "RESTRICT", YES, 7, effects=(MaxPressure("max_pressure", "crushing"),))
    overlay = Overlay(rules=(OwnRule("pain", gone),))
    assert "own-gone" not in tighten(SHARED, overlay, RANKS, catalog().slugs).rule_by_slug
    assert "own-gone" in tighten(SHARED, overlay, RANKS).rule_by_slug


# ---- Milder, under a clinician's name


def loosened(rule: str, figures: dict[str, Any], judged: dict[str, Any], **tighter: Any) -> Rule:
    entry = Loosening(Figures(**figures), Figures(**judged), "Dr A", "GMC 1", "2026-03-16")
    overlay = Overlay(loosened={rule: entry}, figures={rule: Figures(**tighter)} if tighter else {})
    rules = tighten(SHARED, overlay, RANKS)
    assert rules.floor is not None
    for slug, other in rules.floor.rule_by_slug.items():
        assert slug == rule or other == RULES[slug]
    return rules.rule_by_slug[rule]


def mild(rule: Rule, **fields: Any) -> Rule:
    return dataclasses.replace(rule, origin="loosened", loosened_by="Dr A (GMC 1), 2026-03-16", **fields)


@pytest.mark.parametrize(
    ("rule", "figures", "judged", "expected"),
    [
        (
            WINDOW, {"days": 7}, {"days": 42},
            {"when": AllOf((Comparison("surgery", "days_since_lte", 7), YES)), "expires": expires(WINDOW, 7)},
        ),
        (ANSWER, {"days": 99}, {"days": 30}, {"expires": expires(ANSWER, 99)}),
        (REFER, {"letter_days": 99}, {"letter_days": 90}, {"clearance": ClearanceTerms("a doctor", 99)}),
        (
            WINDOW, {"max_pressure": "firm"}, {"max_pressure": "medium"},
            {"effects": (NO_HEEL, MaxPressure("max_pressure", "firm"), TWO_MINUTES)},
        ),
        (
            REFER, {"max_seconds": 99}, {"max_seconds": 60},
            {"after_clearance": AfterClearance("RESTRICT", (MEDIUM, MaxSeconds("max_seconds", 99)))},
        ),
    ],
)  # fmt: skip
def test_the_milder_figure_holds(rule: Rule, figures: Any, judged: Any, expected: dict[str, Any]) -> None:
    assert loosened(rule.slug, figures, judged) == mild(rule, **expected)


def test_a_loosening_lapses_where_another_figure_was_judged_or_an_outcome_is_named() -> None:
    assert loosened("window", {"days": 7}, {"days": 41}) == WINDOW
    assert loosened("window", {"days": 7}, {}) == WINDOW
    assert loosened("stop", {"outcome": "REFER"}, {"outcome": "STOP"}) == STOP
    assert loosened("answer", {"letter_days": 5}, {"letter_days": 3}) == ANSWER


def test_a_stricter_figure_on_top_of_a_milder_one() -> None:
    both = loosened("answer", {"days": 99}, {"days": 30}, days=60)
    assert (both.expires.days, both.origin, both.loosened_by) == (60, "tightened", "Dr A (GMC 1), 2026-03-16")
