"""One session under the answers of its day: what is left out, lowered or shortened, and when nothing may begin."""

from dataclasses import replace
from typing import Any

from clients.screening.effects import Exclude, MaxSeconds, ResolvedEffect
from clients.screening.engine import screen
from clients.screening.findings import Screening
from routines.plans.content import StepContent
from routines.today.day_verdict import DayChange, DayVerdict, judge_day
from tests.factories.content import step_content
from tests.screening.examples import TODAY, catalog, given, healthy, questionnaire


def screened(**changes: Any) -> Screening:
    answers = {**healthy(), **{slug.replace("_", "-"): value for slug, value in changes.items()}}
    return screen(questionnaire(), given(answers), [], TODAY)


def frozen(number: int, **changes: Any) -> StepContent:
    plain = step_content(
        number=number, zone="arch-sleep-s1", technique="area-massage", side="both", pressure="light", seconds=60,
        tool="hands", position=None, place="Arch", technique_name="Area massage", pressure_name="Light",
        pressure_cue="cue",
    )  # fmt: skip
    return replace(plain, **changes)


REST = frozen(9, zone=None, technique="", side="none", tool=None, seconds=None, place="", technique_name="")
BREATHING = frozen(
    8, zone=None, technique="mindful-breathing", side="none", tool=None, pressure="none", place="",
    technique_name="Mindful breathing",
)  # fmt: skip


def judge(*steps: StepContent, **changes: Any) -> DayVerdict:
    return judge_day(iter(steps), screened(**changes), catalog())


def test_nothing_is_changed_where_nothing_acts() -> None:
    steps = (REST, frozen(1), BREATHING, REST)
    assert judge(*steps) == DayVerdict(steps, (), may_begin=True)


def test_an_outcome_that_forbids_a_plan_forbids_the_session() -> None:
    assert judge(frozen(1), fever_unwell="yes") == DayVerdict((), (), may_begin=False)


def test_one_side_is_left_out() -> None:
    wound = [{"side": "left", "region": "arch"}]
    found = judge(frozen(1), REST, open_wound=wound)
    assert found.steps == (frozen(1, side="right"), REST)
    (change,) = found.changes
    assert (change.n, change.place, change.side, change.state) == (1, "Arch", "left", "excluded")
    assert change.rules == ("open-wound",)
    assert found.may_begin


def test_where_no_work_is_left_the_session_does_not_begin() -> None:
    wound = [{"side": "both", "region": "arch"}]
    found = judge(frozen(1), REST, open_wound=wound)
    assert (found.steps, found.may_begin) == ((REST,), False)
    assert [(change.side, change.state) for change in found.changes] == [("left", "excluded"), ("right", "excluded")]
    assert judge(frozen(1), BREATHING, open_wound=wound).may_begin
    assert judge(REST).may_begin, "a session without work was planned so"
    assert judge().may_begin


def test_a_pressure_is_lowered_and_both_sides_stay_one_step() -> None:
    level = catalog().level_by_slug["light"]
    firm = frozen(1, pressure="firm", pressure_name="Firm", pressure_cue="Deep.")
    found = judge(firm, exhausted_today="yes")
    assert found.steps == (frozen(1, pressure="light", pressure_name=level.name, pressure_cue=level.client_cue),)
    assert [(change.side, change.state, change.rules) for change in found.changes] == [
        (side, "reduce_pressure:light", ("fatigue-today",)) for side in ("left", "right")
    ]
    assert firm.pressure == "firm", "what was frozen stays as it is"


def test_a_step_lowered_on_one_side_becomes_two() -> None:
    scar = {"fragile_skin": "no", "open_wound": [{"side": "left", "region": "arch"}]}
    found = judge(frozen(1, side="both"), frozen(2, side="left"), **scar)
    assert [(step.number, step.side) for step in found.steps] == [(1, "right")]


def test_pressure_and_seconds_are_both_lowered() -> None:
    long = frozen(1, pressure="firm", seconds=240)
    minor = judge(long, age=15, guardian_consent="yes")
    assert [(step.pressure, step.seconds, step.side) for step in minor.steps] == [("light", 120, "both")]
    assert {change.state for change in minor.changes} == {"reduce_pressure:light"}, "the first verdict is told"
    untimed = frozen(1, technique="regular-movement", zone=None, side="none", tool=None, pressure="none", seconds=None)
    assert judge(untimed, age=15, guardian_consent="yes").steps == (untimed,)


def test_a_step_that_cannot_be_done_under_its_cap_is_left_out() -> None:
    deep = frozen(1, technique="targeted-pressure", pressure="medium", tool="thumb", zone="foot-trigger-points-s0")
    found = judge(deep, exhausted_today="yes")
    assert found.steps == ()
    assert {change.state for change in found.changes} == {"excluded"}


def test_a_step_that_would_be_too_short_for_its_technique_is_told_as_left_out() -> None:
    screening = screened(exhausted_today="yes")
    finding = replace(screening.findings[0], effects=(ResolvedEffect(MaxSeconds("max_seconds", 10)),))
    found = judge_day([frozen(1, side="left"), BREATHING], replace(screening, findings=(finding,)), catalog())
    assert [step.number for step in found.steps] in ([], [8])
    assert (found.changes[0].side, found.changes[0].state) == ("left", "excluded")


def test_a_step_that_the_catalog_now_refuses_is_left_out_and_named() -> None:
    found = judge(frozen(1, seconds=5), BREATHING)
    assert found.steps == (BREATHING,)
    assert [(change.n, change.side, change.state, change.rules) for change in found.changes] == [
        (1, "left", "excluded", ()),
        (1, "right", "excluded", ()),
    ]


def test_a_step_without_a_place_is_named_by_its_technique() -> None:
    screening = screened(exhausted_today="yes")
    finding = replace(
        screening.findings[0],
        effects=(ResolvedEffect(Exclude("exclude", techniques=("mindful-breathing",))),),
    )
    found = judge_day([BREATHING], replace(screening, findings=(finding,)), catalog())
    assert found.changes == (DayChange(8, "Mindful breathing", "none", "excluded", ("fatigue-today",)),)
    assert not found.may_begin


# ---- What a rule adds


SORE = {
    "heel_arch_pain": 8, "heel_pain_side": "left", "heel_pain_course": "new_or_improving", "heel_pain_assessed": "no",
}  # fmt: skip


def test_a_flare_adds_a_cold_pack_on_its_side_after_the_steps_that_are_left() -> None:
    found = judge(REST, frozen(1), BREATHING, **SORE)
    assert found.steps[:3] == (REST, frozen(1, side="right"), BREATHING)
    (cold,) = found.added
    assert found.steps[3] == cold
    assert (cold.number, cold.technique, cold.tool, cold.side, cold.seconds) == (
        10, "cold-application", "cold-pack", "left", 600,
    )  # fmt: skip
    assert (cold.is_offer, cold.id) == (True, "offer:plantar-acute-flare")
    assert found.is_changed
    assert found.acting == {"plantar-acute-flare"}


def test_what_is_added_alone_makes_a_session() -> None:
    found = judge(frozen(1, side="left"), **SORE)
    assert (found.steps, found.may_begin) == (found.added, True)


def test_a_step_that_is_there_already_is_not_added_again() -> None:
    own = frozen(
        1, zone="heel-attachment-s2", technique="cold-application", tool="cold-pack", pressure="none", seconds=600,
        side="left",
    )  # fmt: skip
    found = judge(own, **SORE)
    assert (found.steps, found.added, found.is_changed) == ((own,), (), False)
    both = judge(own, **{**SORE, "heel_pain_side": "both"})
    assert [step.side for step in both.added] == ["right"]


def test_nothing_is_added_that_another_answer_forbids() -> None:
    assert judge(frozen(1), cold_reaction="yes", **SORE).added == ()


def test_what_takes_away_and_what_adds_are_both_named() -> None:
    assert judge(frozen(1)).acting == frozenset()
    assert not judge(frozen(1)).is_changed
    wound = [{"side": "right", "region": "arch"}]
    assert judge(frozen(1), open_wound=wound, **SORE).acting == {"plantar-acute-flare", "open-wound"}


def test_sides_that_differ_stay_two_steps_and_each_keeps_its_own() -> None:
    site = [{"side": "right", "region": "arch"}]
    firm = frozen(1, pressure="firm")
    found = judge(firm, implants=site)
    assert [(step.side, step.pressure) for step in found.steps] == [("left", "firm"), ("right", "light")]
