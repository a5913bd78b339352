"""The urgent questions, one on each screen: a large answer goes on, back works, and nothing unseen counts."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.roster.models import Client
from practice.tenancy.models import Member
from tests.factories.intake_steps import (
    REVIEW,
    about_me,
    begin,
    no_urgent,
    page,
    screen,
    sign,
    stored,
    tap,
    urgent_slugs,
    walk,
)
from tests.factories.reading import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def urgent(link: Browser) -> Browser:
    """In front of the first urgent question."""
    assert about_me(link)["Location"] == page(2)
    return link


def test_each_screen_shows_one_question_and_a_tap_leads_to_the_next(urgent: Browser) -> None:
    slugs = urgent_slugs()
    assert urgent.get(page(2))["Location"] == screen(slugs[0])
    for number, slug in enumerate(slugs, 1):
        text = html_of(urgent.get(screen(slug)))
        assert f"question {number} of {len(slugs)}" in text
        assert [other for other in slugs if f'name="a-{other}"' in text] == [slug]
        assert ">Next<" not in text
        value = "none" if 'value="none"' in text else "no"
        following = screen(slugs[number]) if number < len(slugs) else page(3)
        assert tap(urgent, slug, value)["Location"] == following
        assert stored(slug) == value


def test_the_harmless_answer_comes_first_and_a_side_says_yes(urgent: Browser) -> None:
    text = html_of(urgent.get(screen("one-calf-symptoms")))
    labels = ["<span>No</span>", "<span>Yes, left</span>", "<span>Yes, both</span>", "<span>Not sure</span>"]
    assert [text.index(label) for label in labels] == sorted(text.index(label) for label in labels)


def test_no_other_question_is_answered_by_a_screen(urgent: Browser) -> None:
    response = urgent.post(
        screen("chest-breathing"),
        {"a-chest-breathing": "no", "a-stroke-signs": "no", "action": "none", "revision": "1"},
    )
    assert response.status_code == 422
    assert "do not ask here" in html_of(response)
    assert stored("stroke-signs") is None


def test_a_tap_on_nothing_asks_again(urgent: Browser) -> None:
    response = urgent.post(screen("chest-breathing"), {"revision": "1", "tab": "tab-tab-tab"})
    assert response.status_code == 422
    assert "Please answer this question" in html_of(response)
    assert stored("chest-breathing") is None


def test_back_shows_the_answer_that_was_given_and_loses_none(urgent: Browser) -> None:
    first, second, third = urgent_slugs()[:3]
    tap(urgent, first, "no")
    tap(urgent, second, "none")
    assert f'href="{screen(second)}"' in html_of(urgent.get(screen(third)))
    text = html_of(urgent.get(screen(second)))
    assert 'is-no is-chosen"' in text
    assert "your answer" in text
    assert f'href="{page(1)}"' in html_of(urgent.get(screen(first)))
    assert (stored(first), stored(second)) == ("no", "none")
    assert tap(urgent, first, "no")["Location"] == screen(third), "on to the first that is open"


def test_a_later_question_first_leaves_the_section_open(urgent: Browser) -> None:
    slugs = urgent_slugs()
    assert tap(urgent, slugs[-1], "no")["Location"] == screen(slugs[0])
    assert urgent.get(page(3))["Location"] == reverse("clients:intake_begin")
    assert no_urgent(urgent)["Location"] == page(3)
    assert urgent.get(page(2))["Location"] == screen(slugs[-1])


def test_another_device_is_shown_and_the_last_word_counts(urgent: Browser, noor: Client, jon: Member) -> None:
    old = urgent.get(screen("injury-snap"))
    tap(begin(noor, jon), "injury-snap", "no")
    about_me_again = begin(noor, jon)
    response = tap(about_me_again, "injury-snap", "yes", old)
    assert response.status_code == 422
    assert "On another device or page you answered: <strong>No</strong>" in html_of(response)
    assert stored("injury-snap") == "no"
    assert tap(about_me_again, "injury-snap", "yes", response).status_code == 302
    assert stored("injury-snap") == "yes"


def test_the_last_page_leads_to_the_one_question_and_back(link: Browser) -> None:
    walk(link)
    there = f"{screen('injury-snap')}?from=review"
    assert there in link.get(REVIEW).content.decode()
    response = link.post(there, {"a-injury-snap": "no", "revision": "99", "tab": "tab-tab-tab"})
    assert response["Location"] == REVIEW
    assert stored("injury-snap") == "no"
    assert sign(link).status_code == 302


@pytest.mark.parametrize("address", ["/intake/2/0/", "/intake/2/99/", "/intake/3/1/", "/intake/9/1/"])
def test_a_screen_that_does_not_exist_is_not_found(urgent: Browser, address: str) -> None:
    assert urgent.get(address).status_code == 404
