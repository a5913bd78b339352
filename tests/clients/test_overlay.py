"""What a practice keeps of its own: read from a document, its figures, and whether a loosening still applies."""

from typing import Any

import pytest

from clients.questionnaire.local_rules import (
    Figures,
    Loosening,
    Overlay,
    OverlayFaulty,
    OwnRule,
    figures_of,
    own_faults,
    read_overlay,
    severity,
    stands,
)
from clients.screening.effects import MaxPressure, MaxSeconds
from clients.screening.entries import OUTCOMES, AfterClearance
from tests.clients.shared_rules import ANSWER, BETWEEN, LIGHT, MEDIUM, REFER, STOP, WINDOW, YES, make_rule, make_shared
from tests.screening_examples import catalog

SHARED = make_shared()


def test_a_document_is_read() -> None:
    loosening = {
        "figures": {"days": 30}, "judged": {"days": 42}, "clinician": "Dr A", "registration": "GMC 1",
        "on": "2026-03-16",
    }  # fmt: skip
    document = {"figures": {"window": {"days": 60}}, "questions": {"pain": 7}, "loosened": {"answer": loosening}}
    assert read_overlay(document) == Overlay(
        figures={"window": Figures(days=60)},
        questions={"pain": 7},
        loosened={"answer": Loosening(Figures(days=30), Figures(days=42), "Dr A", "GMC 1", "2026-03-16")},
    )
    assert read_overlay({}) == Overlay()


def test_each_fault_of_a_document_is_named() -> None:
    with pytest.raises(OverlayFaulty) as refused:
        read_overlay({"figures": {"window": {"days": "60", "outcome": "CLEAR"}}, "more": 1})
    assert {(fault.file, fault.field) for fault in refused.value.faults} == {
        ("", "figures.window.days"), ("", "figures.window.outcome"), ("", "more"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "overlay",
    [
        Overlay(rules=(OwnRule("pain", ANSWER),)),
        Overlay(figures={"window": Figures()}),
        Overlay(questions={"pain": 7}),
        Overlay(loosened={"answer": Loosening(Figures(), Figures(), "", "", "")}),
    ],
)
def test_whether_anything_is_added(overlay: Overlay) -> None:
    assert overlay
    assert not Overlay()


def test_the_figures_that_are_given() -> None:
    assert Figures().given == {}
    assert Figures(days=0, max_pressure="light").given == {"days": 0, "max_pressure": "light"}


def test_who_answers_for_a_loosening_in_words() -> None:
    entry = Loosening(Figures(), Figures(), "Dr A", "GMC 1", "2026-03-16")
    assert entry.words == "Dr A (GMC 1), 2026-03-16"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (WINDOW, Figures(days=42, max_seconds=120, max_pressure="medium", outcome="RESTRICT")),
        (BETWEEN, Figures(days=183, max_pressure="light", outcome="RESTRICT")),
        (ANSWER, Figures(days=30)),
        (
            REFER,
            Figures(
                days=30, letter_days=90, letter_from="a doctor", max_seconds=60, max_pressure="medium", outcome="REFER"
            ),
        ),
        (STOP, Figures(days=30, outcome="STOP", urgency="same_day")),
    ],
)
def test_the_figures_of_a_rule(rule: Any, expected: Figures) -> None:
    assert figures_of(rule) == expected


def test_of_several_caps_the_fewest_seconds_and_the_first_pressure() -> None:
    caps = tuple(MaxSeconds("max_seconds", seconds) for seconds in (90, 30, 60))
    after = AfterClearance("RESTRICT", (MaxSeconds("max_seconds", 20), LIGHT))
    rule = make_rule("many", "REFER", YES, 1, effects=(MEDIUM, *caps, LIGHT), after_clearance=after)
    assert (figures_of(rule).max_seconds, figures_of(rule).max_pressure) == (20, "medium")


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
    assert stands(WINDOW, Loosening(Figures(**figures), Figures(**judged), "Dr A", "GMC 1", "")) is applies


def test_an_overlay_with_nothing_in_it() -> None:
    assert vars(Overlay()) == {"rules": (), "figures": {}, "questions": {}, "loosened": {}}


def test_all_four_figures_may_be_loosened_at_once() -> None:
    judged = {"days": 30, "letter_days": 90, "max_seconds": 60, "max_pressure": "medium"}
    milder = {"days": 40, "letter_days": 99, "max_seconds": 90, "max_pressure": "firm"}
    assert stands(REFER, Loosening(Figures(**milder), Figures(**judged), "Dr A", "GMC 1", ""))


def test_a_letter_may_be_loosened_too() -> None:
    assert stands(REFER, Loosening(Figures(letter_days=99), Figures(letter_days=90), "Dr A", "GMC 1", ""))


def test_severity_rises_with_the_outcome() -> None:
    assert [severity(outcome) for outcome in OUTCOMES] == [0, 1, 2, 3, 4, 5]


def test_own_rules_keep_to_their_names_and_to_what_there_is() -> None:
    def told(slug: str, question: str = "pain", known: Any = None, **more: Any) -> list[tuple[str, str, str, str]]:
        entry = OwnRule(question, make_rule(slug, "RESTRICT", YES, 7, **{"effects": (LIGHT,), **more}))
        found = own_faults(SHARED, entry, known)
        return [(fault.file, fault.entry, fault.field, fault.message[:30]) for fault in found]

    assert told("own-rule") == []
    assert told("mine") == [("", "mine", "slug", "The name of an own rule begins")]
    assert told("window") == [("", "window", "slug", "The name of an own rule begins")]
    assert told("own-rule", "shoes") == [("", "own-rule", "question", "There is no question of this n")]
    crushing = (MaxPressure("max_pressure", "crushing"),)
    assert told("own-rule", effects=crushing) == []
    assert len(told("own-rule", effects=crushing, known=catalog().slugs)) == 1
