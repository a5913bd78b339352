"""What a person does on the pages of the form, through the test browser."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.intake.sections import nothing_value, place_of, sections_of
from clients.questionnaire.versions import current_questionnaire
from clients.record.models import Intake
from clients.roster.invitation import SESSION_KEY, send_invitation
from clients.roster.models import Client
from practice.tenancy.models import Member
from tests.factories.people import NOON

REVIEW = "/intake/review/"
#: Pages of questions before the last one; the second asks its questions one by one.
PAGES = 6


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


def screen(slug: str) -> str:
    """The address of the screen that asks one question of those that are asked one by one."""
    _version, questionnaire = current_questionnaire()
    question = questionnaire.question_by_slug[slug]
    section = next(section for section in sections_of(questionnaire) if question.group in section.groups)
    return reverse("clients:intake_screen", args=[section.number, place_of(questionnaire, section, slug)])


def tap(browser: Browser, slug: str, value: str, shown: Any = None) -> Any:
    """Tap one of the large answers, on the screen as it is now or as it was in `shown`."""
    sent = fields_of(shown if shown is not None else browser.get(screen(slug)))
    return browser.post(screen(slug), {**sent, f"a-{slug}": value})


def urgent_slugs() -> list[str]:
    _version, questionnaire = current_questionnaire()
    return [question.slug for question in questionnaire.questions_at("intake") if question.group == "red_flags"]


def no_urgent(browser: Browser) -> Any:
    """No to each of the urgent questions, one screen after the other."""
    _version, questionnaire = current_questionnaire()
    for slug in urgent_slugs():
        response = tap(browser, slug, nothing_value(questionnaire, questionnaire.question_by_slug[slug], NOON.date()))
        assert response.status_code == 302
    return response


def about_me(browser: Browser, age: int = 41, **more: Any) -> Any:
    return press(browser, 1, "next", **{"a-consent-information": "yes", "a-age-text": str(age)}, **more)


def walk(
    browser: Browser, *, until: int = PAGES, pregnancy: str = "not_applicable", age: int = 41, **changed: Any
) -> None:
    """A healthy person, page by page; `changed` are fields of any page, with underscores."""
    fields = {name.replace("_", "-"): value for name, value in changed.items()}
    about_me(browser, age, **({"a-guardian-consent": "yes"} if age < 18 else {}))
    if until > 1:
        no_urgent(browser)
    for number in range(3, until + 1):
        shown = browser.get(page(number))
        more = {"a-pregnancy-status": pregnancy} if number == number_of("pregnancy") else {}
        here = {f"a-{name}": value for name, value in fields.items() if f'name="a-{name}"' in shown.content.decode()}
        assert press(browser, number, "none", shown, **more, **here).status_code == 302


def sign(browser: Browser, **changed: Any) -> Any:
    sent = {
        **fields_of(browser.get(REVIEW)),
        "health_data": "on",
        "home_routine": "on",
        "signed_as": "client",
        "signed_name": "Noor Haddad",
        **changed,
    }
    return browser.post(REVIEW, {name: value for name, value in sent.items() if value is not None})


#: How a parent fills in the last page.
AS_MOTHER = {"signed_as": "guardian", "signed_name": "Samira Haddad", "guardian_email": "samira@example.org"}
