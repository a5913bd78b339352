"""Which of a practice's figures are refused, on both sides of each bound, named by rule and field."""

from dataclasses import replace
from typing import Any

import pytest

from clients.questionnaire.check_local_rules import check_local_rules, inactive_parts
from clients.questionnaire.local_rules import LocalRules, LocalRulesFaulty, Loosening, OwnRule, RuleLimits
from clients.screening.effects import MaxPressure
from tests.factories.shared_rules import RANKS, YES, make_question, make_rule, make_shared
from tests.screening.examples import catalog

SHARED = make_shared()
Told = list[tuple[str, str, str]]


def faults(local_rules: LocalRules) -> Told:
    try:
        check_local_rules(SHARED, local_rules, RANKS, None)
    except LocalRulesFaulty as error:
        found = [(fault.entry + fault.file, fault.field, fault.message) for fault in error.faults]
        return found or [("", "", "refused without a fault")]
    return []


def of_figures(rule: str, **figures: Any) -> Told:
    return faults(LocalRules(limits={rule: RuleLimits(**figures)}))


def is_refused(told: Told, rule: str, field: str, says: str) -> bool:
    return [(entry, name) for entry, name, _words in told] == [(rule, field)] and says in told[0][2]


@pytest.mark.parametrize(
    ("rule", "figures"),
    [
        ("window", {"days": 42}),
        ("window", {"days": 43}),
        ("between", {"days": 184}),
        ("answer", {"days": 30}),
        ("answer", {"days": 0}),
        ("odd", {"days": 42}),
        ("refer", {"letter_days": 90}),
        ("refer", {"letter_days": 1}),
        ("window", {"max_seconds": 120, "max_pressure": "medium"}),
        ("window", {"max_seconds": 1, "max_pressure": "none"}),
        ("refer", {"max_seconds": 60}),
        ("answer", {"outcome": "RESTRICT", "max_seconds": 1}),
        ("answer", {"outcome": "RESTRICT", "max_pressure": "firm"}),
        ("answer", {"outcome": "REFER", "letter_days": 4000, "letter_from": "a podiatrist"}),
        ("window", {"outcome": "RESTRICT"}),
        ("answer", {"outcome": "STOP"}),
        ("answer", {"outcome": "STOP", "urgency": "emergency"}),
        ("stop", {"outcome": "STOP", "urgency": "same_day"}),
        ("stop", {"urgency": "emergency"}),
        ("window", {"outcome": "REFER", "letter_days": 5}),
    ],
    ids=str,
)
def test_as_strict_or_stricter_is_taken(rule: str, figures: dict[str, Any]) -> None:
    assert of_figures(rule, **figures) == []


@pytest.mark.parametrize(
    ("rule", "figures", "field", "says"),
    [
        ("nothing", {"days": 1}, "", "no shared rule of this name"),
        ("answer", {}, "", "Nothing is set"),
        ("window", {"days": -1}, "days", "cannot be negative"),
        ("window", {"days": 41}, "days", "41 is milder than the shared 42"),
        ("answer", {"days": 31}, "days", "31 is milder than the shared 30"),
        ("odd", {"days": 43}, "days", "written in another way"),
        ("answer", {"letter_days": 5}, "letter_days", "knows no letter"),
        ("refer", {"letter_days": 91}, "letter_days", "91 is milder than the shared 90"),
        ("refer", {"letter_days": 0}, "letter_days", "0 is milder than the shared 90"),
        ("refer", {"outcome": "REFER", "letter_days": 91}, "letter_days", "91 is milder"),
        ("window", {"max_seconds": 0}, "max_seconds", "At least one second"),
        ("window", {"max_seconds": 121}, "max_seconds", "121 is milder than the shared 120"),
        ("refer", {"max_seconds": 61}, "max_seconds", "61 is milder than the shared 60"),
        ("between", {"max_seconds": 60}, "max_seconds", "limits no seconds"),
        ("answer", {"outcome": "RESTRICT", "max_pressure": "light", "max_seconds": 0}, "max_seconds", "At least one"),
        ("window", {"outcome": "REFER", "max_seconds": 121}, "max_seconds", "121 is milder"),
        ("window", {"max_pressure": "crushing"}, "max_pressure", "no such pressure"),
        ("window", {"max_pressure": "firm"}, "max_pressure", "firm is milder than the shared medium"),
        ("answer", {"max_pressure": "light"}, "max_pressure", "limits no pressure"),
        ("window", {"outcome": "REFER", "max_pressure": "firm"}, "max_pressure", "firm is milder"),
        ("stop", {"outcome": "REFER"}, "outcome", "No outcome can be lowered"),
        ("answer", {"outcome": "RESTRICT"}, "outcome", "Say what it restricts"),
        ("answer", {"urgency": "defer"}, "urgency", "Only a STOP"),
        ("answer", {"outcome": "REFER", "urgency": "defer"}, "urgency", "Only a STOP"),
        ("stop", {"urgency": "defer"}, "urgency", "defer is milder than the shared same_day"),
    ],
    ids=str,
)
def test_what_is_milder_or_does_nothing_is_refused(rule: str, figures: dict[str, Any], field: str, says: str) -> None:
    assert is_refused(of_figures(rule, **figures), rule, field, says)


def test_below_a_level_that_the_catalog_lost_nothing_is_stricter() -> None:
    lost = make_rule("lost", "RESTRICT", YES, 9, effects=(MaxPressure("max_pressure", "unheard"),))
    shared = replace(SHARED, questions=(make_question("pain", lost),))
    for level in ("none", "light"):
        with pytest.raises(LocalRulesFaulty, match="milder than the shared unheard"):
            check_local_rules(shared, LocalRules(limits={"lost": RuleLimits(max_pressure=level)}), RANKS, None)


def test_every_fault_is_told_at_once() -> None:
    told = faults(
        LocalRules(
            limits={"nothing": RuleLimits(days=1), "stop": RuleLimits(outcome="RESTRICT")},
            questions={"pain": 91, "nobody": 4},
            loosened={"nothing": Loosening(RuleLimits(days=1), RuleLimits(), "", "", "")},
        )
    )
    assert [(entry, field) for entry, field, _words in told] == [
        ("nothing", ""),
        ("stop", "outcome"),
        ("stop", "outcome"),
        ("pain", "valid_days"),
        ("nobody", ""),
        ("nothing", ""),
    ]


@pytest.mark.parametrize(
    ("question", "days", "says"),
    [
        ("pain", 90, None),
        ("pain", 1, None),
        ("surgery", 365, None),
        ("pain", 91, "91 is milder than the shared 90"),
        ("pain", 0, "0 is milder than the shared 90"),
        ("surgery", 366, "366 is milder than the shared 365"),
    ],
)
def test_days_of_a_question(question: str, days: int, says: str | None) -> None:
    told = faults(LocalRules(questions={question: days}))
    assert told == [] if says is None else is_refused(told, question, "valid_days", says)


def test_a_question_that_nobody_knows() -> None:
    assert is_refused(faults(LocalRules(questions={"nobody": 4})), "nobody", "", "no question of this name")


# ---- Own rules


def own(slug: str = "own-rule", question: str = "pain") -> OwnRule:
    return OwnRule(question, make_rule(slug, "CAUTION", YES, 7))


def test_own_rules_have_names_of_their_own_and_hang_on_a_question() -> None:
    assert faults(LocalRules(rules=(own(), own("own-other", "surgery")))) == []
    assert is_refused(faults(LocalRules(rules=(own("mine"),))), "mine", "slug", "begins with “own-”")
    assert is_refused(faults(LocalRules(rules=(own(question="shoes"),))), "own-rule", "question", "no question")
    assert is_refused(faults(LocalRules(rules=(own(), own()))), "own-rule", "slug", "Another rule of yours")
    assert [words for _entry, _field, words in faults(LocalRules(rules=(own(), own(), own())))] == [
        "Another rule of yours has this name."
    ] * 2


# ---- Under a clinician's name


def loosened(rule: str, figures: dict[str, Any], judged: dict[str, Any], **changes: str) -> LocalRules:
    names = {"clinician": "Dr A", "registration": "GMC", "on": "2026-03-16", **changes}
    return LocalRules(loosened={rule: Loosening(RuleLimits(**figures), RuleLimits(**judged), **names)})


@pytest.mark.parametrize(
    ("rule", "figures", "judged"),
    [
        ("window", {"days": 1}, {"days": 42}),
        ("between", {"days": 43}, {"days": 183}),
        ("answer", {"days": 900}, {"days": 30}),
        ("answer", {"days": 1}, {"days": 30}),
        ("refer", {"letter_days": 1}, {"letter_days": 90}),
        ("refer", {"max_seconds": 1}, {"max_seconds": 60}),
        ("window", {"max_pressure": "firm"}, {"max_pressure": "medium"}),
        ("window", {"days": 3, "max_seconds": 600}, {"days": 42, "max_seconds": 120}),
        ("window", {"days": 0}, {"days": 41}),  # lapsed: judged is another figure
    ],
    ids=str,
)
def test_a_clinician_may_set_milder_figures(rule: str, figures: dict[str, Any], judged: dict[str, Any]) -> None:
    assert faults(loosened(rule, figures, judged)) == []


@pytest.mark.parametrize(
    ("rule", "figures", "judged", "field", "says"),
    [
        ("nothing", {"days": 1}, {"days": 2}, "", "no shared rule of this name"),
        ("stop", {"outcome": "RESTRICT"}, {"outcome": "STOP"}, "outcome", "by nobody"),
        ("stop", {"urgency": "defer"}, {"urgency": "same_day"}, "outcome", "by nobody"),
        ("refer", {"letter_from": "anybody"}, {"letter_from": "a doctor"}, "outcome", "by nobody"),
        ("window", {}, {}, "", "Nothing is set"),
        ("answer", {"max_seconds": 600}, {}, "", "no such figure"),
        ("window", {"days": 0}, {"days": 42}, "days", "At least one day"),
        ("between", {"days": 42}, {"days": 183}, "days", "cannot be shortened to that"),
        ("odd", {"days": 30}, {"days": 42}, "days", "cannot be shortened to that"),
        ("refer", {"letter_days": 0}, {"letter_days": 90}, "letter_days", "At least one"),
        ("refer", {"max_seconds": 0}, {"max_seconds": 60}, "max_seconds", "At least one"),
        ("window", {"max_pressure": "crushing"}, {"max_pressure": "medium"}, "max_pressure", "no such pressure"),
    ],
    ids=str,
)
def test_what_no_clinician_may_set(
    rule: str, figures: dict[str, Any], judged: dict[str, Any], field: str, says: str
) -> None:
    assert is_refused(faults(loosened(rule, figures, judged)), rule, field, says)


@pytest.mark.parametrize(("name", "says"), [("clinician", "Name the clinician"), ("registration", "with whom")])
@pytest.mark.parametrize(("words", "is_enough"), [("", False), (" ab ", False), ("abc", True)])
def test_who_answers_for_it_is_named(name: str, says: str, words: str, is_enough: bool) -> None:
    told = faults(loosened("window", {"days": 30}, {"days": 42}, **{name: words}))
    assert told == [] if is_enough else is_refused(told, "window", name, says)


# ---- What the shared version has no place for


def test_the_parts_that_rest() -> None:
    local_rules = LocalRules(
        rules=(own(), own("own-lost", "shoes")),
        limits={"window": RuleLimits(days=50), "gone": RuleLimits(days=50)},
        questions={"pain": 30, "lost": 30},
        loosened={
            "answer": Loosening(RuleLimits(days=40), RuleLimits(days=30), "Dr A", "GMC", "2026-03-16"),
            "between": Loosening(RuleLimits(days=99), RuleLimits(days=100), "Dr A", "GMC", "2026-03-16"),
            "away": Loosening(RuleLimits(days=40), RuleLimits(days=30), "Dr A", "GMC", "2026-03-16"),
        },
    )
    assert inactive_parts(SHARED, local_rules, None) == ("own-lost", "gone", "lost", "between", "away")
    assert inactive_parts(SHARED, LocalRules(rules=(own(),)), catalog().slugs) == ()
