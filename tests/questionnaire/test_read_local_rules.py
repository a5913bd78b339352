"""What a practice keeps of its own: read from a document, its figures, and whether a loosening still applies."""

from typing import Any

import pytest

from clients.questionnaire.local_rules import (
    LocalRules,
    LocalRulesFaulty,
    Loosening,
    OwnRule,
    RuleLimits,
    is_still_applicable,
    limits_of,
    own_rule_faults,
    read_local_rules,
    severity,
)
from clients.screening.effects import MaxPressure, MaxSeconds
from clients.screening.entries import OUTCOMES, AfterClearance
from tests.factories.shared_rules import (
    ANSWER,
    BETWEEN,
    LIGHT,
    MEDIUM,
    REFER,
    STOP,
    WINDOW,
    YES,
    make_rule,
    make_shared,
)
from tests.screening.examples import catalog

SHARED = make_shared()


def test_a_document_is_read() -> None:
    loosening = {
        "figures": {"days": 30}, "judged": {"days": 42}, "clinician": "Dr A", "registration": "GMC 1",
        "on": "2026-03-16",
    }  # fmt: skip
    document = {"figures": {"window": {"days": 60}}, "questions": {"pain": 7}, "loosened": {"answer": loosening}}
    assert read_local_rules(document) == LocalRules(
        limits={"window": RuleLimits(days=60)},
        questions={"pain": 7},
        loosened={"answer": Loosening(RuleLimits(days=30), RuleLimits(days=42), "Dr A", "GMC 1", "2026-03-16")},
    )
    assert read_local_rules({}) == LocalRules()


def test_each_fault_of_a_document_is_named() -> None:
    with pytest.raises(LocalRulesFaulty) as refused:
        read_local_rules({"figures": {"window": {"days": "60", "outcome": "CLEAR"}}, "more": 1})
    assert {(fault.file, fault.field) for fault in refused.value.faults} == {
        ("", "figures.window.days"), ("", "figures.window.outcome"), ("", "more"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "local_rules",
    [
        LocalRules(rules=(OwnRule("pain", ANSWER),)),
        LocalRules(limits={"window": RuleLimits()}),
        LocalRules(questions={"pain": 7}),
        LocalRules(loosened={"answer": Loosening(RuleLimits(), RuleLimits(), "", "", "")}),
    ],
)
def test_whether_anything_is_added(local_rules: LocalRules) -> None:
    assert local_rules
    assert not LocalRules()


def test_the_figures_that_are_given() -> None:
    assert RuleLimits().given == {}
    assert RuleLimits(days=0, max_pressure="light").given == {"days": 0, "max_pressure": "light"}


def test_who_answers_for_a_loosening_in_words() -> None:
    entry = Loosening(RuleLimits(), RuleLimits(), "Dr A", "GMC 1", "2026-03-16")
    assert entry.words == "Dr A (GMC 1), 2026-03-16"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (WINDOW, RuleLimits(days=42, max_seconds=120, max_pressure="medium", outcome="RESTRICT")),
        (BETWEEN, RuleLimits(days=183, max_pressure="light", outcome="RESTRICT")),
        (ANSWER, RuleLimits(days=30)),
        (
            REFER,
            RuleLimits(
                days=30, letter_days=90, letter_from="a doctor", max_seconds=60, max_pressure="medium", outcome="REFER"
            ),
        ),
        (STOP, RuleLimits(days=30, outcome="STOP", urgency="same_day")),
    ],
)
def test_the_figures_of_a_rule(rule: Any, expected: RuleLimits) -> None:
    assert limits_of(rule) == expected


def test_of_several_caps_the_fewest_seconds_and_the_first_pressure() -> None:
    caps = tuple(MaxSeconds("max_seconds", seconds) for seconds in (90, 30, 60))
    after = AfterClearance("RESTRICT", (MaxSeconds("max_seconds", 20), LIGHT))
    rule = make_rule("many", "REFER", YES, 1, effects=(MEDIUM, *caps, LIGHT), after_clearance=after)
    assert (limits_of(rule).max_seconds, limits_of(rule).max_pressure) == (20, "medium")


@pytest.mark.parametrize(
    ("figures", "judged", "applies"),
    [
        ({"days": 30}, {"days": 42}, True),
        ({"days": 30}, {"days": 42, "max_seconds": 1}, True),
        ({"days": 30, "max_seconds": 240}, {"days": 42, "max_seconds": 120}, True),
        ({"max_pressure": "firm"}, {"max_pressure": "medium"}, True),
        ({"days": 30, "max_seconds": 240}, {"days": 42, "max_seconds": 121}, False),
        ({"days": 30}, {"days": 41}, False),
        ({"days": 30}, {}, False),
        ({"letter_days": 30}, {}, False),
        ({}, {}, False),
        ({"outcome": "RESTRICT"}, {"outcome": "RESTRICT"}, False),
        ({"days": 30, "urgency": "defer"}, {"days": 42}, False),
    ],
)
def test_a_loosening_applies_to_the_figures_that_were_judged(figures: Any, judged: Any, applies: bool) -> None:
    assert (
        is_still_applicable(WINDOW, Loosening(RuleLimits(**figures), RuleLimits(**judged), "Dr A", "GMC 1", ""))
        is applies
    )


def test_local_rules_with_nothing_in_them() -> None:
    assert vars(LocalRules()) == {"rules": (), "limits": {}, "questions": {}, "loosened": {}}


def test_all_four_figures_may_be_loosened_at_once() -> None:
    judged = {"days": 30, "letter_days": 90, "max_seconds": 60, "max_pressure": "medium"}
    milder = {"days": 40, "letter_days": 99, "max_seconds": 90, "max_pressure": "firm"}
    assert is_still_applicable(REFER, Loosening(RuleLimits(**milder), RuleLimits(**judged), "Dr A", "GMC 1", ""))


def test_a_letter_may_be_loosened_too() -> None:
    assert is_still_applicable(
        REFER, Loosening(RuleLimits(letter_days=99), RuleLimits(letter_days=90), "Dr A", "GMC 1", "")
    )


def test_severity_rises_with_the_outcome() -> None:
    assert [severity(outcome) for outcome in OUTCOMES] == [0, 1, 2, 3, 4, 5]


def test_own_rules_keep_to_their_names_and_to_what_there_is() -> None:
    def told(slug: str, question: str = "pain", known: Any = None, **more: Any) -> list[tuple[str, str, str, str]]:
        entry = OwnRule(question, make_rule(slug, "RESTRICT", YES, 7, **{"effects": (LIGHT,), **more}))
        found = own_rule_faults(SHARED, entry, known)
        return [(fault.file, fault.entry, fault.field, fault.message[:30]) for fault in found]

    assert told("own-rule") == []
    assert told("mine") == [("", "mine", "slug", "The name of an own rule begins")]
    assert told("window") == [("", "window", "slug", "The name of an own rule begins")]
    assert told("own-rule", "shoes") == [("", "own-rule", "question", "There is no question of this n")]
    crushing = (MaxPressure("max_pressure", "crushing"),)
    assert told("own-rule", effects=crushing) == []
    assert len(told("own-rule", effects=crushing, known=catalog().slugs)) == 1
