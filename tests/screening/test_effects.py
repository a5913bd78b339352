"""What a rule does to a routine: read from a document, and with a client's sides and places put in."""

from datetime import date, timedelta
from typing import Any

import pytest

from clients.screening.answers import BodySite
from clients.screening.conditions import Comparison
from clients.screening.effects import (
    LIMITS,
    SELECTORS,
    AllowOnly,
    Effect,
    Exclude,
    MaxPressure,
    MaxSeconds,
    Note,
    ResolvedEffect,
    SideSource,
    read_effect,
    resolve_effect,
)
from practice.core.schema import Place, Unreadable
from practice.core.yaml_documents import Fault

TODAY = date(2026, 3, 16)
LEFT, RIGHT, BOTH = frozenset({"left"}), frozenset({"right"}), frozenset({"left", "right"})
HEEL, TOES = BodySite("left", "heel"), BodySite("right", "toes")


def read(value: Any) -> tuple[Effect | None, list[Fault]]:
    faults: list[Fault] = []
    try:
        return read_effect(value, Place("rules.yaml", faults, "rule", "effect")), faults
    except Unreadable:
        return None, faults


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"type": "exclude", "regions": ["heel"]}, Exclude("exclude", regions=("heel",))),
        ({"type": "exclude", "regions_from": "open-wound"}, Exclude("exclude", regions_from="open-wound")),
        ({"type": "exclude", "weight_bearing": True}, Exclude("exclude", weight_bearing=True)),
        (
            {"type": "exclude", "regions": ["heel"], "tools": ["firm-ball"]},
            Exclude("exclude", regions=("heel",), tools=("firm-ball",)),
        ),
        ({"type": "max_pressure", "level": "light"}, MaxPressure("max_pressure", "light")),
        (
            {"type": "max_pressure", "level": "light", "at_from": "scar"},
            MaxPressure("max_pressure", "light", at_from="scar"),
        ),
        ({"type": "max_seconds", "seconds": 1}, MaxSeconds("max_seconds", 1)),
        (
            {"type": "allow_only", "sides_from_any": [{"q": "side", "if": {"q": "pain", "gte": 7}}]},
            AllowOnly("allow_only", sides_from_any=(SideSource("side", Comparison("pain", "gte", 7)),)),
        ),
        ({"type": "note", "text": "Ask."}, Note("note", "Ask.")),
    ],
)
def test_an_effect_is_read_by_its_type(document: dict[str, Any], expected: Effect) -> None:
    assert read(document) == (expected, [])


@pytest.mark.parametrize(("limit", "selector"), LIMITS.items())
def test_a_limit_narrows_its_one_selector(limit: str, selector: str) -> None:
    document = {"type": "exclude", selector: ["a-name"], limit: "question"}
    assert read(document)[0] == Exclude("exclude", **{selector: ("a-name",), limit: "question"})  # type: ignore[arg-type]
    other = next(name for name in ("zones", "families") if name != selector)
    effect, faults = read({**document, other: ["a-name"]})
    assert effect is None
    assert [(fault.entry, fault.field) for fault in faults] == [("rule", f"effect.{limit}")]
    assert f"“{selector}” alone" in faults[0].message


def test_the_selectors_and_limits_are_those_that_an_exclusion_has() -> None:
    assert {*SELECTORS, *LIMITS, "type"} == set(vars(Exclude("exclude")))
    for name in SELECTORS:
        value: Any = {"weight_bearing": True, "regions_from": "q"}.get(name, ["a-name"])
        assert read({"type": "exclude", name: value})[0] is not None, name


@pytest.mark.parametrize(
    ("document", "field", "says"),
    [
        ("exclude", "effect.type", "exclude, max_pressure, max_seconds, allow_only, offer, note"),
        ({"type": ["exclude"]}, "effect.type", "one of"),
        ({"type": "include"}, "effect.type", "one of"),
        ({}, "effect.type", "one of"),
        ({"type": "exclude"}, "effect", "excludes nothing"),
        ({"type": "exclude", "sides_from": "side"}, "effect", "excludes nothing"),
        ({"type": "exclude", "regions": ["heel"], "sides_from_locations": "q"}, "effect.sides_from_locations", "alone"),
        ({"type": "max_seconds", "seconds": 0}, "effect.seconds", "At least one second"),
        ({"type": "allow_only", "regions": ["calf"]}, "effect.sides_from_any", "at least one side question"),
        ({"type": "max_pressure"}, "effect.level", "missing"),
        ({"type": "note", "text": "Ask.", "level": "light"}, "effect.level", "not known here"),
    ],
)
def test_an_effect_that_does_nothing_or_makes_no_sense_is_refused(document: Any, field: str, says: str) -> None:
    effect, (fault,) = read(document)
    assert effect is None
    assert (fault.file, fault.entry, fault.field) == ("rules.yaml", "rule", field)
    assert says in fault.message


# ---- With the answers put in


def force(effect: Effect, **answers: Any) -> ResolvedEffect:
    return resolve_effect(effect, answers, TODAY)


@pytest.mark.parametrize(
    "effect",
    [Note("note", "Ask."), MaxSeconds("max_seconds", 60), MaxPressure("max_pressure", "light"),
     Exclude("exclude", tools=("firm-ball",))],
)  # fmt: skip
def test_what_asks_for_no_place_or_side_acts_everywhere(effect: Effect) -> None:
    assert force(effect, side="left") == ResolvedEffect(effect)
    assert not force(effect).is_sided


@pytest.mark.parametrize(
    "effect",
    [
        Exclude("exclude", regions_from="scar"),
        Exclude("exclude", tools=("firm-ball",), at_from="scar"),
        MaxPressure("max_pressure", "light", at_from="scar"),
    ],
)
def test_at_marked_places_and_everywhere_where_none_were_told(effect: Effect) -> None:
    assert force(effect, scar=(HEEL, TOES)) == ResolvedEffect(effect, sites=(HEEL, TOES))
    assert force(effect, scar=()) == ResolvedEffect(effect, sites=())
    assert force(effect) == ResolvedEffect(effect, sites=(BodySite("both", ""),))
    assert force(effect, scar=()).is_sided


def test_places_come_from_the_first_of_two_questions() -> None:
    effect = Exclude("exclude", regions_from="scar", tools=("firm-ball",), at_from="wound")
    assert force(effect, scar=(HEEL,), wound=(TOES,)).sites == (HEEL,)


@pytest.mark.parametrize(
    ("answer", "sides"), [("left", LEFT), ("right", RIGHT), ("both", BOTH), ("none", frozenset()), (None, BOTH)]
)
def test_on_the_sides_answered_and_on_both_without_an_answer(answer: str | None, sides: frozenset[str]) -> None:
    effect = Exclude("exclude", regions=("heel",), sides_from="side")
    assert force(effect, side=answer) == ResolvedEffect(effect, sides=sides)
    assert force(effect, side=answer).is_sided


def test_on_the_sides_of_marked_places() -> None:
    effect = Exclude("exclude", techniques=("ball-hold",), sides_from_locations="scar")
    assert force(effect, scar=(HEEL,)) == ResolvedEffect(effect, sides=LEFT)
    assert force(effect, scar=(HEEL, TOES)).sides == BOTH
    assert force(effect, scar=()).sides == frozenset()
    assert force(effect).sides == BOTH


def test_only_some_steps_on_the_sides_of_every_source_that_counts() -> None:
    severe = SideSource("pain-side", Comparison("pain", "gte", 7))
    effect = AllowOnly("allow_only", regions=("calf",), sides_from_any=(severe, SideSource("swelling")))
    assert force(effect, **{"pain": 7, "pain-side": "left"}) == ResolvedEffect(effect, sides=LEFT)
    assert force(effect, **{"pain": 7, "pain-side": "left", "swelling": "right"}).sides == BOTH
    assert force(effect, **{"pain": 6, "pain-side": "left", "swelling": "right"}).sides == RIGHT
    assert force(effect, **{"pain": 6, "pain-side": "left"}).sides == BOTH, "fired, and no side is known"
    assert force(effect, **{"pain": 7, "swelling": "right"}).sides == RIGHT
    assert force(effect, swelling="none").sides == BOTH


def test_a_side_counts_on_the_days_that_its_condition_says() -> None:
    recent = SideSource("side", Comparison("injury", "days_since_lte", 3))
    effect = AllowOnly("allow_only", sides_from_any=(recent, SideSource("other")))
    for days, sides in ((3, LEFT), (4, RIGHT)):
        answers = {"side": "left", "injury": TODAY - timedelta(days=days), "other": "right" if days > 3 else None}
        assert resolve_effect(effect, answers, TODAY).sides == sides


def test_what_an_effect_says_where_nothing_is_given() -> None:
    assert vars(Exclude("exclude")) == {
        "type": "exclude", "regions": (), "regions_from": None, "zones": (), "techniques": (), "families": (),
        "traditions": (), "tools": (), "weight_bearing": None, "sides_from": None, "sides_from_locations": None,
        "at_from": None,
    }  # fmt: skip
    assert vars(AllowOnly("allow_only")) == {
        "type": "allow_only", "regions": (), "techniques": (), "sides_from_any": (), "also_allow_regionless": False,
    }  # fmt: skip
    assert MaxPressure("max_pressure", "light").at_from is None
    assert SideSource("q").condition is None
