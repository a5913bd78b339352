"""Places that are not there: left out by safety, in running plans, offers and pictures."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.absent_places.note import note_absent_places
from clients.assessment.assess import assess, assess_many, judged_anew
from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from clients.screening.absent_places import ClientPlaces, with_absent
from clients.screening.answers import BodySite
from clients.screening.engine import screen
from clients.screening.findings import Screening
from practice.tenancy.models import Member
from routines.builder.edit import add_step, change_step
from routines.builder.fixes import fix_for
from routines.builder.substitutes import find_substitutes
from routines.builder.zone_picker import Wanted, offered_places
from routines.catalog.markable import body_places
from routines.catalog.place_rows import place_rows
from routines.catalog.versions import current_catalog
from routines.handout.handout import handout_of
from routines.plans.check_draft import check_plan
from routines.plans.models import Plan
from routines.plans.publish import PlanUnsafe, publish_plan
from routines.rechecking.recheck import checked_visibility, recheck_flagged
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step
from routines.sessions.day_answers import answer_day, day_questions
from routines.sessions.log import begin_session
from routines.templatetags.plan_words import paper_map
from tests.factories.builder import HEEL, first_phase, first_step, make_draft
from tests.factories.day import day_reply
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.screening.examples import TODAY, catalog, given, healthy, questionnaire

TOES = "toes-sleep-s1"
LATER = NOON + timedelta(minutes=5)


def screening(*absent: tuple[str, str], **answers: Any) -> Screening:
    found = screen(questionnaire(), given({**healthy(), **answers}), [], TODAY)
    return with_absent(found, tuple(BodySite(side, region) for side, region in absent))


def hand_step(zone: str, side: str = "both") -> Step:
    return Step(1, zone, "circular-motion", side, "light", 60, "thumb")


def states(step: Step, *absent: tuple[str, str]) -> dict[str, str]:
    found = check_steps(screening(*absent), [step], catalog()).steps[1]
    return {side: verdict.state for side, verdict in found.items()}


def note(client: Client, *pairs: tuple[str, str], by: Member, at: Any = LATER) -> Client:
    client.refresh_from_db()
    return note_absent_places(client, pairs, revision=client.revision, by=by, at=at)


def fresh(plan: Plan) -> Plan:
    rows = Plan.objects.across_practices().select_related("client__practice", "client__user", "current_version")
    return rows.get(pk=plan.pk)


@pytest.fixture
def today() -> Iterator[None]:
    """The day on which the answers were signed."""
    with time_machine.travel(LATER, tick=False):
        yield


# ---- Safety


def test_each_side_is_left_out_by_itself() -> None:
    heel = hand_step(HEEL)
    assert states(heel) == {"left": "allowed", "right": "allowed"}
    assert states(heel, ("left", "heel")) == {"left": "excluded", "right": "allowed"}
    assert states(heel, ("right", "heel")) == {"left": "allowed", "right": "excluded"}
    assert states(heel, ("left", "whole-foot"), ("right", "heel")) == {"left": "excluded", "right": "excluded"}


def test_a_place_that_is_there_in_part_is_worked_on_until_its_last_part_is_gone() -> None:
    toes = hand_step(TOES, "left")
    four = [("left", f"{toe}-toe") for toe in ("big", "second", "third", "fourth")]
    assert states(toes, *four) == {"left": "allowed"}
    assert states(toes, *four, ("right", "little-toe")) == {"left": "allowed"}
    assert states(toes, *four, ("left", "little-toe")) == {"left": "excluded"}


def test_a_place_that_the_catalog_lost_leaves_out_every_place_on_its_side() -> None:
    assert states(hand_step(HEEL), ("left", "sixth-toe")) == {"left": "excluded", "right": "allowed"}


def test_nothing_stands_on_feet_that_lack_a_part() -> None:
    mat = Step(1, "sole-mat-s4", "acupressure-mat-stand", "both", "light", 60, "acupressure-foot-mat")
    assert states(mat) == {"left": "allowed", "right": "allowed"}
    assert states(mat, ("left", "big-toe")) == {"left": "excluded", "right": "excluded"}


def test_what_needs_no_place_stays() -> None:
    breathing = Step(1, None, "mindful-breathing", "none", "none", 60)
    assert states(breathing, ("left", "foot-and-lower-leg"), ("right", "foot-and-lower-leg")) == {"none": "allowed"}


def test_the_verdict_names_the_places_that_took_part_and_no_other() -> None:
    absent = (("left", "heel"), ("left", "big-toe"), ("right", "heel"))
    sides = check_steps(screening(*absent), [hand_step(HEEL)], catalog()).steps[1]
    assert sides["left"].rules == ("not-there:left-heel",)
    assert sides["right"].rules == ("not-there:right-heel",)


def test_the_outcome_is_that_of_the_answers() -> None:
    assert screening(("left", "whole-foot")).overall == "CLEAR"
    assert screening(("left", "whole-foot"), **{"stroke-signs": "yes"}).overall == "STOP"


# ---- Offers


def test_the_fix_keeps_the_other_foot() -> None:
    found = screening(("left", "heel"))
    step = hand_step(HEEL)
    sides = check_steps(found, [step], catalog()).steps[1]
    fix = fix_for(step, sides, cap="light", screening=found, catalog=catalog())
    assert fix is not None
    assert fix.changes == {"side": "right"}


def test_substitutes_are_never_on_a_place_that_is_not_there() -> None:
    found = screening(("left", "heel"))
    offered = find_substitutes(hand_step(HEEL), found, catalog(), most=12)
    heel = catalog().leaves_of("heel")
    on_heel = [o.step for o in offered if o.step.zone and catalog().leaves_of_zone(o.step.zone) <= heel]
    assert on_heel
    assert {step.side for step in on_heel} == {"right"}


def test_the_picker_offers_no_zone_that_is_on_neither_foot() -> None:
    def zones(*absent: tuple[str, str]) -> dict[str, str]:
        places = offered_places(Wanted(), cap="light", screening=screening(*absent), catalog=catalog())
        return {offer.zone.slug: offer.preview.words for group in places for offer in group.offers if offer.zone}

    assert zones(("left", "heel"))[HEEL] == "would be left out on the left"
    both = zones(("left", "heel"), ("right", "heel"))
    assert HEEL not in both
    assert "arch-sleep-s1" in both


# ---- A client's assessment


def test_one_and_many_clients_are_read_with_their_places(signed: Client, jon: Member) -> None:
    note(signed, ("left", "heel"), by=jon)
    signed.refresh_from_db()
    alone, many = assess(signed, at=LATER), assess_many([signed], at=LATER)[signed.pk]
    assert alone.screening.absent == many.screening.absent == (BodySite("left", "heel"),)
    assert judged_anew(alone, alone.questionnaire).screening == alone.screening


def test_the_screening_that_is_kept_says_what_is_not_there(signed: Client, jon: Member) -> None:
    note(signed, ("left", "heel"), by=jon)
    record = ScreeningRecord.objects.for_practice(signed.practice).filter(client=signed).first()
    assert record is not None
    assert (record.cause, record.overall) == ("places", "CLEAR")
    [finding] = record.findings
    assert (finding["rule"], finding["rationale"]) == ("not-there:left-heel", "Not there: Heel (left).")


# ---- Plans


def test_a_draft_with_such_a_step_is_not_released(signed: Client, jon: Member) -> None:
    note(signed, ("left", "heel"), by=jon)
    plan = make_draft(signed, jon)
    with pytest.raises(PlanUnsafe):
        publish_plan(plan, by=jon, at=LATER)
    change_step(first_step(plan), by=jon, at=LATER, side="right")
    assert publish_plan(plan, by=jon, at=LATER).number == 1


def test_a_running_plan_with_such_a_step_is_paused_with_the_reason(
    signed: Client, jon: Member, browse: Any, today: None
) -> None:
    plan = make_published_plan(signed, jon)
    note(signed, ("left", "heel"), by=jon)
    plan = fresh(plan)
    assert plan.state == Plan.State.SUSPENDED
    assert not checked_visibility(plan, at=LATER)
    assert plan.state_reason["cause"] == "places"
    assert plan.state_reason["steps"][0]["states"] == {"left": "excluded"}
    page = browse(jon).get(reverse("routines:plan_detail", args=[plan.pk])).content.decode()
    assert "Not there: Heel (left)." in page
    assert "a place was marked as not there" in page


def test_a_running_plan_without_such_a_step_goes_on(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    note(signed, ("left", "big-toe"), by=jon)
    assert fresh(plan).state == Plan.State.PUBLISHED
    assert checked_visibility(fresh(plan), at=LATER)


def test_a_plan_that_is_checked_for_another_reason_reads_the_places_too(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    signed.not_present = [{"side": "left", "region": "heel"}]
    signed.save()
    Plan.objects.across_practices().filter(pk=plan.pk).update(recheck_since=LATER)
    assert not checked_visibility(fresh(plan), at=LATER)


def test_the_answers_before_a_session_do_not_bring_a_place_back(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    session = begin_session(plan, by=signed.user, at=NOON, comfort_before=5)
    reply = day_reply(session, at=NOON)
    signed.not_present = [{"side": "left", "region": "heel"}]
    signed.save()
    session.plan.client.refresh_from_db()
    assert ("left", "heel-centre") in day_questions(session, at=LATER).body.absent
    session = answer_day(session, reply, by=signed.user, at=LATER)
    assert [(c["side"], c["state"]) for c in session.log["day"]["changes"]] == [("left", "excluded")]
    assert [step["side"] for step in session.log["day"]["steps"]] == ["right"]


def test_the_builder_says_which_place_is_in_the_way(signed: Client, jon: Member, browse: Any, today: None) -> None:
    note(signed, ("left", "heel"), by=jon)
    plan = make_draft(signed, jon)
    page = browse(jon).get(reverse("routines:builder_edit", args=[plan.pk])).content.decode()
    assert "Left: has to be left out." in page
    assert "Not there: Heel (left)." in page
    assert "Only the right foot" in page
    add_step(first_phase(plan), zone="arch-sleep-s1", technique=None, catalog=current_catalog(), by=jon, at=LATER)
    reports = check_plan(fresh(plan), at=LATER).reports.values()
    assert sorted(report.is_allowed for report in reports) == [False, True]


# ---- Pictures


def assert_drawn_as_not_there(page: str, prefix: str) -> None:
    """The left foot of the map, and of no other, has a hole in it, and says so in words."""
    assert f'mask id="{prefix}-left-there"' in page
    assert f'mask id="{prefix}-right-there"' not in page
    assert "Big toe, left: not there" in page


@pytest.mark.parametrize("address", ["portal_today", "portal_plan"])
def test_the_clients_pictures_show_what_is_not_there(
    signed: Client, jon: Member, browse: Any, today: None, address: str
) -> None:
    plan = make_published_plan(signed, jon)
    note(signed, ("left", "big-toe"), by=jon)
    page = browse(signed).get(reverse(f"routines:{address}")).content.decode()
    prefix = f"map-{plan.pk.hex[:8]}" + ("-1" if address == "portal_plan" else "")
    assert_drawn_as_not_there(page, f"{prefix}-plantar")


def test_the_therapists_pictures_show_it(signed: Client, jon: Member, browse: Any, today: None) -> None:
    plan = make_published_plan(signed, jon)
    note(signed, ("left", "big-toe"), by=jon)
    browser: Browser = browse(jon)
    for address, prefix in (("plan_detail", "plan-map"), ("builder_edit", "builder-map")):
        page = browser.get(reverse(f"routines:{address}", args=[plan.pk])).content.decode()
        assert_drawn_as_not_there(page, f"{prefix}-plantar")


def test_the_run_through_shows_it_on_its_own_foot_only(signed: Client, jon: Member, browse: Any, today: None) -> None:
    plan = make_published_plan(signed, jon)
    note(signed, ("left", "big-toe"), by=jon)
    session = begin_session(fresh(plan), by=signed.user, at=LATER, comfort_before=5)
    answer_day(session, day_reply(session, at=LATER), by=signed.user, at=LATER)
    page = browse(signed).get(reverse("routines:session_run", args=[session.pk])).content.decode()
    assert 'mask id="run-map-1-there"' in page
    assert 'mask id="run-map-2-there"' not in page


def test_the_handout_shows_it(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    note(signed, ("left", "big-toe"), by=jon)
    sheet = handout_of(fresh(plan), at=LATER)
    drawing = paper_map(sheet.highlights, current_catalog(), fresh(plan).client)
    assert_drawn_as_not_there(drawing, "paper-plantar")


def test_re_checking_reads_no_more_for_more_clients(
    signed: Client, jon: Member, django_assert_num_queries: Any
) -> None:
    def marked(count: int) -> None:
        for number in range(count):
            other = make_client(signed.practice, f"c{count}{number}@example.org", f"C {number}")
            other.not_present = [{"side": "left", "region": "big-toe"}]
            other.save()
            make_published_plan(other, jon)
        Plan.objects.across_practices().update(recheck_since=LATER)

    marked(1)
    with CaptureQueriesContext(connection) as one:
        assert recheck_flagged(LATER) == 1
    marked(3)
    with django_assert_num_queries(len(one)):
        assert recheck_flagged(LATER) == 4


def test_the_picker_does_not_lead_to_a_place_that_is_on_neither_foot(
    signed: Client, jon: Member, browse: Any, today: None
) -> None:
    note(signed, ("left", "big-toe"), ("right", "big-toe"), by=jon)
    plan = make_draft(signed, jon)
    phase = first_phase(plan)
    page = browse(jon).get(reverse("routines:builder_pick", args=[plan.pk, phase.pk])).content.decode()
    assert '<option value="big-toe"' not in page
    assert "region=big-toe" not in page
    assert "region=second-toe" in page


def test_the_intake_offers_no_place_that_is_not_there(rules: None) -> None:
    body = ClientPlaces(body_places(), (BodySite("left", "toes"), BodySite("right", "big-toe")))
    rows = {row.place.slug: row for _heading, group in place_rows(body) for row in group}
    assert "big-toe" not in rows
    assert rows["little-toe"].sides == ("right",)
    assert rows["toes"].sides == ("right",)
    assert rows["whole-foot"].sides == ("left", "right")
    drawing = body.draw("where", [])
    assert 'data-region="little-toe" data-side="left"' not in drawing
    assert 'data-region="little-toe" data-side="right"' in drawing
    assert "Little toe, left: not there" in drawing
    assert "Little toe, right: not there" not in drawing


def test_a_place_marked_before_it_was_gone_can_still_be_unmarked(rules: None) -> None:
    body = ClientPlaces(body_places(), (BodySite("left", "big-toe"),))
    rows = {row.place.slug: row for _heading, group in place_rows(body, marked={"left:big-toe"}) for row in group}
    assert rows["big-toe"].sides == ("left", "right")
    assert 'data-region="big-toe" data-side="left"' in body.draw("where", [("left", "big-toe")])
