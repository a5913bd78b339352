"""Verdicts on steps: what findings do to each step and side, and which steps are refused whatever the screening."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as property_given

from clients.screening.engine import screen
from clients.screening.letter_terms import Clearance
from routines.catalog.types import leaves_of
from routines.safety import steps
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step, is_faultless, validate_step
from routines.safety.verdicts import NO_CAP, InvalidStep, PlanVerdict, StepVerdict
from tests.screening_examples import (
    TODAY,
    catalog,
    given,
    healthy,
    letter_sets,
    letters_of,
    plans,
    questionnaire,
    restricted_sets,
    steps_of,
)

ARCH = Step(1, "arch-sleep-s1", "circular-motion", "both", "light", 60, "thumb")
BREATHING = Step(2, None, "mindful-breathing", "none", "none", 60)
RANKS = {"allowed": 0, "shorten": 1, "reduce_pressure": 2, "excluded": 3, "blocked": 4}


def verdict(changes: dict[str, Any], *steps: Step, letters: tuple[str, ...] = ()) -> PlanVerdict:
    clearances = [Clearance("K1", frozenset(letters), TODAY)]
    return check_steps(screen(questionnaire(), given({**healthy(), **changes}), clearances, TODAY), steps, catalog())


def states(plan: PlanVerdict, number: int = 1) -> dict[str, str]:
    return {side: part.state for side, part in plan.steps[number].items()}


def test_composite_regions_overlap_by_their_leaves() -> None:
    assert leaves_of(catalog(), "achilles") & leaves_of(catalog(), "lower-leg") == {"achilles-tendon"}
    assert leaves_of(catalog(), "big-toe") == {"big-toe"}


def test_a_clear_plan_is_releasable_and_a_blocked_one_is_not() -> None:
    assert verdict({}, ARCH, BREATHING).may_be_released
    blocked = verdict({"stroke-signs": "yes"}, ARCH, BREATHING)
    assert (states(blocked), states(blocked, 2)) == ({"left": "blocked", "right": "blocked"}, {"none": "blocked"})
    assert not blocked.releasable


def test_the_stricter_cap_wins_and_every_rule_is_listed() -> None:
    firm = Step(1, "central-arch-s2", "two-thumb-lengthwise-stroke", "left", "firm", 60, "two-thumbs")
    changes = {"heart-conditions": ["other_heart"], "fragile-skin": "yes", "exhausted-today": "yes"}
    part = verdict(changes, firm, letters=("heart-other",)).steps[1]["left"]
    assert part.state == "reduce_pressure:light"
    assert {touch.rule: touch.state for touch in part.touches} == {
        "heart-other": "reduce_pressure:medium",
        "fragile-skin": "reduce_pressure:light",
        "fatigue-today": "reduce_pressure:light",
    }


def test_pressure_comes_before_seconds_and_both_caps_are_kept() -> None:
    long_and_firm = Step(1, "arch-digestion-adrenal-s0", "area-massage", "left", "firm", 240, "hands")
    part = verdict({"age": 15, "guardian-consent": "yes"}, long_and_firm).steps[1]["left"]
    assert (part.state, part.max_pressure, part.max_seconds) == ("reduce_pressure:light", "light", 120)
    assert verdict({"age": 15, "guardian-consent": "yes"}, replace(long_and_firm, pressure="light")).steps[1][
        "left"
    ].state == ("shorten:120")


@pytest.mark.parametrize(("seconds", "state"), [(120, "allowed"), (121, "shorten:120")])
def test_seconds_at_the_cap_are_allowed(seconds: int, state: str) -> None:
    step = replace(ARCH, side="left", seconds=seconds)
    assert states(verdict({"age": 15, "guardian-consent": "yes"}, step)) == {"left": state}


def test_a_step_without_a_tool_is_out_when_every_tool_of_its_technique_is() -> None:
    ball = Step(1, "gastrocnemius-s2", "ball-hold", "left", "light", 60)
    thumb_or_ball = Step(2, "soleus-s2", "sustained-trigger-hold", "left", "light", 60)
    no_tools = Step(3, "whole-foot-s3", "heel-rises", "both", "none", 60)
    plan = verdict({"fragile-skin": "yes"}, ball, thumb_or_ball, no_tools)
    assert states(plan) == {"left": "excluded"}
    assert states(plan, 2) == {"left": "allowed"}
    assert states(plan, 3) == {"left": "allowed", "right": "allowed"}


def test_one_foot_infected_leaves_the_other_usable() -> None:
    infected = {"skin-infection": [{"side": "left", "region": "arch"}]}
    assert states(verdict(infected, ARCH)) == {"left": "excluded", "right": "allowed"}
    assert verdict(infected, replace(ARCH, side="right")).releasable


@pytest.mark.parametrize(
    "change",
    [
        {"zone": "moon"},
        {"technique": "tickle"},
        {"technique": ""},
        {"pressure": "brutal"},
        {"tool": "hammer"},
        {"side": "middle"},
        {"side": "affected"},
        {"seconds": True},
        {"seconds": 4.5},
    ],
)
def test_what_the_catalog_does_not_know_is_never_allowed(change: dict[str, Any]) -> None:
    plan = verdict({}, replace(ARCH, **change))
    assert {part.state for part in plan.step_sides()} == {"excluded"}
    assert plan.invalid
    assert not plan.releasable
    assert not plan.may_be_released


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (replace(ARCH, zone=None, side="none"), "zone"),
        (replace(ARCH, side="none"), "side"),
        (replace(ARCH, side="affected"), "affected"),
        (replace(ARCH, tool="firm-ball"), "tool"),
        (replace(ARCH, pressure="firm"), "pressure"),
        (replace(ARCH, pressure="feather"), "pressure"),
        (replace(ARCH, seconds=29), "seconds"),
        (replace(ARCH, seconds=181), "seconds"),
        (replace(ARCH, seconds=None), "seconds"),
        (Step(1, "central-arch-s2", "ice-roll", "left", "light", 180), "Name the tool"),
        (Step(1, "soleus-s2", "sustained-trigger-hold", "left", "light", 60), "Name the tool"),
        (Step(1, "central-arch-s2", "deep-tissue-massage", "left", "strong", 60, "thumb"), "home"),
        (Step(1, "sole-all-organs-s3", "plantar-deep-massage", "left", "strong", 60, "thumb"), "home"),
        (Step(1, "ball-fascia-s2", "steady-pressure", "left", "light", 30, "therapist-tool"), "self-care"),
    ],
)
def test_a_step_that_breaks_plan_validity_is_refused_with_the_reason(step: Step, says: str) -> None:
    reasons = validate_step(step, catalog())
    assert any(says in reason for reason in reasons), reasons
    assert not verdict({}, step).may_be_released


@pytest.mark.parametrize(
    "step",
    [
        ARCH,
        BREATHING,
        replace(ARCH, seconds=30),
        replace(ARCH, seconds=180),
        replace(ARCH, tool=None),
        Step(1, None, "regular-movement", "none", "none", None),
        Step(1, "gastrocnemius-s2", "calf-stretch", "both", "none", 30, position="standing-barefoot"),
    ],
)
def test_a_valid_step_has_no_reasons(step: Step) -> None:
    assert validate_step(step, catalog()) == []


def test_a_clinic_plan_may_use_what_home_plans_may_not() -> None:
    deep = Step(1, "central-arch-s2", "deep-tissue-massage", "left", "strong", 60, "thumb")
    assert validate_step(deep, catalog(), home_plan=False) == []


NEEDS_SIDE = "A step on a place needs a side: left, right or both."


@pytest.mark.parametrize(
    ("step", "reasons"),
    [
        (replace(ARCH, technique=""), ["The catalog has no technique “”."]),
        (replace(ARCH, technique=None), ["The catalog has no technique “”."]),  # type: ignore[arg-type]
        (replace(ARCH, pressure=""), ["The catalog has no pressure “”."]),
        (replace(ARCH, zone=["arch"], tool=7), ["The catalog has no zone “['arch']”.", "The catalog has no tool “7”."]),
        (replace(ARCH, position="upside-down"), ["The catalog has no position “upside-down”."]),
        (replace(ARCH, side="middle"), ["The side has to be left, right, both or none."]),
        (Step(1, "arch-sleep-s1", "mindful-breathing", "none", "none", 60), [NEEDS_SIDE]),
        (replace(ARCH, seconds=True), ["The seconds have to be a whole number."]),
        (replace(ARCH, seconds=-60), ["The seconds have to be a whole number."]),
        (replace(ARCH, seconds=60.0), ["The seconds have to be a whole number."]),  # type: ignore[arg-type]
        (Step(1, None, "regular-movement", "none", "none", 0), []),
        (Step(1, None, "regular-movement", "none", "none", -1), ["The seconds have to be a whole number."]),
        (
            Step(1, "central-arch-s2", "deep-tissue-massage", "left", "strong", 60, "thumb"),
            ["This technique is not for home plans.", "This pressure is not for home plans."],
        ),
    ],
)
def test_each_reason_is_told_in_words(step: Step, reasons: list[str]) -> None:
    found = validate_step(step, catalog())
    assert [reason for reason in found if reason not in ("The tool is not one of this technique's tools.",)] == reasons


def test_every_fault_of_every_step_is_listed_with_its_number() -> None:
    slow, strange = replace(ARCH, number=7, seconds=999), replace(ARCH, number="b", tool="firm-ball", seconds=None)
    assert verdict({}, slow, ARCH, strange).invalid == (
        InvalidStep(7, "The seconds lie outside the technique's range."),
        InvalidStep("b", "The tool is not one of this technique's tools."),
        InvalidStep("b", "The step needs a number of seconds."),
    )


def test_what_is_checked_for_the_clinic_is_not_told_what_holds_at_home() -> None:
    deep = Step(1, "central-arch-s2", "deep-tissue-massage", "left", "strong", 9999, "thumb")
    screening = screen(questionnaire(), given(healthy()), [], TODAY)
    clinic = check_steps(screening, [deep], catalog(), home_plan=False)
    assert [fault.reason for fault in clinic.invalid] == ["The seconds lie outside the technique's range."]
    assert len(check_steps(screening, [deep], catalog()).invalid) == 3


def test_a_verdict_of_a_plan_that_is_stopped_names_no_cap() -> None:
    (blocked,) = verdict({"stroke-signs": "yes"}, BREATHING).step_sides()
    assert blocked == StepVerdict(NO_CAP, blocked=True)
    (untouched,) = verdict({"exhausted-today": "yes"}, BREATHING).step_sides()
    assert untouched == StepVerdict(NO_CAP)


def test_two_steps_with_one_number_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="twice"):
        verdict({}, ARCH, ARCH)


# ---- Properties

MIRROR = {"left": "right", "right": "left"}


def mirrored(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: mirrored(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mirrored(item) for item in value]
    return MIRROR.get(value, value) if isinstance(value, str) else value


def all_states(answers: dict, letters: list[dict], plan: list[dict]) -> dict[tuple[Any, str], tuple[str, frozenset]]:
    screening = screen(questionnaire(), given(answers), letters_of(letters), TODAY)
    result = check_steps(screening, steps_of(plan), catalog())
    return {
        (number, side): (part.state, frozenset(part.rules))
        for number, sides in result.steps.items()
        for side, part in sides.items()
    }


@property_given(answers=restricted_sets(), letters=letter_sets(), plan=plans())
def test_left_and_right_are_mirror_images(answers: dict, letters: list[dict], plan: list[dict]) -> None:
    straight = all_states(answers, letters, plan)
    turned = all_states(mirrored(answers), letters, mirrored(plan))
    assert {(number, MIRROR.get(side, side)): part for (number, side), part in turned.items()} == straight


@property_given(answers=restricted_sets(), letters=letter_sets(), plan=plans())
def test_a_step_on_both_sides_is_the_same_as_one_on_each(answers: dict, letters: list[dict], plan: list[dict]) -> None:
    both = [{**step, "side": "both"} for step in plan if step["side"] != "none"]
    together = all_states(answers, letters, both)
    for side in ("left", "right"):
        alone = all_states(answers, letters, [{**step, "side": side} for step in both])
        assert alone == {key: part for key, part in together.items() if key[1] == side}


@property_given(answers=restricted_sets(), more=restricted_sets(), letters=letter_sets(), plan=plans())
def test_adding_a_risk_never_loosens_a_step(answers: dict, more: dict, letters: list[dict], plan: list[dict]) -> None:
    together = {**answers, **{q: value for q, value in more.items() if answers.get(q) in (None, healthy().get(q))}}
    before = all_states(answers, letters, plan)
    after = all_states(together, letters, plan)
    for key, (state, _rules) in before.items():
        kind, _, cap = state.partition(":")
        new_kind, _, new_cap = after[key][0].partition(":")
        assert RANKS[new_kind] >= RANKS[kind]
        if kind == new_kind == "reduce_pressure":
            assert catalog().rank_of(new_cap) <= catalog().rank_of(cap)
        if kind == new_kind == "shorten":
            assert int(new_cap) <= int(cap)


@property_given(answers=restricted_sets(), letters=letter_sets(), plan=plans())
def test_the_order_of_rules_does_not_matter(answers: dict, letters: list[dict], plan: list[dict]) -> None:
    turned_round = replace(
        questionnaire(),
        questions=tuple(replace(q, rules=q.rules[::-1]) for q in questionnaire().questions),
        consistency_checks=questionnaire().consistency_checks[::-1],
    )
    results = []
    for rules in (questionnaire(), turned_round):
        screening = screen(rules, given(answers), letters_of(letters), TODAY)
        plan_verdict = check_steps(screening, steps_of(plan)[::-1], catalog())
        results.append(
            (
                screening.overall,
                screening.urgency,
                {(f.rule, f.outcome, f.cleared_by) for f in screening.findings},
                {
                    (number, side): (part.state, frozenset(part.rules))
                    for number, sides in plan_verdict.steps.items()
                    for side, part in sides.items()
                },
            )
        )
    assert results[0] == results[1]


def test_a_step_for_the_clinic_is_not_taken_for_one_at_home() -> None:
    deep = Step(1, "central-arch-s2", "deep-tissue-massage", "left", "strong", 60, "thumb")
    assert is_faultless(deep, catalog(), home_plan=False)
    assert not is_faultless(deep, catalog())
    assert is_faultless(deep, catalog(), home_plan=False)


def test_so_many_faultless_steps_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "MOST_KEPT", 2)
    known = catalog().faultless_steps
    known.clear()
    for number, (seconds, kept) in enumerate([(30, 1), (31, 2), (31, 2), (32, 1), (33, 2)]):
        assert is_faultless(replace(ARCH, number=number, seconds=seconds), catalog())
        assert len(known) == kept
    monkeypatch.setattr(steps, "validate_step", lambda *_any: ["No."])
    assert is_faultless(replace(ARCH, seconds=33), catalog())
    assert not is_faultless(replace(ARCH, seconds=31), catalog())


def test_a_step_that_equals_a_faultless_one_in_its_numbers_only_is_not_taken_for_it() -> None:
    seconds: Any
    assert is_faultless(ARCH, catalog())
    for seconds in (60.0, True, "60", [60], -60):
        assert not is_faultless(replace(ARCH, seconds=seconds), catalog())
        assert is_faultless(ARCH, catalog())
    assert not is_faultless(replace(ARCH, zone=["arch-sleep-s1"]), catalog())  # type: ignore[arg-type]
