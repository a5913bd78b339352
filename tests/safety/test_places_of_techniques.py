"""Which technique fits which place, and how strong a place may be worked on: data that every plan obeys."""

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as property_given
from hypothesis import strategies as st

from routines.builder.from_protocol import step_for_zone
from routines.catalog.parse import CatalogFaulty, parse_catalog
from routines.safety.steps import PLACED_SIDES, Step, as_step, validate_step
from tests.screening.examples import catalog, catalog_document

ACHILLES = Step(1, "achilles-junction-s2", "achilles-pinch-roll", "left", "medium", 30, "fingertips")
STANDING = Step(2, "sole-mat-s4", "acupressure-mat-stand", "both", "light", 120, "acupressure-foot-mat")
#: What is refused at home whatever its place; see the entries' `home_plan_default`.
NOT_AT_HOME = ("This technique is not for home plans.", "This pressure is not for home plans.")


def reasons(step: Step, **change: Any) -> list[str]:
    return validate_step(replace(step, **change), catalog())


def test_the_achilles_is_never_worked_above_medium() -> None:
    assert reasons(ACHILLES) == []
    (misplaced, too_firm) = reasons(ACHILLES, technique="targeted-pressure", pressure="firm", tool="thumb", seconds=45)
    assert misplaced.startswith("“Targeted trigger-point pressure” is not for this place. It is done here: Whole foot")
    assert too_firm == "This place takes no pressure above “Medium”."


@property_given(zone=st.sampled_from(catalog().zones), technique=st.sampled_from(catalog().techniques))
def test_no_firm_step_touches_the_achilles_by_any_zone_and_technique(zone: Any, technique: Any) -> None:
    step = Step(1, zone.slug, technique.slug, "left", "firm", technique.duration_s.min)
    if catalog().leaves_of("achilles") & catalog().leaves_of_zone(zone.slug):
        assert "This place takes no pressure above “Medium”." in validate_step(step, catalog())
    else:
        assert not any("takes no pressure above" in reason for reason in validate_step(step, catalog()))


@pytest.mark.parametrize("zone", ["toes-sleep-s1", "arch-sleep-s1", "gastrocnemius-s2"])
def test_nobody_stands_on_a_mat_with_a_part_of_the_sole(zone: str) -> None:
    assert reasons(STANDING) == []
    assert reasons(STANDING, zone="whole-foot-s3") == []
    (refused,) = reasons(STANDING, zone=zone)
    assert refused.endswith("needs all of this place: Whole sole. Choose a zone that covers it.")


def test_toes_are_not_kneaded_on_a_calf() -> None:
    (refused,) = reasons(Step(1, "soleus-s2", "toe-knead", "left", "light", 10, "fingertips"))
    assert refused == "“Toe kneading, nail to base” is not for this place. It is done here: All five toes."


@pytest.mark.parametrize(
    ("zone", "technique"),
    [(zone.slug, usual.technique) for zone in catalog().zones for usual in zone.techniques],
)
def test_every_zone_takes_the_techniques_that_it_names(zone: str, technique: str) -> None:
    assert catalog().fits(technique, zone)
    if catalog().technique_by_slug[technique].home_plan_default == "on":
        assert validate_step(as_step(1, step_for_zone(zone, technique, catalog(), cap="firm")), catalog()) == []


def protocol_steps() -> list[Any]:
    found = []
    for protocol in catalog().protocols:
        for phase in protocol.phases:
            for step in phase.steps:
                name = f"{protocol.slug} {phase.slug} {step.n}"
                found.append(pytest.param(step, protocol.home_plan_default == "on", id=name))
    return found


@pytest.mark.parametrize(("step", "at_home"), protocol_steps())
def test_every_step_of_every_protocol_is_on_a_place_that_takes_it(step: Any, at_home: bool) -> None:
    side = "both" if step.side == "affected" else step.side
    tool = step.tool or next(iter(catalog().technique_by_slug[step.technique].tools), None)
    seconds = step.duration_s.min
    found = validate_step(Step(1, step.zone, step.technique, side, step.pressure, seconds, tool), catalog())
    if at_home:
        assert found == []
    else:
        # The strong degree presses sore spots anywhere on the foot: refused at home with or without its place.
        assert set(NOT_AT_HOME) & set(found)


def test_preparation_and_aftercare_are_on_places_that_take_them() -> None:
    for entry in (*catalog().preparation_steps, *catalog().aftercare_steps):
        assert entry.technique is None or entry.zone is None or catalog().fits(entry.technique, entry.zone), entry.slug


def test_a_zone_without_a_technique_for_it_would_be_refused_not_screened() -> None:
    """Every pair that does not fit has words for it."""
    for technique in catalog().techniques:
        for zone in catalog().zones:
            step = Step(1, zone.slug, technique.slug, PLACED_SIDES[0], technique.pressure.min, technique.duration_s.min)
            said = any(
                "is not for this place" in r or "needs all of this place" in r for r in validate_step(step, catalog())
            )
            assert said is not catalog().fits(technique.slug, zone.slug)


@pytest.mark.parametrize(
    ("section", "slug", "change", "says"),
    [
        ("regions", "achilles", {"max_pressure": "brutal"}, "brutal"),
        ("techniques", "toe-knead", {"also_on": ["elbow"]}, "elbow"),
        ("techniques", "mindful-breathing", {"takes_whole": True}, "no further places"),
    ],
)
def test_a_catalog_that_names_no_such_place_or_pressure_is_refused(
    section: str, slug: str, change: dict[str, Any], says: str
) -> None:
    document = copy.deepcopy(catalog_document())
    next(entry for entry in document[section] if entry["slug"] == slug).update(change)
    with pytest.raises(CatalogFaulty, match=says):
        parse_catalog(document, file="catalog.yaml")
