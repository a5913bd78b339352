"""The one change that is offered beside a broken step, tried against the rules before it is offered."""

from typing import Any

import pytest

from clients.screening.engine import screen
from routines.builder.fixes import Fix, fix_for
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step
from tests.screening.examples import TODAY, catalog, given, healthy, questionnaire


def offered(step: Step, *, cap: str = "firm", **changes: Any) -> Fix | None:
    answers = given({**healthy(), **{slug.replace("_", "-"): value for slug, value in changes.items()}})
    screening = screen(questionnaire(), answers, [], TODAY)
    verdicts = check_steps(screening, [step], catalog()).steps[step.number]
    return fix_for(step, verdicts, cap=cap, screening=screening, catalog=catalog())


KNEAD = Step(1, "whole-foot-s3", "whole-foot-knead", "both", "medium", 300, "both-hands")
YOUNG = {"age": 15, "guardian_consent": "yes"}
FLARE = {
    "heel_arch_pain": 8,
    "heel_pain_side": "right",
    "heel_pain_course": "new_or_improving",
    "heel_pain_assessed": "yes",
}


def test_pressure_and_seconds_are_lowered_together() -> None:
    fix = offered(KNEAD, **YOUNG)
    assert fix
    assert dict(fix.changes) == {"pressure_id": "light", "seconds": 120}
    assert fix.label == "Lower to light, Shorten to 120 s"


def test_a_pressure_above_what_the_place_takes_is_lowered_to_that() -> None:
    """The whole foot reaches up to the Achilles."""
    fix = offered(Step(1, "whole-foot-nervous-s0", "area-massage", "both", "firm", 60, "hands"))
    assert fix
    assert dict(fix.changes) == {"pressure_id": "medium"}


def test_the_side_that_is_left_out_is_dropped() -> None:
    fix = offered(Step(1, "heel-sleep-s1", "circular-motion", "both", "light", 60, "thumb"), **FLARE)
    assert fix
    assert dict(fix.changes) == {"side": "left"}
    assert fix.label == "Only the left foot"


def test_a_step_that_is_out_on_every_side_has_no_fix() -> None:
    assert offered(Step(1, "heel-sleep-s1", "circular-motion", "right", "light", 60, "thumb"), **FLARE) is None


def test_a_technique_that_cannot_be_shortened_enough_has_none() -> None:
    assert offered(Step(1, "gastrocnemius-s2", "cold-application", "left", "none", 600, "cold-pack"), **YOUNG) is None


def test_above_the_phases_cap() -> None:
    fix = offered(KNEAD, cap="light")
    assert fix
    assert dict(fix.changes) == {"pressure_id": "light"}


@pytest.mark.parametrize(
    ("broken", "changes"),
    [
        ({"seconds": 9999}, {"seconds": 300}),
        ({"seconds": 1}, {"seconds": 60}),
        ({"seconds": None}, {"seconds": 180}),
        ({"pressure": "strong"}, {"pressure_id": "medium"}),
        ({"tool": "cold-pack"}, {"tool_id": "both-hands"}),
    ],
)
def test_out_of_range_is_brought_back(broken: dict[str, Any], changes: dict[str, Any]) -> None:
    fields = {"seconds": 300, "pressure": "medium", "tool": "both-hands", **broken}
    fix = offered(
        Step(1, "whole-foot-s3", "whole-foot-knead", "both", fields["pressure"], fields["seconds"], fields["tool"])
    )
    assert fix
    assert dict(fix.changes) == changes


def test_nothing_is_offered_where_nothing_is_wrong_or_answers_block() -> None:
    assert offered(KNEAD) is None
    assert offered(KNEAD, stroke_signs="yes") is None
