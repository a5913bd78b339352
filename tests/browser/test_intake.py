"""The intake on a phone in real Chromium: taps of a healthy adult, places on the foot map, a red flag, no script."""

import copy
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from clients.assessment.assess import assess
from clients.questionnaire.versions import load_screening
from clients.record.models import Intake, ScreeningRecord
from clients.roster.invitation import send_invitation
from clients.roster.models import Client
from practice.tenancy.models import Member
from tests.factories.intake import make_places, make_questionnaire, make_signed_intake, screening_document
from tests.stack import DEVICES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_TAPS = 25
#: Pages of questions, of which the second asks so many urgent ones, each on its own screen.
PAGES = 6
URGENT = sum(
    entry["group"] == "red_flags" and "intake" in entry["ask_at"] for entry in screening_document()["questions"]
)


#: A person's pauses, by assumption and not measured: for each tap, for reading a page, for a name or number typed.
TAP_SECONDS, PAGE_SECONDS, TYPED_SECONDS = 1, 3, 3


class Phone:
    """A person's thumb, counted."""

    def __init__(self, page: Any) -> None:
        self.page, self.taps, self.pages, self.typed, self.began = page, 0, 0, 0, time.monotonic()
        self.swipes = 0

    def type(self, selector: str, words: str) -> None:
        self.tap(selector)
        self.typed += 1
        self.page.keyboard.type(words)

    def tell(self, what: str, limit: str) -> None:
        """A figure to read, not a test: the machine's own seconds, and a person's pauses on top as stated above."""
        machine = time.monotonic() - self.began
        pauses = (self.taps + self.swipes) * TAP_SECONDS + self.pages * PAGE_SECONDS + self.typed * TYPED_SECONDS
        print(  # noqa: T201
            f"\n{what}: {self.taps} taps, {self.swipes} swipes, {self.pages} pages; {machine:.1f} s of the machine + "
            f"{pauses} s of pauses ({TAP_SECONDS} s a tap or swipe, {PAGE_SECONDS} s a page, {TYPED_SECONDS} s for "
            f"what is typed) = {machine + pauses:.0f} s; the goal is {limit}"
        )

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.page.locator(selector).first.tap()

    def tile(self, name: str, value: str) -> None:
        self.tap(f'label:has(input[name="{name}"][value="{value}"])')

    def saved(self, act: Callable[[], None]) -> None:
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            act()

    def next(self, address: str) -> None:
        self.tap(".intake-next")
        self.page.wait_for_url(f"**/intake/{address}/")
        self.pages += 1

    def no_urgent(self) -> None:
        """The large No of each urgent question; a tap on it is all."""
        for place in range(1, URGENT + 1):
            self.page.wait_for_url(f"**/intake/2/{place}/")
            self.tap(".answer-button.is-no")
            self.pages += 1
        self.page.wait_for_url("**/intake/3/")

    def none_and_next(self, number: int) -> None:
        """Past the whole list, then the one button behind it."""
        self.page.wait_for_timeout(300)
        if number == 3:
            self.saved(lambda: self.tile("a-pregnancy-status", "not_pregnant"))
        self.read_down()
        self.tap(".intake-none")
        self.page.wait_for_url(f"**/intake/{number + 1 if number < PAGES else 'review'}/")
        self.pages += 1

    def read_down(self) -> None:
        """Swipe to the end, so that each question has been on screen."""
        height = self.page.viewport_size["height"]
        self.page.wait_for_timeout(300)
        while not self.page.evaluate("innerHeight + scrollY >= document.body.scrollHeight - 2"):
            self.page.mouse.wheel(0, height * 0.6)
            self.page.wait_for_timeout(300)
            self.swipes += 1

    def about_me(self) -> None:
        self.saved(lambda: self.tile("a-consent-information", "yes"))
        self.type("#a-age-text", "41")
        self.saved(lambda: self.page.locator("#a-age-text").blur())
        self.next("2/1")


@pytest.fixture
def phone(chromium: Any, live_server: Any, settings: Any, noor: Client, jon: Member) -> Any:
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    make_places()
    make_questionnaire()
    _invitation, url = send_invitation(noor, by=jon, at=timezone.now())
    context = chromium.new_context(**DEVICES["phone"])
    context.set_default_timeout(10_000)
    person = Phone(context.new_page())
    person.page.goto(url)
    person.tap("main button[type=submit]")
    person.page.wait_for_url("**/intake/1/")
    yield person
    context.close()


def test_a_healthy_adult_is_through_in_few_taps_with_every_answer_explicit(phone: Phone) -> None:
    phone.about_me()
    phone.no_urgent()
    for number in range(3, PAGES + 1):
        phone.none_and_next(number)
    for box in ("health_data", "home_routine"):
        phone.tap(f"label:has(input[name={box}])")
    phone.tile("signed_as", "client")
    phone.type("input[name=signed_name]", "Noor Haddad")
    phone.tap("form.signing button[type=submit]")
    phone.page.wait_for_url("**/intake/done/")
    phone.pages += 1
    phone.tell("A healthy adult's intake", "25 taps and 90 s")
    assert phone.taps <= MOST_TAPS
    assert ScreeningRecord.objects.across_practices().get().overall == "CLEAR"
    assert Intake.objects.across_practices().get().answers["open-wound"]["value"] == []


def test_a_returning_client_confirms_and_answers_only_what_is_new(
    chromium: Any, live_server: Any, settings: Any, noor: Client, jon: Member, browse: Any
) -> None:
    """A new required question was published: she is marked incomplete until she has answered that one."""
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    make_places()
    make_questionnaire()
    make_signed_intake(noor, at=timezone.now())
    load_screening(with_new_question(), at=timezone.now())
    assert assess(noor, at=timezone.now()).screening.overall == "INCOMPLETE"
    context = chromium.new_context(**DEVICES["phone"])
    key = browse(noor).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    person = Phone(context.new_page())
    person.page.goto(f"{live_server.url}/me/intake/")
    person.tap("main form button")
    person.page.wait_for_url("**/intake/1/")
    assert person.page.locator("#a-age-text").input_value() == "41"
    person.saved(lambda: person.tile("a-consent-information", "yes"))
    person.next("2/1")
    person.no_urgent()  # urgent things and today are asked anew, all else is as it was
    person.read_down()
    person.tap(".intake-none")
    person.page.wait_for_url("**/intake/4/")
    person.pages += 1
    for number in range(4, PAGES + 1):
        if number == PAGES:
            asked = person.page.locator(".question:has-text('New since your last answers')")
            assert asked.count() == 1
            assert "tattoo" in asked.inner_text()
            person.saved(lambda: person.tile("a-fresh-tattoo", "no"))
        else:
            assert person.page.get_by_text("New since your last answers").count() == 0
        person.next(str(number + 1) if number < PAGES else "review")
    for box in ("health_data", "home_routine"):
        if not person.page.locator(f"input[name={box}]").is_checked():
            person.tap(f"label:has(input[name={box}])")
    person.tile("signed_as", "client")
    person.type("input[name=signed_name]", "Noor Haddad")
    person.tap("form.signing button[type=submit]")
    person.page.wait_for_url("**/intake/done/")
    person.pages += 1
    person.tell("A returning client with one new question", "25 taps and 90 s")
    assert person.taps <= MOST_TAPS
    assert assess(noor, at=timezone.now()).screening.overall == "CLEAR"
    context.close()


def with_new_question() -> Any:
    document = copy.deepcopy(screening_document())
    like = next(entry for entry in document["questions"] if entry["slug"] == "balance")
    new = {**copy.deepcopy(like), "slug": "fresh-tattoo", "question": "Have you a fresh tattoo on a foot?", "rules": []}
    return {**document, "questions": [*document["questions"], new]}


def test_a_place_is_marked_by_a_tap_on_the_drawing_and_in_the_list(phone: Phone) -> None:
    phone.about_me()
    phone.no_urgent()
    for number in range(3, 5):
        phone.none_and_next(number)
    phone.saved(lambda: phone.tile("a-open-wound", "marked"))
    heel = '.footmap-target[data-region="heel-centre"][data-side="left"]'
    phone.saved(lambda: phone.page.locator(heel).first.press("Enter"))
    box = 'input[name="a-open-wound-place"][value="left:heel-centre"]'
    assert phone.page.locator(box).is_checked()
    phone.page.locator("#ask-open-wound .place-list summary").tap()
    phone.saved(lambda: phone.tap('label:has(input[name="a-open-wound-place"][value="right:big-toe"])'))
    toe = '.footmap-target[data-region="big-toe"][data-side="right"]'
    assert phone.page.locator(toe).first.get_attribute("aria-checked") == "true"
    phone.page.reload()
    assert phone.page.locator(box).is_checked()


def test_a_red_flag_leads_at_once_to_what_to_do(phone: Phone) -> None:
    phone.about_me()
    phone.tap(".answer-button.is-yes")
    phone.page.wait_for_url("**/intake/stop/")
    assert phone.page.get_by_role("link", name="Call 112").is_visible()


def test_a_conditional_question_comes_and_goes_while_the_rest_stays(phone: Phone) -> None:
    phone.page.fill("#a-age-text", "15")
    phone.saved(lambda: phone.tile("a-consent-information", "yes"))
    phone.page.get_by_text("Has a parent or guardian agreed").wait_for()
    phone.page.fill("#a-age-text", "41")
    phone.saved(lambda: phone.page.locator("#a-age-text").blur())
    phone.page.get_by_text("Has a parent or guardian agreed").wait_for(state="detached")
    assert phone.page.locator('input[name="a-consent-information"][value="yes"]').is_checked()


def test_without_script_the_form_is_as_good(
    chromium: Any, live_server: Any, settings: Any, noor: Client, jon: Member
) -> None:
    settings.SITE_URL = live_server.url
    make_places()
    make_questionnaire()
    _invitation, url = send_invitation(noor, by=jon, at=timezone.now())
    context = chromium.new_context(java_script_enabled=False, **DEVICES["phone"])
    page = context.new_page()
    page.goto(url)
    page.locator("main button[type=submit]").tap()
    page.locator('label:has(input[name="a-consent-information"][value="yes"])').tap()
    page.fill("#a-age-text", "15")
    page.keyboard.press("Enter")
    page.locator("#ask-guardian-consent legend").wait_for()
    page.locator('label:has(input[name="a-guardian-consent"][value="yes"])').tap()
    page.locator(".intake-next").tap()
    for place in range(1, URGENT + 1):
        page.wait_for_url(f"**/intake/2/{place}/")
        page.get_by_role("button", name="No", exact=True).tap()
    page.wait_for_url("**/intake/3/")
    page.locator('label:has(input[name="a-pregnancy-status"][value="not_pregnant"])').tap()
    page.locator(".intake-none").tap()
    page.wait_for_url("**/intake/4/")
    context.close()


def test_the_urgent_questions_by_keyboard_on_a_very_small_phone(phone: Phone) -> None:
    """At 320 px and with text twice as large: each question is read whole, and Tab and Enter answer it."""
    page = phone.page
    page.set_viewport_size({"width": 320, "height": 568})
    phone.about_me()
    for place in range(1, URGENT + 1):
        page.wait_for_url(f"**/intake/2/{place}/")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".ask-count").inner_text().endswith(f"question {place} of {URGENT}")
        if place == 2:
            page.get_by_role("link", name="Back").press("Enter")
            page.wait_for_url("**/intake/2/1/")
            page.get_by_role("button", name="No (your answer)").press("Enter")
            page.wait_for_url("**/intake/2/2/")
        for _press in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('.answer-button.is-no')"):
                break
        page.keyboard.press("Enter")
    page.wait_for_url("**/intake/3/")


def test_none_of_these_goes_to_a_question_that_was_not_on_screen(phone: Phone) -> None:
    """Straight to the button at the end, as with the End key: it leads back instead of answering for her."""
    phone.about_me()
    phone.no_urgent()
    phone.saved(lambda: phone.tile("a-pregnancy-status", "not_pregnant"))
    page = phone.page
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(300)
    phone.tap(".intake-none")
    page.get_by_text("You have not seen this question yet.").wait_for()
    assert page.url.endswith("/intake/3/")
    assert page.locator(".ask.is-unseen").count() == 1
    assert not Intake.objects.across_practices().get().answers.get("varicose-veins")
    phone.read_down()
    phone.tap(".intake-none")
    page.wait_for_url("**/intake/4/")


def test_a_second_tap_in_the_same_place_answers_nothing_more(phone: Phone) -> None:
    phone.about_me()
    page = phone.page
    page.wait_for_timeout(500)  # the screen has settled
    box = page.locator(".answer-button.is-no").bounding_box()
    page.touchscreen.tap(box["x"] + 40, box["y"] + 20)
    page.wait_for_url("**/intake/2/2/", wait_until="commit")
    page.touchscreen.tap(box["x"] + 40, box["y"] + 20)
    page.wait_for_timeout(200)
    assert page.url.endswith("/intake/2/2/")
    assert "one-calf-symptoms" not in Intake.objects.across_practices().get().answers
