"""The one question that every channel asks, and that each of them asks it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from routines.plans.models import Plan
from routines.plans.publish import end_plan, suspend_plan
from routines.plans.visibility import visibility_of
from routines.sessions.log import SessionRefused, begin_session
from routines.sessions.models import RoutineSession
from tests.factories.builder import make_draft
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan

KIND = "Your routine is resting"


@pytest.fixture
def plan(noor, jon) -> Plan:
    return make_published_plan(noor, jon, "wind-down-sleep")


@pytest.fixture
def frozen_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def again(plan: Plan) -> Plan:
    return Plan.objects.across_practices().select_related("client__practice", "current_version").get(pk=plan.pk)


def test_a_running_plan_is_shown(plan) -> None:
    assert visibility_of(plan, at=NOON)


def test_a_draft_an_ended_and_a_suspended_plan_are_not(plan, noor, jon) -> None:
    assert not visibility_of(make_draft(noor, jon), at=NOON)
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    assert KIND in visibility_of(again(plan), at=NOON).reason
    end_plan(plan, by=jon, at=NOON)
    assert not visibility_of(again(plan), at=NOON)


def test_the_last_safe_day_is_included_on_the_clients_own_clock(plan) -> None:
    plan.safe_until = NOON.date()
    plan.client.time_zone = "Pacific/Auckland"
    assert visibility_of(plan, at=NOON - timedelta(hours=2))  # 16 March, 23:00 there
    assert not visibility_of(plan, at=NOON)  # 17 March there


def test_an_archived_client_sees_nothing(plan) -> None:
    plan.client.archived_at = NOON
    assert not visibility_of(plan, at=NOON)


@pytest.mark.usefixtures("frozen_noon")
def test_no_channel_shows_a_suspended_plan(plan, noor, jon, browse) -> None:
    step = plan.current_version.content.phases[0].steps[0]
    session = begin_session(plan, by=noor.user, at=NOON, comfort_before=5)
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    browser, staff = browse(noor), browse(jon)
    for page in ("portal_today", "portal_plan"):
        shown = browser.get(reverse(f"routines:{page}")).content.decode()
        assert KIND in shown
        assert step.how not in shown
    for address in ("handout_client", "calendar_file"):
        assert browser.get(reverse(f"routines:{address}", args=[plan.pk])).url == reverse("routines:portal_today")
    assert browser.get(reverse("routines:session_run", args=[session.pk])).url == reverse("routines:portal_today")
    assert staff.get(reverse("routines:handout_staff", args=[plan.pk])).url == reverse(
        "routines:plan_detail", args=[plan.pk]
    )
    browser.post(reverse("routines:session_end", args=[session.pk]), {"comfort": "5"})
    browser.post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": "5"})
    assert RoutineSession.objects.across_practices().count() == 1
    with pytest.raises(SessionRefused, match=KIND):
        begin_session(again(plan), by=noor.user, at=NOON, comfort_before=5)


@pytest.mark.usefixtures("frozen_noon")
def test_a_session_in_hand_can_be_logged_when_the_plan_was_taken_away(plan, noor, jon, browse) -> None:
    session = begin_session(plan, by=noor.user, at=NOON, comfort_before=5)
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    browse(noor).post(
        reverse("routines:session_end", args=[session.pk]),
        {"outcome": "stopped", "feeling": "fine", "note": "It felt odd."},
    )
    session = RoutineSession.objects.across_practices().get()
    assert (session.state, session.log["note"]) == ("stopped", "It felt odd.")
