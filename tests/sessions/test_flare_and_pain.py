"""A wound with diabetes, an acute flare, pain that rose: every channel, the therapist's page and her mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from icalendar import Calendar

from clients.letters.letters import record_clearance
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.calendar.icalendar import calendar_file
from routines.catalog.versions import current_catalog
from routines.handout.handout import handout_of
from routines.plans.models import Plan
from routines.portal.today import todays_plans
from routines.sessions.day_check import answer_check
from routines.sessions.day_log import day_of_session
from routines.sessions.end import end_session
from routines.sessions.models import RoutineSession
from routines.today.todays_plan import read_todays_plan
from tests.factories.day import check_reply, say
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan, make_starter
from tests.factories.reading import html_of
from tests.sessions.days import DAY, SORE, TODAY, alerts, flare, fresh, notices, session_with

pytestmark = pytest.mark.usefixtures("clock")


def test_a_wound_with_diabetes_ends_the_day_and_reaches_the_therapist(
    noor: Client, jon: Member, browse: Any, clock: Any
) -> None:
    """Her letter allows gentle work, and does not reach this: left heel open, and nothing of any foot is shown."""
    noor.therapist = jon
    noor.save()
    make_starter()
    make_signed_intake(noor, at=NOON, diabetes="no_foot_problem")
    record_clearance(noor, rules=["diabetes"], issued_on=NOON.date(), valid_until=None, issued_by="GP", by=jon, at=NOON)
    plan = make_published_plan(noor, jon, "wind-down-sleep")
    clock.shift(timedelta(hours=1))
    before, browser = len(alerts()), browse(noor)
    run = browser.post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": "5"}).url
    wound = {"a-open-wound": "marked", "a-open-wound-place": "left:heel"}
    page = html_of(browser.get(say(browser, run, open_wound=wound).url))
    assert "Please get medical advice today" in page
    assert "data-run" not in html_of(browser.get(run, follow=True))
    assert fresh(plan).state == "suspended"
    assert "Begin" not in html_of(browser.get(TODAY))
    assert alerts()[before:] == [jon.user.email]
    desk = html_of(browse(jon).get(reverse("routines:attention_today")))
    assert desk.index("Medical care first") < desk.index(noor.name)


def test_a_flare_changes_every_channel_and_offers_the_cold_pack(plan: Plan, noor: Client, browse: Any) -> None:
    session = flare(plan)
    assert session.state == "begun"
    today = read_todays_plan(fresh(plan), at=NOON)
    left = {step.technique for step in today.day.steps if "left" in step.sides}
    assert left == {"ball-hold", "sustained-trigger-hold", "cold-application"}
    (cold,) = today.added
    assert (cold.side, cold.tool, cold.seconds) == ("left", "cold-pack", 600)
    played = day_of_session(RoutineSession.objects.across_practices().get(pk=session.pk), current_catalog()).steps
    assert [(step.id, step.side) for step in played] == [(step.id, step.side) for step in today.day.steps]
    browser = browse(noor)
    for page in (TODAY, reverse("routines:portal_plan")):
        shown = html_of(browser.get(page))
        assert "Changed by your answers" in shown
        assert cold.technique_name in shown
    assert cold.technique_name in html_of(browser.get(reverse("routines:session_run", args=[session.pk])))
    sheet = handout_of(fresh(plan), at=NOON)
    assert sheet.is_changed
    assert sheet.phase.steps == today.day.steps
    first = Calendar.from_ical(calendar_file(fresh(plan), at=NOON)).walk("VEVENT")[0]
    assert first["duration"].dt == timedelta(minutes=-(-today.day.seconds // 60))


def test_the_therapist_is_told_of_a_flare_once_on_her_page_and_by_mail(
    plan: Plan, noor: Client, jon: Member, browse: Any
) -> None:
    session_with(plan, heel_arch_pain=0)
    end_session(RoutineSession.objects.across_practices().get(), by=noor.user, at=NOON, feeling="fine", comfort_after=6)
    assert not alerts()
    flare(plan, NOON + DAY)
    assert sorted(notices()) == ["pain_rose", "reduced"]
    assert alerts() == [jon.user.email]
    page = html_of(browse(jon).get(reverse("routines:attention_today")))
    assert noor.name in page
    assert fresh(plan).state == "published"


def test_no_cold_for_who_must_not_have_it(noor: Client, jon: Member) -> None:
    make_starter()
    make_signed_intake(noor, at=NOON, cold_reaction="yes")
    plan = make_published_plan(noor, jon, "four-area-sampler")
    assert flare(fresh(plan)).state == "begun"
    assert read_todays_plan(fresh(plan), at=NOON).added == ()


def test_a_wound_that_leaves_nothing_to_do_is_asked_about_again_the_next_day(plan: Plan, noor: Client) -> None:
    everywhere = [{"side": "both", "region": "foot-and-lower-leg"}]
    assert session_with(plan, open_wound=everywhere).state == "blocked"
    assert read_todays_plan(fresh(plan), at=NOON + DAY).rests
    assert session_with(plan, NOON + DAY, open_wound=[]).state == "begun"


def test_pain_that_rose_by_two_pauses_until_it_has_eased(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    first = session_with(plan, heel_arch_pain=1, **SORE)
    end_session(first, by=noor.user, at=NOON, feeling="fine", comfort_after=6)
    blocked = session_with(plan, NOON + DAY, heel_arch_pain=3, **SORE)
    assert blocked.state == "blocked"
    assert "last time it was 1" in blocked.log["day"]["messages"][0]
    held = fresh(plan)
    assert (held.state, held.hold) == ("suspended", {"on": "2026-03-17", "question": "heel-arch-pain", "below": 3})
    assert notices() == ["pain_rose"]
    assert alerts() == [jon.user.email]
    for at, pain, state in (
        (NOON + DAY, 1, "suspended"),
        (NOON + 2 * DAY, 3, "suspended"),
        (NOON + 3 * DAY, 2, "published"),
    ):
        reply = check_reply(fresh(plan), at=at, heel_arch_pain=pain, **SORE)
        answer_check(fresh(plan), reply, by=noor.user, at=at)
        assert fresh(plan).state == state, (at, pain)


def test_a_rise_of_one_and_an_old_pain_pause_nothing(plan: Plan, noor: Client) -> None:
    first = session_with(plan, heel_arch_pain=1, **SORE)
    end_session(first, by=noor.user, at=NOON, feeling="fine", comfort_after=6)
    second = session_with(plan, NOON + DAY, heel_arch_pain=2, **SORE)
    assert second.state == "begun"
    end_session(second, by=noor.user, at=NOON + DAY, feeling="fine", comfort_after=6)
    assert session_with(plan, NOON + 9 * DAY, heel_arch_pain=5, **SORE).state == "begun"


def test_a_sheet_printed_before_the_first_day_shows_what_may_be_done_then(noor_of_jon: Client, jon: Member) -> None:
    now = make_published_plan(noor_of_jon, jon, "plantar-phased")
    later = make_published_plan(noor_of_jon, jon, "plantar-phased", starts_on=(NOON + 5 * DAY).date())
    flare(now)
    sheet = handout_of(fresh(later), at=NOON)
    assert sheet.is_changed
    assert "cold-application" in {step.technique for step in sheet.phase.steps}
    assert not {step.technique for step in sheet.phase.steps if "left" in step.sides} & {"firm-circular-thumb"}


def test_no_part_of_the_plan_prescribes_what_today_forbids(plan: Plan, noor: Client) -> None:
    def heel_sides() -> set[str]:
        (shown,) = todays_plans(noor.user, at=NOON)
        steps = [step for part in shown.phases for step in part.phase.steps]
        return {side for step in steps if step.technique == "firm-circular-thumb" for side in step.sides}

    assert heel_sides() == {"left", "right"}
    flare(plan)
    assert heel_sides() == {"right"}
