"""What a person does on the pages of the form, through the test browser."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.intake.sections import sections_of
from clients.questionnaire.versions import current_questionnaire
from clients.record.models import Intake
from clients.roster.invitation import SESSION_KEY, send_invitation
from clients.roster.models import Client
from practice.tenancy.models import Member

REVIEW = "/intake/review/"


def begin(client: Client, by: Member) -> Browser:
    _invitation, url = send_invitation(client, by=by, at=timezone.now())
    browser = Browser()
    browser.post(url, follow=True)
    assert browser.session[SESSION_KEY]
    return browser


def only_intake() -> Intake:
    return Intake.objects.across_practices().get()


def stored(slug: str) -> Any:
    return (only_intake().answers.get(slug) or {}).get("value")


def number_of(group: str) -> int:
    _version, questionnaire = current_questionnaire()
    return next(section.number for section in sections_of(questionnaire) if group in section.groups)


def page(number: int) -> str:
    return reverse("clients:intake_section", args=[number])


class Fields(HTMLParser):
    """What a browser would send back from the form: its ticked and filled fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag != "input" or not given.get("name"):
            return
        if given.get("type") in ("radio", "checkbox") and "checked" not in given:
            return
        self.found.setdefault(str(given["name"]), []).append(given.get("value") or "")


def fields_of(response: Any) -> dict[str, list[str]]:
    return Fields(response.content.decode()).found


def press(browser: Browser, number: int, action: str, shown: Any = None, *, htmx: bool = False, **fields: Any) -> Any:
    """Send the section as it stands in `shown` (by default as the page is now), with some fields changed."""
    sent = fields_of(shown if shown is not None else browser.get(page(number)))
    sent.update(fields)
    return browser.post(page(number), {**sent, "action": action}, headers={"HX-Request": "true"} if htmx else {})


def walk(browser: Browser, *, until: int = 8, pregnancy: str = "not_applicable") -> None:
    """A healthy adult: two fields, then "none of these" and "next" on each page."""
    press(browser, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    for number in range(2, until + 1):
        shown = press(browser, number, "none")
        more = {"a-pregnancy-status": pregnancy} if number == number_of("pregnancy") else {}
        assert press(browser, number, "next", shown, **more).status_code == 302


def sign(browser: Browser, **changed: Any) -> Any:
    sent = {
        **fields_of(browser.get(REVIEW)),
        "health_data": "on",
        "home_routine": "on",
        "signed_name": "Noor Haddad",
        **changed,
    }
    return browser.post(REVIEW, {name: value for name, value in sent.items() if value is not None})
