"""The pages of the form as a client meets them, by the link of an invitation."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.intake_sections import sections_of
from clients.invitation import SESSION_KEY, send_invitation
from clients.models import Client, Intake, ScreeningRecord
from clients.questionnaire_store import current_questionnaire
from practice.models import Member
from tests.make_intake import make_catalog, make_questionnaire

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(db: None) -> None:
    make_catalog()
    make_questionnaire()


@pytest.fixture
def link(rules: None, noor: Client, jon: Member) -> Browser:
    """A browser that has pressed "begin" on Noor's invitation."""
    from django.utils import timezone

    _invitation, url = send_invitation(noor, by=jon, at=timezone.now())
    browser = Browser()
    browser.post(url, follow=True)
    assert browser.session[SESSION_KEY]
    return browser


def only_intake() -> Intake:
    return Intake.objects.across_practices().get()


def section_number(group: str) -> int:
    _version, questionnaire = current_questionnaire()
    return next(section.number for section in sections_of(questionnaire) if group in section.groups)


def page(number: int) -> str:
    return reverse("clients:intake_section", args=[number])


def fields_of(response: Any) -> dict[str, list[str]]:
    """What a browser would send back from the form: its ticked and filled fields."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, list[str]] = {}

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag != "input" or not given.get("name"):
                return
            if given.get("type") in ("radio", "checkbox") and "checked" not in given:
                return
            self.found.setdefault(given["name"], []).append(given.get("value") or "")

    parser = Fields()
    parser.feed(response.content.decode())
    return parser.found


def press(browser: Browser, number: int, action: str, shown: Any = None, htmx: bool = False, **fields: Any) -> Any:
    sent = fields_of(shown) if shown is not None else {}
    sent.update({name.replace("_", "-") if name.startswith("a_") else name: value for name, value in fields.items()})
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(page(number), {**sent, "action": action}, headers=headers)


def walk(browser: Browser, *, until: int = 99) -> None:
    """A healthy adult: two fields, then "none of these" and "next" on each page."""
    press(browser, 1, "next", browser.get(page(1)), **{"a-consent-information": "yes", "a-age-text": "41"})
    for number in range(2, min(until, 9)):
        shown = press(browser, number, "none", browser.get(page(number)))
        more = {"a-pregnancy-status": "not_applicable"} if number == section_number("pregnancy") else {}
        response = press(browser, number, "next", shown, **more)
        assert response.status_code == 302, response.content.decode()[:3000]


def test_walk(link: Browser) -> None:
    walk(link)
    response = link.get(reverse("clients:intake_review"))
    assert response.status_code == 200
    response = link.post(reverse("clients:intake_review"), {**fields_of(response), "health_data": "on", "home_routine": "on", "signed_name": "Noor Haddad"})
    assert response.status_code == 302, response.content.decode()
    done = link.get(response["Location"])
    print(done.content.decode()[-3000:])
    assert ScreeningRecord.objects.across_practices().get().overall == "CLEAR"
