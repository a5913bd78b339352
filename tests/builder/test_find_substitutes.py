"""Which steps are offered instead of one: every one is allowed, the nearest first, never four shades of the same."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from clients.screening.engine import screen
from clients.screening.findings import Screening
from routines.builder import substitutes
from routines.builder.from_protocol import phases_from_protocol
from routines.builder.substitutes import LOOKED_AT, MOST, Option, Part, find_substitutes
from routines.catalog.places import Duration
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step, as_step, validate_step
from tests.screening.examples import TODAY, catalog, given, healthy, questionnaire

HOME = [entry for entry in catalog().protocols if entry.client_title and entry.home_plan_default == "on"]
ARCH = Step(1, "arch-sleep-s1", "circular-motion", "both", "light", 60, "thumb")
FIRM = replace(ARCH, technique="area-massage", pressure="firm", tool="hands")
#: A wound on both heels and arches.
SORE = {"open-wound": [{"side": "both", "region": "heel"}, {"side": "both", "region": "arch"}]}


def screened(**changes: Any) -> Screening:
    answers = {**healthy(), **{slug.replace("_", "-"): value for slug, value in changes.items()}}
    return screen(questionnaire(), given(answers), [], TODAY)


def steps_of_protocols() -> Iterator[tuple[Step, str]]:
    for protocol in HOME:
        for phase in phases_from_protocol(protocol, catalog(), "both"):
            for number, draft in enumerate(phase.steps):
                if draft.technique:
                    yield as_step(number, draft), phase.max_pressure


def told(found: list[Option]) -> list[str]:
    """Why each is offered, and what of it is new."""
    return [f"{option.why}: {', '.join(part.text for part in option.parts if part.is_new)}" for option in found]


@pytest.mark.parametrize("answers", [{}, SORE, {"exhausted-today": "yes"}, {"fragile-skin": "yes"}])
def test_whatever_is_offered_for_any_step_of_any_protocol_is_allowed(answers: dict[str, Any]) -> None:
    screening, offered_for = screened(**answers), Counter[bool]()
    off = catalog().leaves_of("heel") | catalog().leaves_of("arch") if answers is SORE else frozenset()
    for step, cap in steps_of_protocols():
        found = find_substitutes(step, screening, catalog(), cap=cap)
        offered_for[bool(found)] += 1
        assert len(found) <= MOST
        assert max(Counter(option.why for option in found).values(), default=0) <= 2
        assert len({option.key for option in found}) == len(found)
        for option in found:
            assert not validate_step(option.step, catalog())
            assert check_steps(screening, [option.step], catalog()).may_be_released
            assert catalog().rank_of(option.step.pressure) <= catalog().rank_of(cap)
            assert option.step.zone is None or not catalog().leaves_of_zone(option.step.zone) & off
            assert option.step != step
    assert len({step.number for step, _cap in steps_of_protocols()}) > 10
    assert offered_for[True] > 60


def test_the_nearest_come_first_and_two_of_a_kind_are_enough() -> None:
    assert told(find_substitutes(FIRM, screened(), catalog(), most=30)) == [
        "Gentler: Medium",
        "Gentler: Light",
        "Other side: Left",
        "Other side, gentler: Left, Medium",
        "Other side, gentler: Left, Light",
        "Other side: Right",
        "Another technique, same place: Circular motion, Light, 75 s",
        "Another technique, same place: Circular motion, Left, Light, 75 s",
        "Same region: Arch (digestion and stress map), 105 s",
        "Same region: Arch (digestion and stress map), Left, 105 s",
        "Same aim: Toes, as named for sleep, Circular motion, Light, 45 s",
        "Same aim: Toes, as named for sleep, Circular motion, Left, Light, 45 s",
    ]
    assert told(find_substitutes(FIRM, screened(), catalog())) == [
        "Gentler: Medium", "Gentler: Light", "Other side: Left", "Other side, gentler: Left, Medium",
    ]  # fmt: skip


def test_shorter_where_it_cannot_be_lighter_and_the_other_foot() -> None:
    left = replace(ARCH, side="left")
    assert told(find_substitutes(left, screened(), catalog())) == [
        "Gentler: 30 s",
        "Other side: Right",
        "Other side, gentler: Right, 30 s",
        "Another technique, same place: 75 s",
    ]


def test_the_cap_of_the_phase_holds() -> None:
    assert told(find_substitutes(FIRM, screened(), catalog(), cap="light"))[:2] == [
        "Gentler: Light", "Gentler: Light, 30 s",
    ]  # fmt: skip


def test_nothing_is_offered_where_the_answers_forbid_any_step_or_the_technique_is_unknown() -> None:
    assert find_substitutes(ARCH, screened(fever_unwell="yes"), catalog()) == []
    assert find_substitutes(replace(ARCH, technique="tickle"), screened(), catalog()) == []


CALF = Step(
    4, "gastrocnemius-s2", "ball-hold", "right", "firm", 120, "firm-ball", position="seated-calf-on-ball-or-roller"
)
STRETCH = Step(5, "gastrocnemius-s2", "calf-stretch", "both", "none", 60, "chair-support")


def test_a_gentler_one_keeps_tool_and_position_another_technique_brings_its_own() -> None:
    found = find_substitutes(CALF, screened(), catalog(), most=30)
    assert found[0].step == replace(CALF, pressure="medium")
    assert found[0].parts == (
        Part("Gastrocnemius trigger points (upper calf)", False),
        Part("Ball or roller hold under the calf", False),
        Part("Right", False),
        Part("Medium", True),
        Part("120 s", False),
    )
    other = next(option for option in found if option.why == "Another technique, same place")
    assert other.step == replace(CALF, seconds=90, position=None)
    assert told(find_substitutes(STRETCH, screened(), catalog(), most=30)) == [
        "Gentler: 20 s",
        "Other side: Left",
        "Other side, gentler: Left, 20 s",
        "Other side: Right",
        "Other side, gentler: Right, 20 s",
        "Another technique, same place: Ball or roller hold under the calf, Light, 90 s",
        "Another technique, same place: Ball or roller hold under the calf, Left, Light, 90 s",
    ]


def test_for_one_foot_the_other_is_offered() -> None:
    assert told(find_substitutes(CALF, screened(), catalog(), most=5)) == [
        "Gentler: Medium",
        "Gentler: Light",
        "Other side: Left",
        "Other side, gentler: Left, Medium",
        "Other side, gentler: Left, Light",
    ]
    both = find_substitutes(FIRM, screened(), catalog())[0]
    assert both.parts[2] == Part("Both feet", False)


def test_seconds_that_a_zone_does_not_name_are_its_techniques() -> None:
    zone = catalog().zone_by_slug["arch-sleep-s1"]
    (use, *_rest) = zone.techniques
    bare = replace(zone, techniques=(replace(use, duration_s=Duration(None, None)),))
    changed = replace(catalog(), zones=tuple(bare if each is zone else each for each in catalog().zones))
    found = find_substitutes(FIRM, screened(), changed, most=30)
    seconds = {option.step.seconds for option in found if option.why == "Another technique, same place"}
    how = catalog().technique_by_slug[use.technique].duration_s
    assert seconds == {((how.min or 0) + (how.max or 0)) // 10 * 5}


def test_the_same_aim_in_another_tradition_comes_last() -> None:
    heel = replace(ARCH, zone="heel-lowback-sciatic-s0", technique="area-massage", seconds=105, tool="hands")
    assert told(find_substitutes(heel, screened(), catalog(), most=30))[-6:] == [
        "Same region: Heel, as named for back and sciatic ease",
        "Same region: Heel, as named for back and sciatic ease, Left",
        "Same aim: Arch, as named for back and sciatic ease",
        "Same aim: Arch, as named for back and sciatic ease, Left",
        "Same aim, another tradition: Sacrum part of the spine line, Gentle small circles on a reflex zone, 75 s",
        "Same aim, another tradition: Sacrum part of the spine line, Gentle small circles on a reflex zone, Left, 75 s",
    ]


def test_an_untimed_technique_stays_untimed() -> None:
    untimed = tuple(
        replace(how, duration_s=Duration(None, None)) if how.slug == "circular-motion" else how
        for how in catalog().techniques
    )
    found = find_substitutes(FIRM, screened(), replace(catalog(), techniques=untimed), most=30)
    other = next(option for option in found if option.why == "Another technique, same place")
    assert (other.step.technique, other.step.seconds) == ("circular-motion", None)
    assert [part.text for part in other.parts][-2:] == ["Both feet", "Light"]


def test_a_step_without_a_place_can_only_be_gentler() -> None:
    hands = Step(3, None, "warm-hands", "none", "none", 35, "hands")
    assert told(find_substitutes(hands, screened(), catalog(), most=30)) == ["Gentler: 10 s"]
    (option,) = find_substitutes(hands, screened(), catalog())
    assert [part.text for part in option.parts] == ["Warm the hands", "10 s"]
    unknown = replace(ARCH, pressure="crushing")
    assert all(option.why != "Gentler" for option in find_substitutes(unknown, screened(), catalog()))


def test_an_option_names_itself_and_the_fields_that_it_sets() -> None:
    option = find_substitutes(CALF, screened(), catalog())[0]
    assert option.key == "gastrocnemius-s2|ball-hold|right|medium|120"
    assert option.changes == {
        "zone_id": "gastrocnemius-s2", "technique_id": "ball-hold", "side": "right", "pressure_id": "medium",
        "seconds": 120, "tool_id": "firm-ball", "position_id": "seated-calf-on-ball-or-roller",
    }  # fmt: skip
    assert option.instead_of == CALF
    assert option.is_like({"pressure_id": "medium"})
    assert not option.is_like({"pressure_id": "light"})
    assert not option.is_like({})
    assert not option.is_like({"pressure_id": "medium", "position_id": ""})
    bare = find_substitutes(FIRM, screened(), catalog())[0]
    assert bare.is_like({"pressure_id": "medium", "position_id": ""})


def test_only_so_many_candidates_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(substitutes, "LOOKED_AT", 3)
    assert told(find_substitutes(FIRM, screened(), catalog())) == ["Gentler: Medium", "Gentler: Light"]
    assert 100 < LOOKED_AT < 1000
    assert len(find_substitutes(FIRM, screened(), catalog(), most=0)) == 0
    assert len(find_substitutes(FIRM, screened(), catalog(), most=1)) == 1
