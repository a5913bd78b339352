"""The check before a session in real Chromium: on a small phone, by keyboard, with and without script."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from clients.record.models import DayAnswers
from routines.sessions.log import begin_session
from routines.sessions.models import RoutineSession
from tests.factories.people import make_client, make_member, make_practice
from tests.factories.plans import make_published_plan

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 320, "height": 568}, "is_mobile": True, "has_touch": True}
#: A person who knows the tiles looks through them and taps; by assumption, not measured.
LOOK_SECONDS, TAP_SECONDS = 8, 1
TOUCH = 44


@pytest.fixture
def session(transactional_db: None) -> RoutineSession:
    practice = make_practice()
    noor, jon = make_client(practice), make_member(practice, "therapist", "jon@example.org", "Jon Reyes")
    noor.therapist = jon
    noor.save()
    plan = make_published_plan(noor, jon, "wind-down-sleep", at=timezone.now())
    return begin_session(plan, by=noor.user, at=timezone.now(), comfort_before=5)


@pytest.fixture
def open_check(session: RoutineSession, browse: Any, live_server: Any, chromium: Any) -> Iterator[Callable[..., Page]]:
    """Opens the check; without `whole` the list was gone through today."""
    key = browse(session.plan.client).cookies["sessionid"].value
    contexts, faults = [], []

    def open_one(*, whole: bool = False, **device: Any) -> Page:
        if not whole:
            gone_through(session)
        context = chromium.new_context(base_url=live_server.url, **{**SMALL, **device})
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        context.on("weberror", lambda fault: faults.append(str(fault.error)))
        contexts.append(context)
        page = context.new_page()
        page.goto(reverse("routines:session_before", args=[session.pk]))
        return page

    yield open_one
    assert faults == []
    for context in contexts:
        context.close()


def gone_through(session: RoutineSession, **answers: Any) -> None:
    now, day = timezone.now(), timezone.localdate()
    kept = {slug.replace("_", "-"): {"value": value, "on": day.isoformat()} for slug, value in answers.items()}
    row = {"answers": kept, "given_at": now, "whole_list_on": day}
    DayAnswers.objects.across_practices().update_or_create(client=session.plan.client, defaults=row)


def stored(session: RoutineSession) -> RoutineSession:
    return RoutineSession.objects.across_practices().get(pk=session.pk)


def no_pain(page: Page) -> None:
    page.get_by_role("group", name="Worst pain").get_by_role("radio", name="0", exact=True).tap(force=True)


def begun(page: Page, session: RoutineSession) -> None:
    page.wait_for_url(f"**{reverse('routines:session_run', args=[session.pk])}")


def test_two_taps_when_nothing_has_changed(open_check: Callable[..., Page], session: RoutineSession) -> None:
    page = open_check()
    button = page.get_by_role("button", name="All as before")
    expect(button).to_be_disabled()  # the last tile was not on the screen yet
    began = time.monotonic()
    page.get_by_role("heading", name="Pain now").scroll_into_view_if_needed()
    expect(button).to_be_enabled()
    no_pain(page)
    button.tap()
    begun(page, session)
    machine, pauses = time.monotonic() - began, LOOK_SECONDS + 2 * TAP_SECONDS
    print(  # noqa: T201
        f"\nThe day's check, nothing changed: 2 taps; {machine:.1f} s of the machine + {pauses} s of pauses "
        f"({LOOK_SECONDS} s for looking through, {TAP_SECONDS} s a tap) = {machine + pauses:.0f} s; the goal is 30 s"
    )
    assert stored(session).log["day"]["overall"] == "CLEAR"
    expect(page.locator("[data-run]:visible")).to_have_count(1)


def test_the_tiles_on_a_small_phone(open_check: Callable[..., Page], session: RoutineSession) -> None:
    page = open_check()
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL["viewport"]["width"]
    for tile in page.locator("[data-tile]").all()[:-1]:
        box = tile.bounding_box()
        assert box
        assert box["height"] >= TOUCH
        hint = tile.locator(".day-hint")
        hint.scroll_into_view_if_needed()
        hint.tap(force=True)  # anywhere on the tile
        expect(tile.get_by_role("checkbox").first).to_be_checked()
        expect(tile.locator("fieldset.question").first).to_be_visible()
        tile.locator(".day-head label").tap()
        expect(tile.locator("fieldset.question").first).to_be_hidden()
    for target in page.locator(".scale-stop, .intake-next").all():
        box = target.bounding_box()
        assert box
        assert min(box["height"], box["width"]) >= TOUCH
    page.get_by_role("checkbox", name="Ill, hurt").check()
    page.get_by_role("group", name="far more tired").get_by_text("Yes", exact=True).tap()
    page.locator("#tile-state").get_by_text("All else here is as before").tap()
    no_pain(page)
    page.get_by_role("button", name="Go on").tap()
    begun(page, session)
    assert stored(session).log["day_answers"]["exhausted-today"] == "yes"


def test_pain_asks_which_foot_at_once(open_check: Callable[..., Page], session: RoutineSession) -> None:
    page = open_check()
    page.get_by_role("group", name="Worst pain").get_by_role("radio", name="1", exact=True).tap(force=True)
    page.get_by_role("group", name="Which foot hurts").get_by_text("Left", exact=True).tap()
    page.get_by_role("group", name="How has this pain").get_by_text("New, or improving").tap()
    page.get_by_role("group", name="health professional").get_by_text("Yes", exact=True).tap()
    page.get_by_role("button", name="All as before").tap()
    begun(page, session)
    assert stored(session).log["day_answers"]["heel-pain-side"] == "left"


def test_by_keyboard_alone(open_check: Callable[..., Page], session: RoutineSession) -> None:
    page = open_check(is_mobile=False, has_touch=False)
    leg = page.get_by_role("checkbox", name="Leg or calf")
    for _press in range(12):
        page.keyboard.press("Tab")
        if leg.evaluate("box => box === document.activeElement"):
            break
    expect(leg).to_be_focused()
    expect(leg).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Space")
    expect(leg).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("group", name="In the past 4 weeks").get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Space")  # the first answer: no
    rest = page.locator("#tile-leg").get_by_role("checkbox", name="All else here is as before")
    for _press in range(8):
        page.keyboard.press("Tab")
        if rest.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Space")
    page.get_by_role("group", name="Worst pain").get_by_role("radio", name="0", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    page.keyboard.press("Enter")
    begun(page, session)
    assert stored(session).log["day_answers"]["one-calf-symptoms"] == "none"


def test_without_script(open_check: Callable[..., Page], session: RoutineSession) -> None:
    page = open_check(java_script_enabled=False)
    page.locator("#tile-skin .day-head label").tap()
    page.get_by_role("group", name="Is any skin open").get_by_text("Yes, mark where").tap()
    page.locator("#tile-skin").get_by_text("All else here is as before").tap()
    no_pain(page)
    page.get_by_role("button", name="Go on").tap()
    page.get_by_text("List of places").tap()
    page.get_by_role("group", name="Heel", exact=True).get_by_text("Left").tap()
    page.get_by_role("button", name="Go on").tap()
    begun(page, session)
    assert stored(session).log["day_answers"]["open-wound"] == [{"side": "left", "region": "heel"}]


def test_a_stop_says_what_to_do_and_today_says_what_comes_next(
    open_check: Callable[..., Page], session: RoutineSession
) -> None:
    page = open_check()
    page.get_by_role("checkbox", name="Chest").check()
    page.get_by_role("group", name="chest pain").get_by_text("Yes", exact=True).tap()
    page.locator("#tile-chest-face").get_by_text("All else here is as before").tap()
    no_pain(page)
    page.get_by_role("button", name="Go on").tap()
    expect(page.get_by_role("heading", name="Please stop and get help now")).to_be_visible()
    number = session.plan.client.practice.emergency_number
    expect(page.get_by_role("link", name=f"Call {number}")).to_be_visible()
    page.get_by_role("link", name="Back to today").tap()
    expect(page.get_by_role("heading", name="What happens next")).to_be_visible()
    page.get_by_role("link", name="Read the advice again").tap()
    expect(page.get_by_role("link", name=f"Call {number}")).to_be_visible()
    page.goto(reverse("routines:portal_today"))
    page.get_by_role("link", name="Go through my answers").tap()
    expect(page.get_by_role("heading", name="Your health answers")).to_be_visible()


def test_the_whole_list_and_not_today(open_check: Callable[..., Page], session: RoutineSession) -> None:
    page = open_check(whole=True)
    expect(page.locator("fieldset.question:visible")).to_have_count(page.locator("fieldset.question").count())
    page.get_by_role("button", name="Not today").tap()
    expect(page.get_by_text("Not today, then")).to_be_visible()
    assert stored(session).state == "skipped"
