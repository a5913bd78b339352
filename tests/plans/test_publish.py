"""Releasing a plan and taking it back: no override anywhere, nothing twice."""

from datetime import timedelta

import pytest

from clients.consent.consent import withdraw_consent
from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from clients.roster.roster import archive_client
from practice.audit.models import AuditEntry
from practice.core.edit_conflict import EditConflict
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from routines.builder.copy import copy_phase, copy_plan, drop_phase
from routines.builder.edit import change_phase, change_plan, change_step, start_plan
from routines.catalog.versions import current_catalog
from routines.plans.check_draft import check_plan
from routines.plans.models import Plan, PlanVersion
from routines.plans.publish import PlanUnsafe, end_plan, publish_plan, resume_plan, suspend_plan
from routines.plans.refusals import DraftRefused
from routines.plans.visibility import visibility_of
from tests.factories.builder import first_phase, first_step, make_draft
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan

pytestmark = pytest.mark.both("one running plan a client, held by a constraint")

LATER = NOON + timedelta(minutes=5)
STOP = {"fever_unwell": "yes"}
REFER = {"blood_thinners": "anticoagulant", "blood_thinner_reason": "prevention"}


def fresh(plan: Plan) -> Plan:
    return Plan.objects.across_practices().select_related("client", "current_version").get(pk=plan.pk)


def versions(plan: Plan) -> int:
    return PlanVersion.objects.across_practices().filter(plan=plan).count()


def actions(plan: Plan) -> list[str]:
    lines = AuditEntry.objects.across_practices().filter(client_ref=plan.client_id, action__startswith="plan.")
    return list(lines.order_by("id").values_list("action", flat=True))


def test_a_release_freezes_screens_tells_and_is_recorded(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    version = publish_plan(plan, by=jon, at=LATER)
    assert (version.number, version.screening.overall, version.screening.cause) == (1, "CLEAR", "publish")
    assert fresh(plan).is_published
    assert visibility_of(fresh(plan), at=LATER)
    assert fresh(plan).safe_until is not None
    assert OutboundMessage.objects.across_practices().filter(kind="plan_ready").count() == 1
    assert actions(plan) == ["plan.drafted", "plan.published"]


def test_the_same_thing_is_released_once(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    first = publish_plan(plan, by=jon, at=LATER)
    assert publish_plan(plan, by=jon, at=LATER) == first
    assert versions(plan) == 1
    assert OutboundMessage.objects.across_practices().filter(kind="plan_ready").count() == 1


def test_a_changed_draft_is_a_second_version(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    change_plan(plan, by=jon, at=LATER, title="Heel comfort")
    assert fresh(plan).has_unpublished_changes
    assert publish_plan(plan, by=jon, at=LATER).number == 2
    assert not fresh(plan).has_unpublished_changes


def test_new_answers_are_a_second_version_though_the_draft_is_the_same(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    before = fresh(plan).safe_until
    make_signed_intake(signed, at=NOON + timedelta(days=30))
    assert publish_plan(plan, by=jon, at=NOON + timedelta(days=30)).number == 2
    assert fresh(plan).safe_until > before


@pytest.mark.parametrize("answers", [STOP, REFER])
def test_stop_and_refer_cannot_be_released(rules: None, noor: Client, jon: Member, answers: dict[str, str]) -> None:
    make_signed_intake(noor, **answers)
    plan = make_draft(noor, jon)
    with pytest.raises(PlanUnsafe) as refused:
        publish_plan(plan, by=jon, at=LATER)
    assert refused.value.check.findings
    assert (versions(plan), fresh(plan).state) == (0, "draft")


def test_nothing_signed_cannot_be_released(rules: None, noor: Client, jon: Member) -> None:
    with pytest.raises(PlanUnsafe):
        publish_plan(make_draft(noor, jon), by=jon, at=LATER)
    assert not ScreeningRecord.objects.across_practices().exists()


def test_without_consent_nothing_is_released(signed: Client, jon: Member) -> None:
    withdraw_consent(signed, purpose="home_routine", by=signed.user, at=NOON)
    with pytest.raises(PlanUnsafe):
        publish_plan(make_draft(signed, jon), by=jon, at=LATER)


@pytest.mark.parametrize("broken", [{"seconds": 9999}, {"pressure_id": "medium"}, {"note": "Leave out your tablets"}])
def test_a_step_that_breaks_a_rule_of_plan_making_is_refused(
    signed: Client, jon: Member, broken: dict[str, object]
) -> None:
    plan = make_draft(signed, jon)
    change_step(first_step(plan), by=jon, at=NOON, **broken)
    with pytest.raises(PlanUnsafe):
        publish_plan(plan, by=jon, at=LATER)


def test_an_unsafe_side_is_refused_and_the_other_side_released(rules: None, noor: Client, jon: Member) -> None:
    make_signed_intake(
        noor, heel_arch_pain=8, heel_pain_side="right", heel_pain_course="new_or_improving", heel_pain_assessed="yes"
    )
    plan = make_draft(noor, jon)
    with pytest.raises(PlanUnsafe):
        publish_plan(plan, by=jon, at=LATER)
    change_step(first_step(plan), by=jon, at=LATER, side="left")
    assert publish_plan(plan, by=jon, at=LATER).screening.overall == "RESTRICT"


def test_a_page_that_is_out_of_date_releases_nothing(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    seen = fresh(plan).revision
    etag = check_plan(fresh(plan), at=NOON).etag
    change_plan(plan, by=jon, at=NOON, title="Another")
    with pytest.raises(EditConflict, match=r"^draft$"):
        publish_plan(plan, by=jon, at=LATER, revision=seen)
    make_signed_intake(signed, at=LATER, allergy="yes")
    with pytest.raises(EditConflict, match=r"^answers$"):
        publish_plan(plan, by=jon, at=LATER, etag=etag)
    assert versions(plan) == 0


def test_answers_that_became_a_stop_in_between(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    make_signed_intake(signed, at=LATER, **STOP)
    with pytest.raises(PlanUnsafe):
        publish_plan(plan, by=jon, at=LATER, etag=check_plan(fresh(plan), at=NOON).etag)


def test_pause_and_give_back(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    for _twice in range(2):
        suspend_plan(plan, by=jon, at=LATER, cause="therapist")
    assert fresh(plan).state == "suspended"
    assert not visibility_of(fresh(plan), at=LATER)
    for _twice in range(2):
        resume_plan(plan, by=jon, at=LATER)
    assert fresh(plan).is_published
    assert versions(plan) == 1
    assert actions(plan)[-2:] == ["plan.suspended", "plan.resumed"]


def test_what_is_no_longer_safe_is_not_given_back(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    suspend_plan(plan, by=jon, at=LATER, cause="therapist")
    make_signed_intake(signed, at=LATER, **STOP)
    with pytest.raises(PlanUnsafe):
        resume_plan(plan, by=jon, at=LATER)
    assert fresh(plan).state == "suspended"


def test_a_changed_draft_is_not_given_back_but_released(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    suspend_plan(plan, by=jon, at=LATER, cause="therapist")
    change_step(first_step(plan), by=jon, at=LATER, seconds=60)
    with pytest.raises(PlanUnsafe):
        resume_plan(plan, by=jon, at=LATER)
    assert publish_plan(plan, by=jon, at=LATER).number == 2
    assert fresh(plan).is_published


def test_an_ended_plan_stays_ended_and_is_copied(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon, protocol="plantar-phased", affected="left")
    for _twice in range(2):
        end_plan(plan, by=jon, at=LATER)
    assert actions(plan).count("plan.ended") == 1
    for change in (
        lambda: publish_plan(plan, by=jon, at=LATER),
        lambda: change_plan(plan, by=jon, at=LATER, title="x"),
        lambda: change_step(first_step(plan), by=jon, at=LATER, seconds=60),
        lambda: drop_phase(first_phase(plan), by=jon, at=LATER),
    ):
        with pytest.raises(DraftRefused):
            change()
    resume_plan(plan, by=jon, at=LATER)
    assert fresh(plan).state == "ended"
    copy = copy_plan(plan, by=jon, at=LATER, starts_on=LATER.date())
    assert (copy.state, copy.title, copy.protocol_id) == ("draft", plan.title, "plantar-phased")
    steps = [list(phase.steps.values_list("zone_id", "side", "seconds", "tool_id")) for phase in plan.phases.all()]
    assert steps == [
        list(phase.steps.values_list("zone_id", "side", "seconds", "tool_id")) for phase in copy.phases.all()
    ]
    assert publish_plan(copy, by=jon, at=LATER).number == 1


def test_an_archived_clients_plan_is_left_alone(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    archive_client(signed, by=jon, at=LATER)
    signed.refresh_from_db()
    for change in (
        lambda: publish_plan(plan, by=jon, at=LATER),
        lambda: change_plan(plan, by=jon, at=LATER, title="x"),
        lambda: start_plan(signed, catalog=current_catalog(), by=jon, at=LATER, starts_on=LATER.date()),
        lambda: copy_plan(fresh(plan), by=jon, at=LATER, starts_on=LATER.date()),
    ):
        with pytest.raises(DraftRefused):
            change()
    assert not visibility_of(fresh(plan), at=LATER)


def test_one_key_makes_one_draft_and_not_in_another_practice(signed: Client, jon: Member, rex: Member) -> None:
    plan = make_draft(signed, jon)
    again = start_plan(
        signed, catalog=current_catalog(), by=jon, at=NOON, starts_on=NOON.date(), zones=["arch-sleep-s1"], key=plan.pk
    )
    assert again == plan
    assert again.phases.count() == 1
    theirs = make_client(rex.practice, "other@example.org", "Other")
    other = start_plan(theirs, catalog=current_catalog(), by=rex, at=NOON, starts_on=NOON.date(), key=plan.pk)
    assert other.pk != plan.pk
    assert other.client == theirs


def test_the_only_phase_stays_and_a_copy_follows_on(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    change_phase(first_phase(plan), by=jon, at=NOON, to_day=10)
    with pytest.raises(DraftRefused):
        drop_phase(first_phase(plan), by=jon, at=NOON)
    second = copy_phase(first_phase(plan), by=jon, at=NOON)
    assert (second.sequence, second.from_day, second.to_day, second.steps.count()) == (2, 11, 20, 1)
    drop_phase(first_phase(plan), by=jon, at=NOON)
    assert plan.phases.get() == second
