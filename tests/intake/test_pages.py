"""The way through the form, section by section, by the link of an invitation."""

import json
import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.intake.sections import nothing_value, sections_of
from clients.questionnaire.versions import current_questionnaire, load_screening
from clients.record.models import Consent, ScreeningRecord
from clients.roster.models import Client, Invitation
from practice.audit.models import AuditEntry
from practice.tenancy.models import Member
from tests.factories.intake import screening_document
from tests.factories.intake_steps import (
    PAGES,
    REVIEW,
    Fields,
    begin,
    fields_of,
    only_intake,
    page,
    press,
    sign,
    stored,
    walk,
)
from tests.factories.people import NOON
from tests.factories.reading import html_of

pytestmark = pytest.mark.django_db


def test_a_healthy_adult_goes_through_and_is_screened_once(link: Browser, noor: Client) -> None:
    walk(link)
    response = sign(link)
    assert response["Location"] == reverse("clients:intake_done")
    done = link.get(response["Location"]).content.decode()
    assert "Thank you" in done
    intake = only_intake()
    assert intake.is_submitted
    assert intake.signature["name"] == "Noor Haddad"
    record = ScreeningRecord.objects.across_practices().get()
    assert (record.overall, record.cause, record.intake) == ("CLEAR", "intake", intake)
    assert set(Consent.objects.across_practices().in_force().values_list("purpose", flat=True)) == {
        "health_data",
        "home_routine",
    }
    assert Invitation.objects.across_practices().get().used_at is not None


def test_red_flags_come_right_after_the_person_and_no_question_is_on_no_page(rules: None) -> None:
    _version, questionnaire = current_questionnaire()
    groups = [group for section in sections_of(questionnaire) for group in section.groups]
    assert groups[:3] == ["consent", "person", "red_flags"]
    assert set(groups) == {question.group for question in questionnaire.questions_at("intake")}


def test_a_group_that_nobody_placed_gets_a_page_of_its_own(rules: None) -> None:
    document = json.loads(json.dumps(screening_document()))
    document["groups"].append("eyes")
    document["questions"][-1]["group"] = "eyes"
    load_screening(document, at=NOON)
    _version, questionnaire = current_questionnaire()
    assert sections_of(questionnaire)[-1].groups == ("eyes",)


def test_sections_wait_for_their_turn(link: Browser) -> None:
    assert link.get(page(4))["Location"] == reverse("clients:intake_begin")
    assert link.get(REVIEW)["Location"] == page(1)


def test_it_is_resumed_on_another_device(link: Browser, noor: Client, jon: Member) -> None:
    walk(link, until=4)
    other = begin(noor, jon)
    assert other.get(reverse("clients:intake_begin"))["Location"] == page(5)
    assert 'name="a-pad-known" value="no" checked' in html_of(other.get(page(3)))


def test_the_signed_in_client_comes_in_without_a_link(rules: None, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    assert browser.get(reverse("clients:intake_own")).status_code == 200
    response = browser.post(reverse("clients:intake_own"), {"client": str(noor.pk)}, follow=True)
    assert response.redirect_chain[-1][0] == page(1)
    assert AuditEntry.objects.across_practices().get(action="intake.begun").by == noor.user


def test_none_of_these_stands_after_the_list_and_answers_each_question_of_the_page(link: Browser) -> None:
    walk(link, until=3)
    text = html_of(link.get(page(4)))
    assert text.index('class="btn btn-secondary intake-none"') > text.rindex('class="question')
    assert stored("osteoporosis") is None
    assert press(link, 4, "none")["Location"] == page(5)
    assert stored("osteoporosis") == "no"
    assert stored("heart-conditions") == ["none"]
    assert 'name="a-osteoporosis" value="no" checked' in html_of(link.get(page(4)))


def test_none_of_these_keeps_what_was_ticked_and_never_answers_for_pregnancy_or_consent(link: Browser) -> None:
    walk(link, until=2)
    response = press(link, 3, "none", **{"a-exhausted-today": "yes"})
    shown = html_of(response)
    assert response.status_code == 422
    assert "One question needs you" in shown
    assert 'name="a-exhausted-today" value="yes" checked' in shown
    assert 'name="a-alcohol-drugs" value="no" checked' in shown
    assert "a-pregnancy-status" not in Fields(shown).found
    assert stored("pregnancy-status") is None


def test_none_of_these_gives_no_answer_that_any_rule_acts_on(rules: None) -> None:
    _version, questionnaire = current_questionnaire()
    never = {
        slug
        for slug in questionnaire.question_by_slug
        if nothing_value(questionnaire, questionnaire.question_by_slug[slug], NOON.date()) is None
    }
    assert {
        "consent-information",
        "guardian-consent",
        "pregnancy-status",
        "heel-pain-assessed",
        "gout-location",
        "age",
    } <= never
    assert (
        not {"chest-breathing", "open-wound", "dvt-status", "blood-pressure", "surgery-date", "heel-arch-pain"} & never
    )


def test_an_unanswered_question_is_never_a_no(link: Browser) -> None:
    walk(link, until=3)
    full = {f"a-{slug}": "no" for slug in ("osteoporosis", "foot-arthritis")}
    response = press(link, 4, "next", **full)
    assert response.status_code == 422
    assert "Please answer this question" in response.content.decode()
    assert stored("blood-pressure") is None
    assert stored("osteoporosis") == "no"
    assert press(link, 4, "later", response).status_code == 302
    for number in range(5, PAGES + 1):
        press(link, number, "none")
    review = link.get(REVIEW).content.decode()
    assert "questions are still open" in review
    assert "#ask-blood-pressure" in review
    assert sign(link).status_code == 422
    assert not only_intake().is_submitted
    assert not ScreeningRecord.objects.across_practices().exists()


def test_not_sure_and_contradictions_go_to_the_therapist(link: Browser) -> None:
    walk(link, pad_known="not_sure")
    assert sign(link).status_code == 302
    assert ScreeningRecord.objects.across_practices().get().overall == "INCOMPLETE"


def test_a_conditional_question_appears_with_the_save_and_goes_with_it(link: Browser) -> None:
    response = press(link, 1, "change", htmx=True, **{"a-consent-information": "yes", "a-age-text": "15"})
    assert 'id="ask-guardian-consent"' in response.content.decode()
    assert "hx-swap-oob" in response.content.decode()
    # As the page then stands: with the question that the answer before this one brought.
    shown = press(link, 1, "change", htmx=True, **{"a-age-text": "15"})
    sent = {"a-age-text": "41", "shown": ["consent-information", "age", "guardian-consent"], "action": "change"}
    again = link.post(page(1), {**fields_of(shown), **sent}, headers={"HX-Request": "true"}).content.decode()
    assert 'name="a-guardian-consent"' not in again
    (emptied,) = re.findall(r'<div id="ask-guardian-consent"[^>]*hx-swap-oob="true"[^>]*>\s*</div>', again)
    assert emptied
    assert 'id="ask-consent-information"' not in again


def test_without_script_saving_shows_it(link: Browser) -> None:
    response = press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "15"})
    assert response.status_code == 422
    assert "Has a parent or guardian agreed" in response.content.decode()


def test_an_answer_that_does_not_apply_any_more_stays_until_it_is_taken_back(link: Browser) -> None:
    press(link, 1, "change", htmx=True, **{"a-age-text": "15"})
    press(link, 1, "change", htmx=True, **{"a-guardian-consent": "no"})
    shown = press(link, 1, "change", htmx=True, **{"a-age-text": "41"})
    assert "does not fit your other answers" in shown.content.decode()
    assert stored("guardian-consent") == "no"
    press(link, 1, "change", htmx=True, **{"take-back": "guardian-consent"})
    assert stored("guardian-consent") is None


def test_a_saved_change_touches_nothing_that_is_being_typed(link: Browser) -> None:
    response = press(link, 1, "change", htmx=True, **{"a-age-text": "41"}).content.decode()
    assert 'id="revision"' in response
    assert "<form" not in response
    assert 'name="a-consent-information"' not in response


def test_places_are_listed_and_drawn_and_kept(link: Browser) -> None:
    walk(link, until=4)
    opened = press(link, 5, "change", htmx=True, **{"a-open-wound": "marked"}).content.decode()
    assert 'value="left:heel-centre"' in opened
    assert 'data-region="heel-centre"' in opened
    assert "Heel pad" in opened
    marked = {"a-open-wound": "marked", "a-open-wound-place": ["left:heel-centre", "right:toes"]}
    press(link, 5, "change", htmx=True, **marked)
    assert stored("open-wound") == [{"side": "left", "region": "heel-centre"}, {"side": "right", "region": "toes"}]


@pytest.mark.parametrize("place", ["left:moon", "up:heel-centre", "heel-centre", ""])
def test_places_that_nobody_knows_are_refused(link: Browser, place: str) -> None:
    walk(link, until=4)
    response = press(link, 5, "none", **{"a-open-wound": "marked", "a-open-wound-place": place})
    assert response.status_code == 422
    assert stored("open-wound") is None


def test_marked_without_a_mark_and_nowhere_with_marks_are_asked_again(link: Browser) -> None:
    walk(link, until=4)
    assert "mark at least one place" in press(link, 5, "none", **{"a-open-wound": "marked"}).content.decode()
    both = {"a-open-wound": "none", "a-open-wound-place": "left:heel-centre"}
    assert "keep one of them" in press(link, 5, "none", **both).content.decode()
    assert stored("open-wound") is None
