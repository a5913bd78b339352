"""Parts of a plan that end with their rule, or wait to be opened."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.builder.edit import change_plan
from routines.notices.models import Notice
from routines.plans.models import Plan, PlanPhase
from routines.plans.publish import publish_plan
from routines.sessions.end import end_session
from routines.today.todays_plan import read_todays_plan
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan
from tests.factories.reading import html_of
from tests.sessions.days import DAY, SORE, TODAY, flare, fresh, notices, session_with

pytestmark = pytest.mark.usefixtures("clock")


def test_a_flare_plan_says_when_it_is_over_to_both(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    flare_plan = make_published_plan(noor, jon, "plantar-acute-flare")
    flare(flare_plan)
    assert "has eased" not in html_of(browse(noor).get(TODAY))
    still = session_with(flare_plan, NOON + DAY, heel_arch_pain=7, **SORE)
    assert still.state == "begun"
    assert "phase_over" not in notices()
    end_session(still, by=noor.user, at=NOON + DAY, feeling="fine", comfort_after=5)
    session_with(flare_plan, NOON + 2 * DAY, heel_arch_pain=3, **SORE)
    assert notices().count("phase_over") == 1
    with time_machine.travel(NOON + 2 * DAY, tick=False):
        assert "What this part is for has eased." in html_of(browse(noor).get(TODAY))
    told = Notice.objects.across_practices().get(kind="phase_over")
    assert "3 of 10" in [answer["answer"] for answer in told.content["answers"]]
    with time_machine.travel(NOON + 2 * DAY, tick=False):
        desk = browse(jon)
        page = html_of(desk.get(reverse("routines:attention_today")))
        offer = f"{reverse('routines:plan_new', args=[noor.pk])}?protocol=plantar-phased"
        assert f'href="{offer}"' in page
        assert 'value="plantar-phased" checked' in html_of(desk.get(offer))


def test_more_pressure_waits_for_the_word_that_the_last_days_were_fine(
    plan: Plan, noor: Client, browse: Any, clock: Any
) -> None:
    later = NOON + 14 * DAY
    clock.move_to(later)
    browser = browse(noor)
    page = html_of(browser.get(TODAY))
    assert "Have the last days felt fine?" in page
    assert {step.pressure for step in read_todays_plan(fresh(plan), at=later).day.steps} <= {"light", "none"}
    address = reverse("routines:portal_next_part", args=[plan.pk])
    assert "stay with this part" in html_of(browser.post(address, {"felt": "not_yet"}, follow=True))
    assert notices() == ["not_yet"]
    assert fresh(plan).opened == {}
    assert "The next part begins today" in html_of(browser.post(address, {"felt": "fine"}, follow=True))
    now = read_todays_plan(fresh(plan), at=later)
    assert now.released.phase is not None
    assert (now.released.phase.max_pressure, now.released.phase.from_day) == ("firm", 15)
    clock.move_to(later + 30 * DAY)
    browser = browse(noor)
    assert "Have the last days felt fine?" not in html_of(browser.get(TODAY))


def test_a_part_that_waits_for_the_therapist_is_opened_by_her_alone(
    noor: Client, jon: Member, browse: Any, clock: Any
) -> None:
    plan = make_published_plan(noor, jon, "plantar-phased")
    PlanPhase.objects.across_practices().filter(plan=plan, sequence=2).update(waits_for="therapist")
    plan = republished(plan, jon)
    later = NOON + 14 * DAY
    clock.move_to(later)
    browser = browse(noor)
    assert "Your therapist looks at how you are" in html_of(browser.get(TODAY))
    browser.get(TODAY)
    assert notices() == ["part_waits"]
    browser.post(reverse("routines:portal_next_part", args=[plan.pk]), {"felt": "fine"})
    assert fresh(plan).opened == {}
    part = plan.current_version.content.phases[1].id  # type: ignore[union-attr]
    staff = browse(jon)
    assert "waits to begin" in html_of(staff.get(reverse("routines:plan_detail", args=[plan.pk])))
    staff.post(reverse("routines:plan_open_part", args=[plan.pk]), {"part": part})
    assert fresh(plan).opened == {part: later.date().isoformat()}


def republished(plan: Plan, by: Member) -> Plan:
    change_plan(plan, by=by, at=NOON, note_to_client="Slowly.")
    publish_plan(fresh(plan), by=by, at=NOON)
    return fresh(plan)


def test_an_answer_about_a_part_that_does_not_wait_claims_nothing(plan: Plan, noor: Client, browse: Any) -> None:
    address = reverse("routines:portal_next_part", args=[plan.pk])
    for felt in ("fine", "not_yet", "?"):
        page = html_of(browse(noor).post(address, {"felt": felt}, follow=True))
        assert "No part of your routine waits for an answer now." in page
    assert notices() == []
