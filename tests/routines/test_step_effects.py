"""One effect on one step and side: who is met by it and who is not."""

from dataclasses import replace
from typing import Any

import pytest

from clients.screening.answers import Mark
from clients.screening.effects import AllowOnly, Effect, EffectInForce, Exclude, MaxPressure, MaxSeconds, Note
from routines.safety.apply_effects import EXCLUDED, PlacedStep, cap_of
from routines.safety.steps import Step
from routines.safety.verdicts import NO_CAP, Cap
from tests.screening_examples import catalog

LEFT, RIGHT = frozenset({"left"}), frozenset({"right"})
ARCH = Step(1, "arch-sleep-s1", "circular-motion", "both", "light", 60, "thumb")
FIRM = replace(ARCH, technique="area-massage", pressure="firm", tool="hands")
BREATHING = Step(2, None, "mindful-breathing", "none", "none", 60)
RISES = Step(3, "whole-foot-s3", "heel-rises", "both", "none", 60)
BALL = Step(4, "gastrocnemius-s2", "ball-hold", "left", "light", 60)


def cap(effect: Effect, step: Step = ARCH, side: str = "left", **force: Any) -> Cap:
    return cap_of(EffectInForce(effect, **force), PlacedStep.of(step, catalog()), side, catalog())


def is_out(step: Step, side: str = "left", *, force: dict[str, Any] | None = None, **selectors: Any) -> bool:
    found = cap(Exclude("exclude", **selectors), step, side, **(force or {}))
    assert found in (EXCLUDED, NO_CAP)
    return found is EXCLUDED


def test_a_step_with_what_the_tests_need() -> None:
    placed = PlacedStep.of(FIRM, catalog())
    assert (placed.step, placed.technique.slug) == (FIRM, "area-massage")
    assert placed.leaves == catalog().leaves_of_zone("arch-sleep-s1")
    assert (placed.family, placed.tradition) == (
        placed.technique.family,
        catalog().zone_by_slug[FIRM.zone or ""].tradition,
    )
    assert (placed.rank, placed.least_rank) == (catalog().rank_of("firm"), catalog().rank_of("light"))
    nowhere = PlacedStep.of(BREATHING, catalog())
    assert (nowhere.leaves, nowhere.tradition) == (frozenset(), None)
    with pytest.raises(KeyError):
        PlacedStep.of(replace(ARCH, zone="moon"), catalog())


def test_a_note_does_nothing() -> None:
    assert Cap(excluded=True) == EXCLUDED
    assert cap(Note("note", "Ask.")) is NO_CAP


# ---- Exclude


@pytest.mark.parametrize(
    ("selectors", "step"),
    [
        ({"regions": ("arch",)}, ARCH),
        ({"regions": ("toes", "central-arch")}, ARCH),
        ({"zones": ("arch-sleep-s1",)}, ARCH),
        ({"techniques": ("circular-motion",)}, ARCH),
        ({"families": (catalog().technique_by_slug["circular-motion"].family,)}, ARCH),
        ({"traditions": (catalog().zone_by_slug["arch-sleep-s1"].tradition,)}, ARCH),
        ({"tools": ("thumb",)}, ARCH),
        ({"weight_bearing": True}, RISES),
        ({"regions": ("lost-region",)}, ARCH),  # a region that the catalog lost lets nothing slip through
        ({"tools": tuple(catalog().technique_by_slug["ball-hold"].tools)}, BALL),
    ],
)
def test_each_selector_meets_its_steps_and_no_others(selectors: dict[str, Any], step: Step) -> None:
    assert is_out(step, **selectors)
    assert not is_out(BREATHING, "none", **selectors)
    assert not is_out(step, "right", force={"sides": LEFT}, **selectors)
    assert is_out(step, "left", force={"sides": LEFT}, **selectors)


@pytest.mark.parametrize(
    ("selectors", "step"),
    [
        ({"regions": ("toes",)}, ARCH),
        ({"zones": ("heel-sleep-s1",)}, ARCH),
        ({"techniques": ("area-massage",)}, ARCH),
        ({"families": ("no-such",)}, ARCH),
        ({"traditions": ("no-such",)}, ARCH),
        ({"tools": ("firm-ball",)}, ARCH),
        ({"weight_bearing": True}, ARCH),
        ({}, RISES),
        ({"tools": tuple(catalog().technique_by_slug["ball-hold"].tools[1:]) or ("thumb",)}, BALL),
        ({"tools": ("firm-ball",)}, RISES),
    ],
)
def test_what_no_selector_names_stays(selectors: dict[str, Any], step: Step) -> None:
    assert not is_out(step, **selectors)


def test_a_step_without_a_tool_is_out_only_when_every_tool_of_its_technique_is() -> None:
    any_tool = replace(ARCH, tool=None)
    tools = tuple(catalog().technique_by_slug["circular-motion"].tools)
    assert len(tools) > 1
    assert is_out(any_tool, tools=tools)
    assert not is_out(any_tool, tools=tools[:1])
    assert not is_out(replace(ARCH, tool=tools[0]), tools=tools[1:])


HEEL_LEFT, ARCH_LEFT, ARCH_BOTH = Mark("left", "heel"), Mark("left", "arch"), Mark("both", "central-arch")


@pytest.mark.parametrize(
    ("marks", "left", "right"),
    [
        ((), False, False),
        ((HEEL_LEFT,), False, False),
        ((ARCH_LEFT,), True, False),
        ((HEEL_LEFT, ARCH_BOTH), True, True),
        ((Mark("both", ""),), True, True),
    ],
)
def test_at_marked_places_on_their_sides(marks: tuple[Mark, ...], left: bool, right: bool) -> None:
    for side, expected in (("left", left), ("right", right)):
        assert is_out(ARCH, side, force={"marks": marks}, regions_from="wound") is expected
        assert is_out(ARCH, side, force={"marks": marks}, tools=("thumb",), at_from="wound") is expected
        assert not is_out(ARCH, side, force={"marks": marks}, tools=("firm-ball",), at_from="wound")
        lowered = cap(MaxPressure("max_pressure", "light", at_from="wound"), FIRM, side, marks=marks)
        assert (lowered == Cap(level="light", rank=catalog().rank_of("light"))) is expected
        assert (lowered is NO_CAP) is not expected
    assert not is_out(BREATHING, "none", force={"marks": marks}, regions_from="wound")


def test_without_marks_put_in_a_place_question_says_nothing() -> None:
    assert not is_out(ARCH, regions_from="wound")
    assert is_out(ARCH, tools=("thumb",))


# ---- Caps


@pytest.mark.parametrize(
    ("step", "level", "expected"),
    [
        (FIRM, "medium", Cap(level="medium", rank=catalog().rank_of("medium"))),
        (FIRM, "firm", NO_CAP),
        (FIRM, "strong", NO_CAP),
        (FIRM, "feather", EXCLUDED),
        (FIRM, "no-such", EXCLUDED),
        (replace(FIRM, pressure="light"), "light", NO_CAP),
        (replace(FIRM, pressure="light"), "feather", EXCLUDED),
        (BREATHING, "none", NO_CAP),
        (BREATHING, "no-such", EXCLUDED),
    ],
)
def test_a_pressure_is_lowered_unless_the_technique_cannot_be(step: Step, level: str, expected: Cap) -> None:
    assert cap(MaxPressure("max_pressure", level), step, step.sides[0]) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(59, NO_CAP), (60, NO_CAP), (61, Cap(seconds=60)), (None, NO_CAP)])
def test_seconds_are_cut_above_the_cap(seconds: int | None, expected: Cap) -> None:
    assert cap(MaxSeconds("max_seconds", 60), replace(ARCH, seconds=seconds)) == expected


# ---- Allow only


@pytest.mark.parametrize(
    ("allowed", "step", "passes"),
    [
        ({"regions": ("arch",)}, ARCH, True),
        ({"regions": ("toes", "arch")}, ARCH, True),
        ({"regions": ("toes",)}, ARCH, False),
        ({"regions": ("central-arch",)}, RISES, False),
        ({"regions": ("lost-region",)}, ARCH, False),
        ({"regions": ("lost-region", "arch")}, ARCH, True),
        ({"techniques": ("circular-motion",)}, ARCH, True),
        ({"techniques": ("area-massage",)}, ARCH, False),
        ({}, ARCH, False),
        ({}, BREATHING, False),
        ({"also_allow_regionless": True}, BREATHING, True),
        ({"also_allow_regionless": True}, ARCH, False),
        ({"techniques": ("mindful-breathing",)}, BREATHING, True),
    ],
)
def test_only_what_is_allowed_passes_on_the_sides_found(allowed: dict[str, Any], step: Step, passes: bool) -> None:
    effect = AllowOnly("allow_only", **allowed)
    side = step.sides[0]
    assert cap(effect, step, side) is (NO_CAP if passes else EXCLUDED)
    assert cap(effect, step, side, sides=frozenset({side})) is (NO_CAP if passes else EXCLUDED)
    assert cap(effect, step, side, sides=RIGHT) is NO_CAP
