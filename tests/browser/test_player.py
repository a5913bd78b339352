"""The run-through in a real browser: timers, keys, going on after a reload, and nothing about health left behind."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from routines.sessions.day_answers import answer_day
from routines.sessions.log import begin_session
from routines.sessions.models import RoutineSession
from tests.factories.day import day_reply
from tests.factories.people import make_client, make_member, make_practice
from tests.factories.plans import make_published_plan

pytestmark = pytest.mark.browser


@pytest.fixture
def session(transactional_db) -> RoutineSession:
    practice = make_practice()
    noor, jon = make_client(practice), make_member(practice, "therapist", "jon@example.org", "Jon Reyes")
    plan = make_published_plan(noor, jon, "wind-down-sleep", at=timezone.now())
    begun = begin_session(plan, by=noor.user, at=timezone.now(), comfort_before=5)
    return answer_day(begun, day_reply(begun, at=timezone.now()), by=noor.user, at=timezone.now())


@pytest.fixture
def page(session, browse, live_server, chromium):
    key = browse(session.plan.client).cookies["sessionid"].value
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.clock.install(time=timezone.now())
    page.goto(live_server.url + reverse("routines:session_run", args=[session.pk]))
    yield page
    assert faults == []
    context.close()


def stored(page) -> dict:
    return json.loads(page.evaluate("sessionStorage[Object.keys(sessionStorage).find(key => key.startsWith('run:'))]"))


def seen(page, selector: str) -> str:
    return page.locator(f"{selector}:visible").inner_text()


def test_a_timer_runs_pauses_survives_a_reload_and_announces_its_end(page) -> None:
    assert seen(page, "[data-timer]") == "0:45"
    assert page.locator("[data-toggle]:visible").bounding_box()["y"] < 844 - 56, "the button is on the first screen"
    page.locator("[data-toggle]:visible").click()
    page.clock.run_for(5_000)
    assert (seen(page, "[data-timer]"), seen(page, "[data-toggle]")) == ("0:40", "Pause")
    page.reload()
    page.clock.run_for(2_000)
    assert (seen(page, "[data-timer]"), seen(page, "[data-toggle]")) == ("0:38", "Pause")
    page.locator("[data-toggle]:visible").click()
    page.clock.run_for(60_000)
    assert (seen(page, "[data-timer]"), seen(page, "[data-toggle]")) == ("0:38", "Go on")
    page.locator("[data-toggle]:visible").click()
    page.clock.run_for(39_000)
    assert (seen(page, "[data-timer]"), seen(page, "[data-toggle]")) == ("0:00", "Next")
    assert page.locator("[data-say]").inner_text() == "Time is up. Next: Right foot, Heel"
    assert set(stored(page)) == {"at", "left", "endsAt", "byItself"}
    assert "Heel" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_keys_alone_are_enough(page) -> None:
    page.keyboard.press("Space")
    page.clock.run_for(3_000)
    assert seen(page, "[data-timer]") == "0:42"
    page.keyboard.press("ArrowRight")
    assert "Right foot" in seen(page, ".run-side")
    page.keyboard.press("ArrowLeft")
    assert (seen(page, "[data-timer]"), seen(page, "[data-toggle]")) == ("0:42", "Go on")


def test_hands_free_goes_from_left_to_right_to_the_end(page, session) -> None:
    page.locator("[data-by-itself]:visible").check()
    page.locator("[data-toggle]:visible").click()
    for _run in range(6):
        page.clock.run_for(46_000)
        page.clock.run_for(4_500)
    assert page.locator("[data-finish]").is_visible()
    assert page.locator("input[name=steps]:checked").count() == 3
    page.locator("[data-finish] .feeling.is-fine").click()
    page.locator("[data-finish] .scale-stop", has_text="8").click()
    page.locator("[data-finish] button[type=submit]").click()
    page.wait_for_url("**/me/")
    assert RoutineSession.objects.across_practices().get().log["comfort_after"] == 8


def test_what_was_skipped_is_not_ticked(page) -> None:
    page.keyboard.press("Space")
    page.clock.run_for(2_000)
    for _run in range(6):
        page.keyboard.press("ArrowRight")
    assert [box.is_checked() for box in page.locator("input[name=steps]").all()] == [True, False, False]
