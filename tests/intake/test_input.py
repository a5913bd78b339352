"""Bad input, two devices, and a questionnaire that changes under way: nothing is lost, nothing widens."""

import json

import pytest
import time_machine
from django.test import Client as Browser

from clients.questionnaire.versions import load_screening
from clients.roster.models import Client
from practice.tenancy.models import Member
from tests.factories.intake import screening_document
from tests.factories.intake_steps import PAGES, REVIEW, fields_of, only_intake, page, press, sign, stored, walk
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
#: The page with skin and operations.
SKIN = 5


@pytest.mark.parametrize("age", ["-4", "121", "forty", "4e1", "99999999", "41.5", "<b>41</b>", "٤١"])
def test_an_age_that_cannot_be_is_said_beside_the_field_and_kept(link: Browser, age: str) -> None:
    response = press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": age})
    text = response.content.decode()
    if age == "٤١":  # Arabic digits are a number too
        assert response.status_code == 302
        assert stored("age") == 41
        return
    assert response.status_code == 422
    assert "Please give a" in text
    assert "<b>41" not in text
    assert stored("age") is None
    assert stored("consent-information") == "yes"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2999-01-01", "still to come"),
        ("1890-05-01", "check the year"),
        ("2026-02-30", "a date that exists"),
        ("soon", "a date that exists"),
        ("", "give the date"),
    ],
)
def test_a_day_that_cannot_be_is_said_beside_the_field(link: Browser, day: str, words: str) -> None:
    walk(link, until=4)
    response = press(link, SKIN, "none", **{"a-surgery-date": "on", "a-surgery-date-text": day})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert stored("surgery-date") is None


@pytest.mark.parametrize("day", ["1906-01-01", "2000-02-29", "2026-03-16"])
def test_a_day_of_a_long_life_is_taken(link: Browser, day: str) -> None:
    walk(link, until=4)
    with time_machine.travel(NOON, tick=False):
        press(link, SKIN, "change", htmx=True, **{"a-surgery-date": "on", "a-surgery-date-text": day})
    assert stored("surgery-date") == day


@pytest.mark.parametrize(("day", "words"), [("1905-12-31", "check the year"), ("2026-03-17", "still to come")])
def test_the_days_just_outside_are_not(link: Browser, day: str, words: str) -> None:
    walk(link, until=4)
    with time_machine.travel(NOON, tick=False):
        answer = press(link, SKIN, "none", **{"a-surgery-date": "on", "a-surgery-date-text": day})
    assert words in answer.content.decode()
    assert stored("surgery-date") is None


def test_unknown_options_and_questions_are_refused(link: Browser) -> None:
    response = press(link, 1, "next", **{"a-consent-information": "maybe", "a-age-text": "41"})
    assert response.status_code == 422
    assert "one of the answers offered" in response.content.decode()
    response = press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41", "a-shoe-size": "44"})
    assert response.status_code == 422
    assert "do not ask here" in response.content.decode()
    assert "shoe-size" not in only_intake().answers


def test_an_unreadable_change_takes_the_old_answer_with_it(link: Browser) -> None:
    press(link, 1, "change", htmx=True, **{"a-age-text": "41"})
    press(link, 1, "change", htmx=True, **{"a-age-text": "4x"})
    assert stored("age") is None


def test_two_tabs_lose_nothing_and_show_both_answers(link: Browser, noor: Client, jon: Member) -> None:
    first = link.get(page(1))
    second = link.get(page(1))
    assert (
        press(link, 1, "change", first, htmx=True, **{"a-age-text": "41", "a-consent-information": "yes"}).status_code
        == 200
    )
    response = press(link, 1, "next", second, **{"a-age-text": "52"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "On another device or page you answered: <strong>41</strong>" in text
    assert 'value="52"' in text
    assert stored("age") == 41
    assert stored("consent-information") == "yes"
    assert press(link, 1, "next", response, **{"a-consent-information": "yes"}).status_code == 302
    assert stored("age") == 52


def test_a_blank_older_page_erases_nothing(link: Browser) -> None:
    old = link.get(page(1))
    press(link, 1, "change", **{"a-age-text": "41"}, htmx=True)
    press(link, 1, "later", old)
    assert stored("age") == 41


def test_saving_twice_in_one_tab_is_no_quarrel(link: Browser) -> None:
    shown = link.get(page(1))
    press(link, 1, "change", shown, htmx=True, **{"a-age-text": "41"})
    assert press(link, 1, "next", shown, **{"a-age-text": "42", "a-consent-information": "yes"}).status_code == 302
    assert stored("age") == 42


def test_signing_what_another_device_has_changed_asks_to_read_it_again(link: Browser) -> None:
    walk(link)
    shown = fields_of(link.get(REVIEW))
    press(link, PAGES, "change", htmx=True, **{"a-balance": "yes"})
    ticked = {"health_data": "on", "home_routine": "on", "signed_as": "client", "signed_name": "Noor Haddad"}
    response = link.post(REVIEW, {**shown, **ticked})
    assert response.status_code == 422
    assert "changed on another device" in response.content.decode()
    assert not only_intake().is_submitted


def test_a_questionnaire_published_meanwhile_does_not_disturb(link: Browser) -> None:
    walk(link, until=4)
    document = json.loads(json.dumps(screening_document()))
    document["questions"][0]["question"] = "Do you agree?"
    load_screening(document, at=NOON)
    for number in range(5, PAGES + 1):
        press(link, number, "none")
    assert sign(link).status_code == 302
    assert only_intake().questionnaire.number == 1
