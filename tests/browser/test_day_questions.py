"""The questions before a session on a phone in real Chromium: one tap when nothing changed, and a STOP that helps."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from routines.sessions.log import begin_session
from routines.sessions.models import RoutineSession
from tests.make import make_client, make_member, make_practice
from tests.make_plan import make_published_plan
from tests.stack import DEVICES

pytestmark = pytest.mark.browser
#: A person who knows the list looks through it and taps; by assumption, not measured.
LOOK_SECONDS, TAP_SECONDS = 15, 1


@pytest.fixture
def session(transactional_db: None) -> RoutineSession:
    practice = make_practice()
    noor, jon = make_client(practice), make_member(practice, "therapist", "jon@example.org", "Jon Reyes")
    noor.therapist = jon
    noor.save()
    plan = make_published_plan(noor, jon, "wind-down-sleep", at=timezone.now())
    return begin_session(plan, by=noor.user, at=timezone.now(), comfort_before=5)


@pytest.fixture
def page(session: RoutineSession, browse: Any, live_server: Any, chromium: Any) -> Iterator[Page]:
    key = browse(session.plan.client).cookies["sessionid"].value
    context = chromium.new_context(base_url=live_server.url, **DEVICES["phone"])
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    faults: list[str] = []
    context.on("weberror", lambda fault: faults.append(str(fault.error)))
    page = context.new_page()
    page.goto(reverse("routines:session_before", args=[session.pk]))
    yield page
    assert faults == []
    context.close()


def stored(session: RoutineSession) -> RoutineSession:
    return RoutineSession.objects.across_practices().get(pk=session.pk)


def test_one_tap_when_nothing_has_changed(page: Page, session: RoutineSession) -> None:
    button = page.get_by_role("button", name="Nothing is different")
    expect(button).to_be_in_viewport()  # on the first screen, however long the list
    began = time.monotonic()
    button.tap()
    page.wait_for_url(f"**{reverse('routines:session_run', args=[session.pk])}")
    machine, pauses = time.monotonic() - began, LOOK_SECONDS + TAP_SECONDS
    print(  # noqa: T201
        f"\nThe day's questions, nothing changed: 1 tap; {machine:.1f} s of the machine + {pauses} s of pauses "
        f"({LOOK_SECONDS} s for looking through, {TAP_SECONDS} s a tap) = {machine + pauses:.0f} s; the goal is 30 s"
    )
    assert stored(session).log["day"]["overall"] == "CLEAR"
    expect(page.locator("[data-run]:visible")).to_have_count(1)


def test_what_is_different_is_ticked_then_asked_alone(page: Page, session: RoutineSession) -> None:
    page.get_by_role("checkbox", name="unusually exhausted").check()
    page.get_by_role("button", name="Tell what is different").tap()
    expect(page.locator("fieldset.question")).to_have_count(1)
    page.get_by_role("group", name="unusually exhausted").get_by_text("Yes", exact=True).tap()
    page.get_by_role("button", name="Go on").tap()
    page.wait_for_url(f"**{reverse('routines:session_run', args=[session.pk])}")
    assert stored(session).log["day_answers"]["exhausted-today"] == "yes"


def test_a_stop_says_what_to_do_and_today_says_what_comes_next(page: Page, session: RoutineSession) -> None:
    page.get_by_role("checkbox", name="chest pain").check()
    page.get_by_role("button", name="Tell what is different").tap()
    page.get_by_role("group", name="chest pain").get_by_text("Yes", exact=True).tap()
    page.get_by_role("button", name="Go on").tap()
    expect(page.get_by_role("heading", name="Please stop and get help now")).to_be_visible()
    number = session.plan.client.practice.emergency_number
    expect(page.get_by_role("link", name=f"Call {number}")).to_be_in_viewport()
    page.get_by_role("link", name="Back to today").tap()
    expect(page.get_by_role("heading", name="What happens next")).to_be_visible()
    page.get_by_role("link", name="Read the advice again").tap()
    expect(page.get_by_role("link", name=f"Call {number}")).to_be_visible()
    page.goto(reverse("routines:portal_today"))
    page.get_by_role("link", name="Go through my answers").tap()
    expect(page.get_by_role("heading", name="Your health answers")).to_be_visible()


def test_not_today_leaves_without_answers(page: Page, session: RoutineSession) -> None:
    page.get_by_role("button", name="Not today").tap()
    expect(page.get_by_text("Not today, then")).to_be_visible()
    assert stored(session).state == "skipped"
