"""What becomes of a step on one side: the stricter of two effects, its state in words, and when a plan may go out."""

import itertools

import pytest

from routines.safety.verdicts import NO_CAP, Cap, InvalidStep, PlanVerdict, RuleTouch, StepVerdict

OUT = Cap(excluded=True)
LIGHT, MEDIUM = Cap(level="light", rank=2), Cap(level="medium", rank=3)
NONE = Cap(level="none", rank=0)
SHORT, LONG = Cap(seconds=60), Cap(seconds=120)


@pytest.mark.parametrize(
    ("cap", "kind", "state"),
    [
        (NO_CAP, "allowed", "allowed"),
        (OUT, "excluded", "excluded"),
        (LIGHT, "reduce_pressure", "reduce_pressure:light"),
        (SHORT, "shorten", "shorten:60"),
        (LIGHT.joined(SHORT), "reduce_pressure", "reduce_pressure:light"),
        (OUT.joined(LIGHT).joined(SHORT), "excluded", "excluded"),
    ],
)
def test_the_state_in_words(cap: Cap, kind: str, state: str) -> None:
    assert (cap.kind, cap.state) == (kind, state)
    assert cap.touches is (cap != NO_CAP)
    assert RuleTouch("rule", cap).state == state


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (LIGHT, MEDIUM, LIGHT),
        (NONE, LIGHT, NONE),
        (NONE, Cap(level="feather", rank=1), NONE),
        (SHORT, LONG, SHORT),
        (LIGHT, SHORT, Cap(level="light", rank=2, seconds=60)),
        (LIGHT.joined(SHORT), MEDIUM.joined(LONG), Cap(level="light", rank=2, seconds=60)),
        (LIGHT.joined(LONG), MEDIUM.joined(SHORT), Cap(level="light", rank=2, seconds=60)),
        (OUT, LIGHT, Cap(excluded=True, level="light", rank=2)),
        (OUT, NO_CAP, OUT),
        (LIGHT, NO_CAP, LIGHT),
        (NO_CAP, NO_CAP, NO_CAP),
    ],
)
def test_of_two_effects_the_stricter_whichever_comes_first(one: Cap, other: Cap, together: Cap) -> None:
    assert one.joined(other) == other.joined(one) == together


def test_the_verdict_on_a_side() -> None:
    touches = (RuleTouch("a", LIGHT), RuleTouch("b", SHORT))
    verdict = StepVerdict(LIGHT.joined(SHORT), touches=touches)
    assert (verdict.rules, verdict.max_pressure, verdict.max_seconds) == (("a", "b"), "light", 60)
    assert (verdict.kind, verdict.state, verdict.is_allowed) == ("reduce_pressure", "reduce_pressure:light", False)
    blocked = StepVerdict(NO_CAP, blocked=True)
    assert (blocked.kind, blocked.state, blocked.is_allowed) == ("blocked", "blocked", False)
    fine = StepVerdict(NO_CAP)
    assert (fine.rules, fine.max_pressure, fine.max_seconds, fine.blocked) == ((), None, None, False)
    assert (fine.kind, fine.state, fine.is_allowed) == ("allowed", "allowed", True)


@pytest.mark.parametrize(
    ("allows", "is_allowed", "is_valid"), list(itertools.product([True, False], repeat=3))
)  # fmt: skip
def test_a_plan_goes_out_where_nothing_stands_against_it(allows: bool, is_allowed: bool, is_valid: bool) -> None:
    sides = {"left": StepVerdict(NO_CAP), "right": StepVerdict(NO_CAP if is_allowed else SHORT)}
    invalid = () if is_valid else (InvalidStep(1, "No."),)
    plan = PlanVerdict({1: {"none": StepVerdict(NO_CAP)}, 2: sides}, allows, invalid)
    assert plan.releasable is (allows and is_allowed)
    assert plan.may_be_released is (allows and is_allowed and is_valid)
    assert list(plan.step_sides()) == [StepVerdict(NO_CAP), *sides.values()]


def test_a_plan_without_steps_has_nothing_against_it() -> None:
    plan = PlanVerdict({}, screening_allows=True)
    assert plan.may_be_released
    assert plan.invalid == ()
    assert NO_CAP.excluded is False
