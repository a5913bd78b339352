"""Each protocol for home use starts a draft that a healthy adult may have as it is."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from clients.screening.engine import screen
from routines.builder.from_protocol import (
    KINDS,
    SLOT_TIMES,
    SPREAD_DAYS,
    SPREAD_TIMES,
    PhaseDraft,
    least,
    middle,
    phases_from_protocol,
    step_for_zone,
    usual_tool,
)
from routines.catalog.methods import Count, Protocol
from routines.catalog.places import Duration
from routines.plans.models import PlanPhase
from routines.plans.step_draft import StepDraft
from routines.safety.check_steps import check_steps
from routines.safety.steps import as_step
from tests.screening.examples import TODAY, catalog, given, healthy, questionnaire

PROTOCOLS = {entry.slug: entry for entry in catalog().protocols}
HOME = [entry.slug for entry in catalog().protocols if entry.client_title and entry.home_plan_default == "on"]


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


#: What the name of a slot promises, as the hours of a day.
HOURS = {
    "morning": (6, 10),
    "evening": (17, 22),
    "before": (20, 22),
    "after": (11, 18),
    "several": (7, 22),
    "daily": (7, 22),
}


@pytest.mark.parametrize("slot", SLOT_TIMES)
def test_a_slot_begins_when_its_name_says(slot: str) -> None:
    assert SLOT_TIMES.keys() == {entry.slug for entry in catalog().times_of_day}
    first, last = HOURS[slot.partition("-")[0]]
    for time in (*SLOT_TIMES[slot], *SPREAD_TIMES):
        assert "07:00" <= time <= "21:30", "outside of the quiet hours that a practice has by itself"
    assert all(first <= int(time[:2]) < last for time in SLOT_TIMES[slot])
    assert len(set(SLOT_TIMES[slot])) == len(SLOT_TIMES[slot])


def test_the_times_and_days_that_a_draft_starts_with() -> None:
    first = {slug: phases_from_protocol(PROTOCOLS[slug], catalog(), "both")[0] for slug in HOME}
    assert {slug: " ".join(phase.times) for slug, phase in first.items() if phase.times != ["09:00"]} == {
        "plantar-phased": "07:00 18:30",
        "plantar-acute-flare": "09:00 18:00",
        "plantar-first-step": "07:00",
        "plantar-after-sitting": "13:00",
        "evening-whole-foot": "21:00",
        "degree-chronic": "09:00 13:00",
        "wind-down-sleep": "21:00",
    }
    assert {slug: phase.weekdays for slug, phase in first.items() if phase.weekdays != [1, 2, 3, 4, 5, 6, 7]} == {
        "general-relaxation": [1, 4],
        "four-area-sampler": [1, 4],
    }


@pytest.mark.parametrize("days", SPREAD_DAYS)
def test_days_of_a_week_are_spread_out(days: int) -> None:
    chosen = SPREAD_DAYS[days]
    assert (len(chosen), sorted(set(chosen))) == (days, chosen)
    assert {*chosen} <= {1, 2, 3, 4, 5, 6, 7}
    assert chosen == {2: [1, 4], 3: [1, 3, 5], 4: [1, 2, 4, 6]}.get(days, list(range(1, days + 1)))
    neighbours = sum(day % 7 + 1 in chosen for day in chosen)  # Sunday's is Monday
    assert neighbours == {1: 0, 2: 0, 3: 0, 4: 1, 5: 4, 6: 5, 7: 7}[days]


# ---- Field by field


def phase(slug: str, number: int = 0, affected: str = "left") -> PhaseDraft:
    return phases_from_protocol(PROTOCOLS[slug], catalog(), affected)[number]


def test_a_phase_as_the_protocol_has_it() -> None:
    first, _second, third, fourth = phases_from_protocol(PROTOCOLS["plantar-phased"], catalog(), "left")
    assert first.phase_fields() == {
        "name": "Weeks 1\u20132",
        "focus": "Gentle work and building the habit.",
        "from_day": 1,
        "to_day": 14,
        "max_pressure_id": "light",
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "times": ["07:00", "18:30"],
        "waits_for": "",
        "ends_with_rule": "",
        "then_protocol": "",
    }
    assert (third.from_day, third.to_day, third.weekdays, third.times) == (43, 182, [1, 4], ["07:00"])
    assert (fourth.to_day, fourth.weekdays, fourth.max_pressure) == (None, [1], "firm")
    first.weekdays.append(8)
    assert SPREAD_DAYS[7] == [1, 2, 3, 4, 5, 6, 7]


def test_a_flare_ends_with_its_rule_and_names_what_follows() -> None:
    (until_settled,) = phases_from_protocol(PROTOCOLS["plantar-acute-flare"], catalog(), "left")
    assert (until_settled.ends_with_rule, until_settled.then_protocol) == ("plantar-acute-flare", "plantar-phased")


def test_a_step_as_the_protocol_has_it() -> None:
    steps = phase("plantar-phased").steps
    assert steps[0] == StepDraft(
        technique="firm-circular-thumb", zone="heel-attachment-s2", kind="work", side="left", pressure="light",
        seconds=45, tool="thumb",
    )  # fmt: skip
    assert steps[4] == StepDraft(
        technique="ball-hold", zone="gastrocnemius-s2", kind="work", side="left", pressure="light", seconds=90,
        tool="firm-ball", position="seated-calf-on-ball-or-roller", per="tender spot",
        hint="small-cross-fibre-calf may be used instead of the hold for the same time",
    )  # fmt: skip
    assert steps[7] == StepDraft(
        technique="myofascial-release-hold", zone="central-arch-s2", kind="work", side="left", pressure="light",
        seconds=90, tool="thumb", is_optional=True, hint="Extra.",
    )  # fmt: skip
    assert {step.side for step in phase("plantar-phased", 3).steps} == {"both"}


def test_what_comes_before_and_after_the_work() -> None:
    steps = phase("evening-whole-foot").steps
    assert [step.kind for step in steps] == ["preparation"] * 7 + ["work"] * 11 + ["aftercare"] * 2
    assert steps[3] == StepDraft(
        technique="warm-foot-bath", zone="whole-foot-s3", kind="preparation", side="both", pressure="none", seconds=450,
        tool="foot-bath", label="Then a warm foot bath",
    )  # fmt: skip
    assert steps[4].side == "none"
    assert steps[-1] == StepDraft(
        technique=None, kind="aftercare", side="none",
        label="Go to rest (evening routine precedes the night's sleep)",
    )  # fmt: skip
    assert steps[9] == StepDraft(
        technique="toe-knead", zone="each-toe-s3", kind="work", side="both", pressure="light", seconds=10,
        tool="fingertips", position="seated-foot-on-opposite-thigh", per="toe", hint="nail to base, no pressing",
    )  # fmt: skip


def test_the_position_of_a_protocol_is_for_steps_on_a_place() -> None:
    protocol = PROTOCOLS["evening-whole-foot"]
    (work, *_rest) = protocol.phases
    away = replace(
        work, steps=(replace(work.steps[0], zone=None), replace(work.steps[0], position="standing-barefoot"))
    )
    (copied,) = phases_from_protocol(replace(protocol, phases=(away,), preparation=(), aftercare=()), catalog(), "left")
    assert [step.position for step in copied.steps] == [None, "standing-barefoot"]


def test_kinds_of_a_plan_for_those_of_the_catalog() -> None:
    assert KINDS == {
        "work": "work", "prep": "preparation", "aftercare": "aftercare", "companion": "companion", "stretch": "work",
        "assessment": "preparation",
    }  # fmt: skip
    assert {how.step_kind for how in catalog().techniques} <= set(KINDS)


def test_a_step_as_the_models_fields_name_it() -> None:
    draft = StepDraft(
        technique="ball-hold", zone="soleus-s2", kind="work", side="left", pressure="light", seconds=60,
        tool="firm-ball", position="lying", per="spot", is_optional=True, label="Label", hint="Hint", note="Note",
    )  # fmt: skip
    row = draft.row(PlanPhase(), 3)
    assert row.sequence == 3
    assert {name: vars(row)[name] for name in vars(row) if name.removesuffix("_id") in vars(draft)} == {
        "technique_id": "ball-hold", "zone_id": "soleus-s2", "kind": "work", "side": "left", "pressure_id": "light",
        "seconds": 60, "tool_id": "firm-ball", "position_id": "lying", "per": "spot", "is_optional": True,
        "label": "Label", "hint": "Hint", "note": "Note",
    }  # fmt: skip


def test_what_a_step_and_a_phase_begin_with() -> None:
    assert vars(StepDraft("rubbing")) == {
        "technique": "rubbing", "zone": None, "kind": "work", "side": "both", "pressure": "none", "seconds": None,
        "tool": None, "position": None, "per": "", "is_optional": False, "label": "", "hint": "", "note": "",
    }  # fmt: skip
    plain = PhaseDraft.plain(["heel-sleep-s1", "arch-sleep-s1"], catalog())
    assert [step.zone for step in plain.steps] == ["heel-sleep-s1", "arch-sleep-s1"]
    assert plain.phase_fields() == {
        "name": "", "focus": "", "from_day": 1, "to_day": None, "max_pressure_id": "light",
        "weekdays": [1, 2, 3, 4, 5, 6, 7], "times": ["09:00"],
        "waits_for": "", "ends_with_rule": "", "then_protocol": "",
    }  # fmt: skip


HEEL = "heel-sleep-s1"


@pytest.mark.parametrize(
    ("zone", "technique", "cap", "expected"),
    [
        (HEEL, None, "light", StepDraft("circular-motion", HEEL, "work", "both", "light", 75, "thumb")),
        (HEEL, "area-massage", "firm", StepDraft("area-massage", HEEL, "work", "both", "light", 165, "hands")),
        (None, "mindful-breathing", "light", None),
        (HEEL, "mindful-breathing", "light", None),
        (None, "warm-hands", "light", StepDraft("warm-hands", None, "preparation", "none", "none", 35, "hands")),
    ],
)  # fmt: skip
def test_a_step_for_a_zone_or_a_technique(zone: str, technique: str, cap: str, expected: StepDraft | None) -> None:
    found = step_for_zone(zone, technique, catalog(), cap=cap)
    if expected is None:
        assert (found.technique, found.zone, found.side, found.kind) == (technique, None, "none", "companion")
    else:
        assert found == expected


def test_the_zones_own_pressure_within_what_technique_and_cap_allow() -> None:
    ranks, above = catalog().rank_of, 0
    for zone, cap in itertools.product(catalog().zones, ("feather", "light", "medium", "firm")):
        draft = step_for_zone(zone.slug, None, catalog(), cap=cap)
        how = catalog().technique_by_slug[draft.technique or ""]
        if draft.zone:
            wanted = min(ranks(zone.pressure), ranks(how.pressure.max), ranks(cap))
            assert ranks(draft.pressure) == max(wanted, ranks(how.pressure.min))
            above += wanted > ranks(how.pressure.min)
    assert above


def test_a_step_for_nothing_is_no_step() -> None:
    with pytest.raises(KeyError):
        step_for_zone(None, None, catalog(), cap="light")


def test_the_first_usual_technique_that_is_gentle_enough() -> None:
    light = {zone.slug: step_for_zone(zone.slug, None, catalog(), cap="light").technique for zone in catalog().zones}
    firm = {zone.slug: step_for_zone(zone.slug, None, catalog(), cap="firm").technique for zone in catalog().zones}
    assert {slug: (light[slug], firm[slug]) for slug in light if light[slug] != firm[slug]} == {
        "foot-trigger-points-s0": ("foot-stretching", "targeted-pressure")
    }
    for zone in catalog().zones:
        usual = [entry.technique for entry in zone.techniques]
        hows = [catalog().technique_by_slug[slug] for slug in usual]
        fitting = [
            how.slug
            for how in hows
            if how.home_plan_default == "on" and catalog().rank_of(how.pressure.min) <= catalog().rank_of("light")
        ]
        assert light[zone.slug] == (fitting or usual)[0]


@pytest.mark.parametrize(
    ("wanted", "allowed", "expected"),
    [
        ((30, 60), (0, 900), 45),
        ((30, 62), (0, 900), 45),
        ((30, 66), (0, 900), 50),
        ((31, 33), (0, 900), 31),
        ((60, 60), (0, 900), 60),
        ((None, None), (20, 40), 30),
        ((30, None), (20, 40), 35),
        ((None, 20), (10, 40), 15),
        ((None, None), (None, None), None),
        ((None, None), (None, 40), 40),
        ((None, None), (40, None), 40),
        ((7, 9), (0, 900), 7),
        ((4, 5), (0, 900), 5),
    ],
)
def test_half_way_in_whole_five_seconds(wanted: tuple, allowed: tuple, expected: int | None) -> None:
    assert middle(Duration(*wanted), Duration(*allowed)) == expected


def test_the_least_of_a_count() -> None:
    assert (least(None, 7), least(3, 7), least(0, 7), least(Count(2, 5), 7)) == (7, 3, 0, 2)


def test_the_hand_where_the_technique_allows_it() -> None:
    tools = {how.slug: usual_tool(how.slug, catalog()) for how in catalog().techniques}
    assert tools["sustained-trigger-hold"] == "thumb"
    assert tools["ball-hold"] == "firm-ball"
    assert tools["heel-rises"] is None
    assert tools["steady-pressure"] == "thumb"
    assert "therapist-tool" not in tools.values()


def test_more_sessions_than_slots_are_spread_over_the_day() -> None:
    phased = PROTOCOLS["plantar-phased"]
    work = phased.phases[0]
    often = replace(work, frequency=replace(work.frequency, per_day=4, days_per_week=None))
    (copied,) = phases_from_protocol(replace(phased, phases=(often,), times_of_day=("before-rest",)), catalog(), "left")
    assert copied.times == ["09:00", "13:00", "18:00", "21:00"]
    assert copied.weekdays == [1, 2, 3, 4, 5, 6, 7]
    never_said = replace(work, frequency=replace(work.frequency, per_day=None))
    (copied,) = phases_from_protocol(replace(phased, phases=(never_said,), times_of_day=()), catalog(), "left")
    assert len(copied.times) == phased.session.per_day.min
