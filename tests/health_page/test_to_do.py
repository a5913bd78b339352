"""A page of findings that stop or refer begins with what to do about them, in a therapist's words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from clients.questionnaire.versions import current_questionnaire
from clients.roster.models import Client
from clients.screening.entries import OUTCOMES, URGENCIES
from clients.screening.outcome_words import OUTCOME_MEANINGS, OUTCOME_NAMES, what_to_do
from practice.tenancy.models import Member
from tests.factories.intake import make_signed_intake
from tests.factories.matters import ON_BLOOD_THINNERS, make_record
from tests.factories.people import NOON
from tests.factories.reading import html_of, queries

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(rules: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def screening(client: Client) -> str:
    return reverse("clients:screening_detail", args=[client.pk])


def test_every_outcome_and_urgency_has_words_of_its_own() -> None:
    told = {what_to_do(outcome, "", name="Noor", emergency_number="999") for outcome in OUTCOMES}
    told |= {what_to_do("STOP", urgency, name="Noor", emergency_number="999") for urgency in URGENCIES}
    assert len(told) == 8  # an unhurried stop and one of no urgency read the same
    assert all("Noor" in words for words in told)
    assert set(OUTCOME_NAMES) == set(OUTCOME_MEANINGS) == set(OUTCOMES)
    assert what_to_do("", "", name="Noor", emergency_number="999") == ""


@pytest.mark.parametrize(
    ("overall", "urgency", "words"),
    [
        ("STOP", "same_day", "Ask Noor Haddad to see a doctor today. No massage until then."),
        ("STOP", "emergency", "Make sure that Noor Haddad has called 112. No massage until a doctor has looked."),
        ("REFER", "", "Ask Noor Haddad for a letter. No massage until you have read it."),
    ],
)
def test_the_page_begins_with_what_to_do(
    noor: Client, jon: Member, browse: Any, overall: str, urgency: str, words: str
) -> None:
    noor.phone = "020 7946 0018"
    noor.save()
    make_record(noor, overall, urgency)
    page = html_of(browse(jon).get(screening(noor)))
    assert words in page
    assert 'href="tel:02079460018"' in page
    for button in ("I have told them", "Ask again", "Called", "Look again on"):
        assert button in page
    assert "Build a plan" not in page
    assert ("Waits for a letter" in page) == (overall == "REFER")


def test_no_word_for_developers_reaches_a_page(noor: Client, jon: Member, browse: Any) -> None:
    make_record(noor, "STOP", "same_day")
    _version, questionnaire = current_questionnaire(noor.practice_id)
    developers = [*questionnaire.evaluation.outcomes.values(), *questionnaire.evaluation.stop_urgency.values()]
    assert "No treatment. urgency says how to word it." in developers
    for path in (screening(noor), reverse("clients:questionnaire_index")):
        page = html_of(browse(jon).get(path))
        assert [words for words in developers if words in page] == []


def test_where_a_plan_is_possible_it_is_offered(signed: Client, jon: Member, browse: Any) -> None:
    page = html_of(browse(jon).get(screening(signed)))
    assert "Build a plan" in page
    assert "Nothing found" in page
    assert "I have told them" not in page


def test_the_same_outcome_read_today_is_no_news(noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, **ON_BLOOD_THINNERS)
    make_record(noor, "REFER", cause="letter", at=NOW - timedelta(minutes=1))  # by another rule than today's
    browser = browse(jon)
    assert "Read today" not in html_of(browser.get(screening(noor)))
    make_record(noor, "CLEAR", cause="intake", at=NOW)
    page = html_of(browser.get(screening(noor)))
    assert "Read today it is “needs a letter”" in page
    assert "Build a plan" not in page


def test_told_is_kept_with_who_and_when_and_stands_in_the_history(noor: Client, jon: Member, browse: Any) -> None:
    record = make_record(noor, "STOP", "same_day")
    browser = browse(jon)
    sent = {"about": record.pk, "kind": "told", "back": screening(noor)}
    assert browser.post(reverse("clients:follow_up_add", args=[noor.pk]), sent)["Location"] == screening(noor)
    page = html_of(browser.get(screening(noor)))
    assert "16 Mar, 13:00, Jon Reyes" in page
    assert "What was done" in page


def test_an_earlier_screening_offers_nothing_to_do(noor: Client, jon: Member, browse: Any) -> None:
    earlier = make_record(noor, "STOP", "same_day", at=NOON - timedelta(days=1))
    make_record(noor, "STOP", "defer", at=NOON)
    page = html_of(browse(jon).get(reverse("clients:screening_record", args=[noor.pk, earlier.pk])))
    assert "I have told them" not in page


def test_as_many_queries_whatever_was_done(noor: Client, jon: Member, browse: Any) -> None:
    record = make_record(noor, "STOP", "same_day")
    browser, act = browse(jon), reverse("clients:follow_up_add", args=[noor.pk])
    browser.post(act, {"about": record.pk, "kind": "called", "note": "One"})
    few = queries(browser, screening(noor))
    for number in range(9):
        browser.post(act, {"about": record.pk, "kind": "called", "note": f"{number}"})
    assert queries(browser, screening(noor)) == few
