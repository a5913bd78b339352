"""A practice's own strictness: never milder than the shared rules, whatever is put into it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as property_given
from hypothesis import strategies as st

from clients.questionnaire.apply_local_rules import tighten
from clients.questionnaire.check_local_rules import check_overlay, resting_parts
from clients.questionnaire.local_rules import OverlayFaulty, figures_of, read_overlay
from clients.screening.answers import Answer
from clients.screening.engine import screen
from clients.screening.entries import OUTCOMES
from clients.screening.findings import Screening
from routines.safety.check_steps import check_steps
from routines.safety.verdicts import StepVerdict
from tests.screening_examples import (
    TODAY,
    catalog,
    clients_at_risk,
    days_ago,
    given,
    healthy,
    letter_sets,
    letters_of,
    plans,
    questionnaire,
    steps_of,
)

RANKS = {level.slug: level.rank for level in catalog().pressure_levels}
LEVELS = sorted(RANKS)
OWN: dict[str, Any] = {
    "slug": "own-no-work-after-a-migraine",
    "outcome": "STOP",
    "urgency": "defer",
    "when": {"q": "allergy", "equals": "yes"},
    "scope": ["global"],
    "rationale": "The house's own experience.",
    "expires": {"kind": "answer_ttl", "days": 7},
    "sources": [{"file": "house rule", "heading": "Stillwater"}],
}


def overlaid(document: dict[str, Any], **shared: Any) -> Any:
    overlay = read_overlay(document)
    check_overlay(questionnaire(), overlay, RANKS, catalog().slugs)
    return tighten(questionnaire(), overlay, RANKS, catalog().slugs)


def screened(document: dict[str, Any], answers: dict[str, Any], letters: list[dict] = []) -> Screening:  # noqa: B006
    return screen(overlaid(document), given({**healthy(), **answers}), letters_of(letters), TODAY)


def findings(screening: Screening) -> dict[str, str]:
    return {finding.rule: finding.outcome for finding in screening.findings}


SURGERY = {"surgery-kind": "minor", "surgery-site": [{"side": "left", "region": "arch"}]}


def test_a_longer_window_fires_later_and_ends_later() -> None:
    longer = {"figures": {"surgery-recent": {"days": 60}}}
    answers = {"surgery-date": days_ago(60), **SURGERY}
    assert findings(screened({}, answers)).get("surgery-recent") is None
    assert findings(screened(longer, answers))["surgery-recent"] == "REFER"
    assert "surgery-recent" not in findings(screened(longer, {**answers, "surgery-date": days_ago(61)}))


def test_a_window_between_two_days_moves_its_end_only() -> None:
    longer = {"figures": {"surgery-site-minor": {"days": 300}}}
    answers = {"surgery-date": days_ago(300), **SURGERY}
    assert findings(screened(longer, answers))["surgery-site-minor"] == "RESTRICT"
    assert "surgery-site-minor" not in findings(screened(longer, {**answers, "surgery-date": days_ago(42)}))


def test_an_answer_counts_shorter_and_what_it_said_is_not_forgotten_by_it() -> None:
    shorter = {"figures": {"diabetes": {"days": 10}}, "questions": {"allergy": 5}}
    rules = overlaid(shorter)
    answers = {
        slug: Answer(value, TODAY - timedelta(days=20))
        for slug, value in {**healthy(), "diabetes": "no_foot_problem"}.items()
    }
    shared = screen(questionnaire(), answers, (), TODAY)
    own = screen(rules, answers, (), TODAY)
    assert "unanswered:diabetes" in findings(own)
    assert "unanswered:allergy" in findings(own)
    assert "unanswered:diabetes" not in findings(shared)
    # REFER is graver than INCOMPLETE: asking again sooner must not make it milder meanwhile.
    assert findings(own)["diabetes"] == "REFER" == own.overall == shared.overall


def test_a_letter_counts_shorter() -> None:
    shorter = {"figures": {"diabetes": {"letter_days": 30}}}
    letter = {"id": "K1", "covers": ["diabetes"], "issued_on": days_ago(31)}
    answers = {"diabetes": "no_foot_problem"}
    assert findings(screened({}, answers, [letter]))["diabetes"] != "REFER"
    assert findings(screened(shorter, answers, [letter]))["diabetes"] == "REFER"
    assert findings(screened(shorter, answers, [{**letter, "issued_on": days_ago(30)}]))["diabetes"] != "REFER"


def test_caps_are_lowered_also_after_a_letter() -> None:
    rules = overlaid(
        {
            "figures": {
                "minor-under-16": {"max_seconds": 60, "max_pressure": "feather"},
                "diabetes": {"max_pressure": "light"},
            }
        }
    )
    minor = rules.rule_by_slug["minor-under-16"]
    assert (figures_of(minor).max_seconds, figures_of(minor).max_pressure, minor.origin) == (60, "feather", "tightened")
    assert figures_of(rules.rule_by_slug["diabetes"]).max_pressure == "light"
    assert rules.rule_by_slug["allergy"].origin == ""


@pytest.mark.parametrize(
    ("figures", "outcome"),
    [
        ({"outcome": "RESTRICT", "max_pressure": "light"}, "RESTRICT"),
        ({"outcome": "REFER", "letter_from": "GP", "letter_days": 90}, "REFER"),
        ({"outcome": "STOP", "urgency": "defer"}, "STOP"),
    ],
)
def test_an_outcome_is_raised(figures: dict, outcome: str) -> None:
    assert findings(screened({"figures": {"allergy": figures}}, {"allergy": "yes"}))["allergy"] == outcome


def test_a_raised_restriction_falls_back_to_what_it_was_with_a_letter() -> None:
    raised = {"figures": {"gout-quiet": {"outcome": "REFER", "letter_from": "GP", "letter_days": 90}}}
    rule = next(rule for _q, rule in questionnaire().rules if rule.outcome == "RESTRICT")
    raised = {"figures": {rule.slug: {"outcome": "REFER", "letter_from": "GP", "letter_days": 90}}}
    new = overlaid(raised).rule_by_slug[rule.slug]
    assert (new.outcome, new.after_clearance.outcome, new.after_clearance.effects) == (
        "REFER",
        "RESTRICT",
        rule.effects,
    )


def test_a_rule_of_ones_own_fires_beside_the_shared_ones() -> None:
    found = screened({"rules": [{"question": "allergy", "rule": OWN}]}, {"allergy": "yes"})
    assert found.overall == "STOP"
    assert findings(found)["allergy"] == "CAUTION"
    own = next(finding for finding in found.findings if finding.rule == OWN["slug"])
    assert own.origin == "own"
    assert own.ask_again_on == TODAY + timedelta(days=8)


LOOSER: list[dict[str, Any]] = [
    {"figures": {"surgery-recent": {"days": 41}}},
    {"figures": {"diabetes": {"days": 400}}},
    {"figures": {"diabetes": {"letter_days": 4000}}},
    {"figures": {"minor-under-16": {"max_seconds": 121}}},
    {"figures": {"minor-under-16": {"max_pressure": "medium"}}},
    {"figures": {"minor-under-16": {"max_pressure": "crushing"}}},
    {"figures": {"suspected-dvt": {"outcome": "REFER"}}},
    {"figures": {"suspected-dvt": {"outcome": "RESTRICT"}}},
    {"figures": {"suspected-dvt": {"urgency": "defer"}}},
    {"figures": {"diabetes": {"outcome": "RESTRICT", "max_pressure": "light"}}},
    {"figures": {"suspected-dvt": {"outcome": "CLEAR"}}},
    {"figures": {"allergy": {"outcome": "RESTRICT"}}},
    {"figures": {"allergy": {"max_seconds": 60}}},
    {"figures": {"allergy": {}}},
    {"figures": {"allergy": {"days": -1}}},
    {"figures": {"no-such-rule": {"days": 1}}},
    {"figures": {"allergy": {"effects": []}}},
    {"questions": {"allergy": 366}},
    {"questions": {"allergy": 0}},
    {"questions": {"no-such-question": 3}},
    {"rules": [{"question": "allergy", "rule": {**OWN, "slug": "allergy"}}]},
    {"rules": [{"question": "allergy", "rule": {**OWN, "outcome": "CLEAR"}}]},
    {"rules": [{"question": "nothing", "rule": OWN}]},
    {"rules": [{"question": "allergy", "rule": {**OWN, "when": {"q": "nothing", "equals": "yes"}}}]},
    {"rules": [{"question": "allergy", "rule": OWN}, {"question": "allergy", "rule": OWN}]},
    {"rules": [{"question": "allergy", "rule": {**OWN, "loosened_by": "me"}}]},
    {"unknown": 7},
    [],  # type: ignore[list-item]
]


@pytest.mark.parametrize("document", LOOSER, ids=str)
def test_anything_that_loosens_or_does_nothing_is_refused(document: dict) -> None:
    with pytest.raises(OverlayFaulty):
        overlaid(document)


# ---- Loosening


def loosening(rule: str, figures: dict, judged: dict, **changes: Any) -> dict:
    entry = {
        "figures": figures,
        "judged": judged,
        "clinician": "Dr A. Okoro",
        "registration": "GMC 0000000",
        "on": "2026-03-16",
    }
    return {"loosened": {rule: {**entry, **changes}}}


def test_a_milder_figure_stands_under_a_clinicians_name_and_the_finding_says_so() -> None:
    document = loosening("surgery-recent", {"days": 30}, {"days": 42})
    answers = {"surgery-date": days_ago(31), **SURGERY}
    assert findings(screened({}, answers))["surgery-recent"] == "REFER"
    assert "surgery-recent" not in findings(screened(document, answers))
    found = screened(document, {**answers, "surgery-date": days_ago(30)})
    finding = next(finding for finding in found.findings if finding.rule == "surgery-recent")
    assert "Dr A. Okoro (GMC 0000000)" in finding.loosened_by


def test_a_loosening_lapses_when_the_shared_figure_is_another_one() -> None:
    overlay = read_overlay(loosening("surgery-recent", {"days": 30}, {"days": 40}))
    rules = tighten(questionnaire(), overlay, RANKS)
    assert rules.rule_by_slug["surgery-recent"].expires.days == 42
    assert not rules.rule_by_slug["surgery-recent"].loosened_by
    assert resting_parts(questionnaire(), overlay, None) == ("surgery-recent",)


@pytest.mark.parametrize(
    "document",
    [
        loosening("surgery-recent", {"days": 30}, {"days": 42}, clinician=""),
        loosening("surgery-recent", {"days": 30}, {"days": 42}, clinician="  "),
        loosening("surgery-recent", {"days": 30}, {"days": 42}, registration="-"),
        loosening("surgery-recent", {"days": 0}, {"days": 42}),
        loosening("surgery-site-minor", {"days": 42}, {"days": 183}),
        loosening("surgery-recent", {}, {}),
        loosening("suspected-dvt", {"outcome": "RESTRICT"}, {"outcome": "STOP"}),
        loosening("diabetes", {"outcome": "RESTRICT"}, {"outcome": "REFER"}),
        loosening("allergy", {"max_seconds": 600}, {}),
        loosening("minor-under-16", {"max_pressure": "crushing"}, {"max_pressure": "light"}),
        loosening("no-such-rule", {"days": 3}, {"days": 4}),
    ],
    ids=str,
)
def test_a_loosening_without_a_clinician_or_of_an_outcome_is_refused(document: dict) -> None:
    with pytest.raises(OverlayFaulty):
        overlaid(document)


# ---- Whatever is put into it

RULES = [rule.slug for _question, rule in questionnaire().rules]
QUESTIONS = [question.slug for question in questionnaire().questions]
FIGURES = st.fixed_dictionaries(
    {},
    optional={
        "days": st.integers(-5, 900),
        "letter_days": st.integers(-5, 900),
        "max_seconds": st.integers(-5, 900),
        "max_pressure": st.sampled_from([*LEVELS, "crushing"]),
        "outcome": st.sampled_from(["RESTRICT", "REFER", "STOP"]),
        "urgency": st.sampled_from(["emergency", "same_day", "defer"]),
    },
)
OWN_RULES = st.lists(
    st.builds(
        lambda slug, days, question: {
            "question": question,
            "rule": {**OWN, "slug": f"own-{slug}", "expires": {"kind": "answer_ttl", "days": days},
                     "when": {"q": question, "equals": "yes"}},
        },
        st.sampled_from("abc"),
        st.integers(0, 30),
        st.sampled_from(["allergy", "diabetes", "fever-unwell", "epilepsy", "no-such"]),
    ),
    max_size=2,
)  # fmt: skip
OVERLAYS = st.builds(
    lambda figures, questions, rules: {"figures": figures, "questions": questions, "rules": rules},
    st.dictionaries(st.sampled_from(RULES), FIGURES, max_size=12),
    st.dictionaries(st.sampled_from(QUESTIONS), st.integers(-3, 700), max_size=4),
    OWN_RULES,
)
STATES = ["allowed", "shorten", "reduce_pressure", "excluded", "blocked"]


def is_looser(own: StepVerdict, shared: StepVerdict) -> bool:
    if own.kind in ("excluded", "blocked"):
        return STATES.index(own.kind) < STATES.index(shared.kind)
    if shared.kind in ("excluded", "blocked"):
        return True
    levels = (RANKS.get(cap.level, 99) if cap.level else 99 for cap in (own.cap, shared.cap))
    seconds = (cap.seconds if cap.seconds is not None else 10**9 for cap in (own.cap, shared.cap))
    return _more(*levels) or _more(*seconds)


def _more(own: float, shared: float) -> bool:
    return own > shared


@property_given(OVERLAYS, clients_at_risk(), letter_sets(), plans(), st.integers(0, 400))
def test_a_tightened_questionnaire_is_never_milder(
    document: dict, answers: dict, letters: list[dict], plan: list[dict], age: int
) -> None:
    """Unchecked overlays too: applying one must not rest on the check that it passed when it was saved."""
    rules = tighten(questionnaire(), read_overlay(document), RANKS, catalog().slugs)
    told = {slug: Answer(answer.value, TODAY - timedelta(days=age)) for slug, answer in given(answers).items()}
    shared = screen(questionnaire(), told, letters_of(letters), TODAY)
    own = screen(rules, told, letters_of(letters), TODAY)
    assert OUTCOMES.index(own.overall) >= OUTCOMES.index(shared.overall)
    steps = steps_of(plan)
    before, after = check_steps(shared, steps, catalog()), check_steps(own, steps, catalog())
    assert not (after.releasable and not before.releasable)
    for number, sides in before.steps.items():
        for side, verdict in sides.items():
            assert not is_looser(after.steps[number][side], verdict), (number, side)


def test_nothing_added_is_the_shared_questionnaire_itself() -> None:
    assert tighten(questionnaire(), read_overlay({}), RANKS) is questionnaire()
