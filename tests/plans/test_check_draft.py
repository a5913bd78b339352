"""What stands in the way of a draft, told step by step and for the plan as a whole."""

from datetime import timedelta

import pytest

from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.builder.copy import copy_phase
from routines.builder.edit import change_phase, change_plan, change_step, start_plan
from routines.catalog.versions import current_catalog
from routines.plans.check_draft import PlanCheck, check_plan
from routines.plans.models import Plan, PlanStep
from tests.factories.builder import first_phase, first_step, make_draft
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON


def checked(plan: Plan) -> PlanCheck:
    return check_plan(Plan.objects.across_practices().select_related("client__practice").get(pk=plan.pk), at=NOON)


def test_a_plain_draft_for_a_healthy_adult_is_releasable(signed: Client, jon: Member) -> None:
    assert checked(make_draft(signed, jon)).releasable


def test_nothing_signed_is_incomplete_and_not_releasable(rules: None, noor: Client, jon: Member) -> None:
    check = checked(make_draft(noor, jon))
    assert (check.screening.overall, check.is_signed, check.releasable) == ("INCOMPLETE", False, False)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seconds": 9999}, "outside the technique's range"),
        ({"seconds": None}, "needs a number of seconds"),
        ({"pressure_id": "strong"}, "outside the technique's range"),
        ({"pressure_id": "medium"}, "at most “light”"),
        ({"side": "none"}, "needs a side"),
        ({"tool_id": "cold-pack"}, "not one of this technique's tools"),
        ({"note": "You can skip your tablets today."}, "advice on medicine"),
    ],
)
def test_a_broken_step_says_why_and_forbids_release(
    signed: Client, jon: Member, change: dict[str, object], reason: str
) -> None:
    plan = make_draft(signed, jon)
    change_step(first_step(plan), by=jon, at=NOON, **change)
    check = checked(plan)
    report = check.reports[first_step(plan).pk]
    assert any(reason in said for said in report.invalid), report.invalid
    assert not check.releasable


def test_a_line_that_is_only_said_needs_no_side(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    PlanStep.objects.across_practices().filter(pk=first_step(plan).pk).update(
        technique=None, zone=None, label="Keep a frozen water bottle ready", side="none", seconds=None, tool=None
    )
    assert checked(plan).releasable


def test_a_diagnosis_in_a_line_that_is_only_said_forbids_release(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    PlanStep.objects.across_practices().filter(pk=first_step(plan).pk).update(
        technique=None, label="Soreness here means a weak liver"
    )
    assert not checked(plan).releasable


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"weekdays": []}, "no day of the week"),
        ({"times": []}, "no time of day"),
        ({"focus": "A tender arch shows a weak liver"}, "an illness from the foot"),
        ({"name": "Plantar fasciitis weeks"}, "names a condition"),
    ],
)
def test_a_phase_that_cannot_be_followed_or_claims_something(
    signed: Client, jon: Member, fields: dict[str, object], fault: str
) -> None:
    plan = make_draft(signed, jon)
    change_phase(first_phase(plan), by=jon, at=NOON, **fields)
    check = checked(plan)
    assert any(fault in said for said in check.faults)
    assert not check.releasable


def test_phases_may_not_overlap(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    change_phase(first_phase(plan), by=jon, at=NOON, to_day=14)
    second = copy_phase(first_phase(plan), by=jon, at=NOON)
    assert (second.from_day, checked(plan).releasable) == (15, True)
    change_phase(second, by=jon, at=NOON, from_day=14)
    assert any("overlap" in fault for fault in checked(plan).faults)


def test_an_open_ended_phase_followed_by_another_overlaps(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    copy_phase(first_phase(plan), by=jon, at=NOON)
    assert any("overlap" in fault for fault in checked(plan).faults)


@pytest.mark.parametrize("fields", [{"title": "Diabetes foot care"}, {"note_to_client": "Stop your tablets"}])
def test_wording_of_the_plan_forbids_release(signed: Client, jon: Member, fields: dict[str, str]) -> None:
    plan = make_draft(signed, jon)
    change_plan(plan, by=jon, at=NOON, **fields)
    assert not checked(plan).releasable


def test_a_claim_is_told_with_a_better_wording_and_does_not_forbid_release(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    change_plan(plan, by=jon, at=NOON, title="Back pain relief")
    change_step(first_step(plan), by=jon, at=NOON, note="It detoxifies.")
    check = checked(plan)
    told = [str(note) for note in check.wording.warnings]
    assert told[0].startswith("Title: “Back pain relief” is a health claim")
    assert "Heel and arch comfort" in told[0]
    assert "step 1" in told[1]


def test_a_text_is_read_in_the_clients_language_and_in_english(signed: Client, jon: Member) -> None:
    signed.language = "de"
    signed.save(update_fields=["language"])
    plan = make_draft(signed, jon)
    change_plan(plan, by=jon, at=NOON, note_to_client="Die Tabletten weglassen.")
    assert not checked(plan).releasable
    change_plan(plan, by=jon, at=NOON, note_to_client="You can skip your tablets.")
    assert not checked(plan).releasable
    change_plan(plan, by=jon, at=NOON, note_to_client="Tell me if you have diabetes. Alles mit Ruhe.")
    assert checked(plan).releasable


def test_a_plan_without_steps_is_not_releasable(signed: Client, jon: Member) -> None:
    plan = start_plan(signed, catalog=current_catalog(), by=jon, at=NOON, starts_on=NOON.date())
    assert any("no step yet" in fault for fault in checked(plan).faults)


def test_sides_are_judged_apart(rules: None, noor: Client, jon: Member) -> None:
    """An acute flare on the right leaves the left heel free."""
    make_signed_intake(
        noor, heel_arch_pain=8, heel_pain_side="right", heel_pain_course="new_or_improving", heel_pain_assessed="yes"
    )
    plan = make_draft(noor, jon)
    check = checked(plan)
    sides = check.reports[first_step(plan).pk].sides
    assert (sides["left"].is_allowed, sides["right"].kind) == (True, "excluded")
    assert not check.releasable
    change_step(first_step(plan), by=jon, at=NOON, side="left")
    assert checked(plan).releasable


def test_the_mark_stands_for_the_findings(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    before = checked(plan).etag
    assert checked(plan).etag == before
    make_signed_intake(signed, at=NOON + timedelta(minutes=5), balance="yes")
    later = check_plan(plan, at=NOON + timedelta(minutes=10))
    assert later.etag != before
