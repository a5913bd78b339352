"""One effect on one step and side: who is met by it and who is not."""

from dataclasses import replace
from typing import Any

import pytest

from clients.screening.answers import BodySite
from clients.screening.effects import AllowOnly, Effect, Exclude, MaxPressure, MaxSeconds, Note, ResolvedEffect
from routines.safety.apply_effects import EXCLUDED, PlacedStep, limit_of
from routines.safety.steps import Step
from routines.safety.verdicts import NO_LIMIT, StepLimit
from tests.screening.examples import catalog

LEFT, RIGHT = frozenset({"left"}), frozenset({"right"})
ARCH = Step(1, "arch-sleep-s1", "circular-motion", "both", "light", 60, "thumb")
FIRM = replace(ARCH, technique="area-massage", pressure="firm", tool="hands")
BREATHING = Step(2, None, "mindful-breathing", "none", "none", 60)
RISES = Step(3, "whole-foot-s3", "heel-rises", "both", "none", 60)
BALL = Step(4, "gastrocnemius-s2", "ball-hold", "left", "light", 60)


def cap(effect: Effect, step: Step = ARCH, side: str = "left", **force: Any) -> StepLimit:
    return limit_of(ResolvedEffect(effect, **force), PlacedStep.of(step, catalog()), side, catalog())


def is_out(step: Step, side: str = "left", *, force: dict[str, Any] | None = None, **selectors: Any) -> bool:
    found = cap(Exclude("exclude", **selectors), step, side, **(force or {}))
    assert found in (EXCLUDED, NO_LIMIT)
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
    assert StepLimit(excluded=True) == EXCLUDED
    assert cap(Note("note", "Ask.")) is NO_LIMIT


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


HEEL_LEFT, ARCH_LEFT, ARCH_BOTH = BodySite("left", "heel"), BodySite("left", "arch"), BodySite("both", "central-arch")


@pytest.mark.parametrize(
    ("sites", "left", "right"),
    [
        ((), False, False),
        ((HEEL_LEFT,), False, False),
        ((ARCH_LEFT,), True, False),
        ((HEEL_LEFT, ARCH_BOTH), True, True),
        ((BodySite("both", ""),), True, True),
    ],
)
def test_at_marked_places_on_their_sides(sites: tuple[BodySite, ...], left: bool, right: bool) -> None:
    for side, expected in (("left", left), ("right", right)):
        assert is_out(ARCH, side, force={"sites": sites}, regions_from="wound") is expected
        assert is_out(ARCH, side, force={"sites": sites}, tools=("thumb",), at_from="wound") is expected
        assert not is_out(ARCH, side, force={"sites": sites}, tools=("firm-ball",), at_from="wound")
        lowered = cap(MaxPressure("max_pressure", "light", at_from="wound"), FIRM, side, sites=sites)
        assert (lowered == StepLimit(level="light", rank=catalog().rank_of("light"))) is expected
        assert (lowered is NO_LIMIT) is not expected
    assert not is_out(BREATHING, "none", force={"sites": sites}, regions_from="wound")


def test_without_sites_a_place_question_says_nothing() -> None:
    assert not is_out(ARCH, regions_from="wound")
    assert is_out(ARCH, tools=("thumb",))


# ---- Caps


@pytest.mark.parametrize(
    ("step", "level", "expected"),
    [
        (FIRM, "medium", StepLimit(level="medium", rank=catalog().rank_of("medium"))),
        (FIRM, "firm", NO_LIMIT),
        (FIRM, "strong", NO_LIMIT),
        (FIRM, "feather", EXCLUDED),
        (FIRM, "no-such", EXCLUDED),
        (replace(FIRM, pressure="light"), "light", NO_LIMIT),
        (replace(FIRM, pressure="light"), "feather", EXCLUDED),
        (BREATHING, "none", NO_LIMIT),
        (BREATHING, "no-such", EXCLUDED),
    ],
)
def test_a_pressure_is_lowered_unless_the_technique_cannot_be(step: Step, level: str, expected: StepLimit) -> None:
    assert cap(MaxPressure("max_pressure", level), step, step.sides[0]) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(59, NO_LIMIT), (60, NO_LIMIT), (61, StepLimit(seconds=60)), (None, NO_LIMIT)]
)
def test_seconds_are_cut_above_the_cap(seconds: int | None, expected: StepLimit) -> None:
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
    assert cap(effect, step, side) is (NO_LIMIT if passes else EXCLUDED)
    assert cap(effect, step, side, sides=frozenset({side})) is (NO_LIMIT if passes else EXCLUDED)
    assert cap(effect, step, side, sides=RIGHT) is NO_LIMIT
