"""Each protocol for home use starts a draft that a healthy adult may have as it is."""

import itertools
from collections.abc import Iterator

import pytest

from clients.screening.engine import screen
from routines.builder.from_protocol import PhaseDraft, StepDraft, phases_from_protocol, step_for_zone
from routines.catalog.methods import Protocol
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step
from tests.screening_examples import TODAY, catalog, given, healthy, questionnaire

PROTOCOLS = {entry.slug: entry for entry in catalog().protocols}
HOME = [entry.slug for entry in catalog().protocols if entry.client_title and entry.home_plan_default == "on"]


def as_step(number: int, draft: StepDraft) -> Step:
    return Step(
        number, draft.zone, draft.technique or "", draft.side, draft.pressure, draft.seconds, draft.tool, draft.position
    )


def steps_of(phases: list[PhaseDraft]) -> Iterator[tuple[PhaseDraft, StepDraft]]:
    return ((phase, step) for phase in phases for step in phase.steps)


def test_all_but_the_clinics_protocol_are_for_home() -> None:
    assert set(PROTOCOLS) - set(HOME) == {"degree-strong"}


@pytest.mark.parametrize("affected", ["left", "both"])
@pytest.mark.parametrize("slug", HOME)
def test_a_healthy_adult_may_have_it_as_it_is(slug: str, affected: str) -> None:
    phases = phases_from_protocol(PROTOCOLS[slug], catalog(), affected)
    screening = screen(questionnaire(), given(healthy()), [], TODAY)
    done = [as_step(n, step) for n, (_phase, step) in enumerate(steps_of(phases)) if step.technique]
    verdict = check_steps(screening, done, catalog())
    assert verdict.may_be_released, verdict.invalid
    for phase, step in steps_of(phases):
        assert catalog().rank_of(step.pressure) <= catalog().rank_of(phase.max_pressure)
        assert step.technique or step.label
    for phase in phases:
        assert phase.weekdays
        assert phase.times
        assert phase.steps


@pytest.mark.parametrize("slug", HOME)
def test_phases_follow_each_other(slug: str) -> None:
    phases = phases_from_protocol(PROTOCOLS[slug], catalog(), "both")
    for earlier, later in itertools.pairwise(phases):
        assert earlier.to_day is not None
        assert earlier.to_day < later.from_day


def test_the_affected_side_is_settled() -> None:
    protocol: Protocol = PROTOCOLS["plantar-phased"]
    assert any(step.side == "affected" for phase in protocol.phases for step in phase.steps)
    sides = {step.side for _phase, step in steps_of(phases_from_protocol(protocol, catalog(), "right"))}
    assert "affected" not in sides
    assert "right" in sides


def test_phase_names_read_well() -> None:
    names = [phase.name for phase in phases_from_protocol(PROTOCOLS["plantar-phased"], catalog(), "left")]
    assert names == ["Weeks 1\u20132", "Weeks 3\u20136", "Months 2\u20136", "Ongoing"]


@pytest.mark.parametrize("cap", ["light", "medium", "firm"])
def test_every_zone_starts_a_step_that_is_valid(cap: str) -> None:
    screening = screen(questionnaire(), given(healthy()), [], TODAY)
    drafts = [step_for_zone(zone.slug, None, catalog(), cap=cap) for zone in catalog().zones]
    verdict = check_steps(screening, [as_step(n, draft) for n, draft in enumerate(drafts)], catalog())
    assert [(drafts[bad.step].zone, bad.reason) for bad in verdict.invalid] == []  # type: ignore[index]


def test_times_a_day_are_as_many_as_the_protocol_asks() -> None:
    phased = phases_from_protocol(PROTOCOLS["plantar-phased"], catalog(), "left")
    assert [len(phase.times) for phase in phased][:2] == [2, 2]
    assert phases_from_protocol(PROTOCOLS["wind-down-sleep"], catalog(), "left")[0].times == ["21:00"]
