"""The plan builder in real Chromium: a search that is answered late, and a blocked step swapped with one click."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from practice.tenancy.models import Member
from routines.plans.models import Plan
from tests.make import make_client, make_member, make_practice
from tests.make_builder import first_step, make_draft
from tests.make_intake import make_signed_intake
from tests.make_plan import make_starter
from tests.stack import DEVICES

pytestmark = pytest.mark.browser


@pytest.fixture
def jon(transactional_db: None) -> Member:
    make_starter()
    return make_member(make_practice(), "therapist", "jon@example.org", "Jon Reyes")


@pytest.fixture
def plan(jon: Member) -> Plan:
    noor = make_client(jon.practice)
    make_signed_intake(noor, at=timezone.now(), open_wound=[{"side": "left", "region": "heel"}])
    return make_draft(noor, jon, at=timezone.now())


@pytest.fixture
def page(plan: Plan, jon: Member, browse: Any, live_server: Any, chromium: Any) -> Iterator[Page]:
    context = chromium.new_context(base_url=live_server.url, **DEVICES["desktop"])
    context.set_default_timeout(15_000)
    context.add_cookies(
        [{"name": "sessionid", "value": browse(jon).cookies["sessionid"].value, "url": live_server.url}]
    )
    context.add_init_script(
        "window.faults = []; for (const name of ['htmx:oobErrorNoTarget', 'htmx:targetError', 'htmx:swapError'])"
        " document.addEventListener(name, () => faults.push(name), true);"
    )
    page = context.new_page()
    page.goto(reverse("routines:builder_edit", args=[plan.pk]))
    yield page
    assert page.evaluate("window.faults") == []
    context.close()


def test_add_is_not_lost_to_a_search_that_is_answered_late(page: Page) -> None:
    steps = page.locator(".step-row")
    before = steps.count()
    page.get_by_role("link", name="Add a step").first.click()
    add = page.locator('.offer:has(input[name="zone"][value="arch-sleep-s1"])').get_by_role("button")
    add.wait_for()
    asked, held = threading.Event(), []
    page.route(re.compile(r"/pick/\?.*q=arch"), lambda route: (held.append(route), asked.set()))
    with page.expect_request(re.compile(r"/pick/\?.*q=arch")):
        page.get_by_role("searchbox", name="Search zones").fill("arch")
    page.wait_for_function("() => true")
    assert asked.is_set()
    add.click()
    expect(steps).to_have_count(before + 1)
    expect(page.get_by_role("searchbox", name="Search zones")).to_be_visible()
    assert len(held) == 1


def test_a_blocked_step_is_swapped_with_one_click_and_screened_again(page: Page, plan: Plan) -> None:
    blocked = page.locator(".step-row:has(.step-trouble)")
    expect(blocked).to_have_count(1)
    offers = blocked.locator(".swap")
    expect(offers.first).to_contain_text("Right")
    offers.first.click()
    expect(blocked).to_have_count(0)
    assert first_step(plan).side == "right"
