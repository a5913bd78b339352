"""The pages of the form as a client meets them, by the link of an invitation."""

import json
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.intake_sections import nothing_value, sections_of
from clients.invitation import SESSION_KEY, revoke_invitation, send_invitation
from clients.models import Client, Consent, Intake, Invitation, ScreeningRecord
from clients.questionnaire_store import current_questionnaire, load_screening
from practice.models import AuditEntry, Member, OutboundMessage
from tests.make import NOON
from tests.make_intake import make_catalog, make_open_intake, make_questionnaire, make_signed_intake, screening_document

pytestmark = pytest.mark.django_db
REVIEW = "/intake/review/"


@pytest.fixture
def rules(db: None) -> None:
    make_catalog()
    make_questionnaire()


@pytest.fixture
def link(rules: None, noor: Client, jon: Member) -> Browser:
    """A browser that has pressed "begin" on Noor's invitation."""
    return begin(noor, jon)


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


# ---- The way through


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
    assert 'name="a-pad-known" value="no" checked' in other.get(page(4)).content.decode()


def test_the_signed_in_client_comes_in_without_a_link(rules: None, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    assert browser.get(reverse("clients:intake_own")).status_code == 200
    response = browser.post(reverse("clients:intake_own"), {"client": str(noor.pk)}, follow=True)
    assert response.redirect_chain[-1][0] == page(1)
    assert AuditEntry.objects.across_practices().get(action="intake.begun").by == noor.user


# ---- "None of these" and unanswered questions


def test_none_of_these_is_shown_before_it_is_saved(link: Browser) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    shown = press(link, 2, "none")
    page_text = shown.content.decode()
    assert 'name="a-chest-breathing" value="no" checked' in page_text
    assert 'name="a-limb-cold-pale" value="none" checked' in page_text
    assert stored("chest-breathing") is None
    press(link, 2, "next", shown)
    assert stored("chest-breathing") == "no"
    assert stored("limb-cold-pale") == "none"


def test_none_of_these_keeps_what_was_ticked_and_never_answers_for_pregnancy_or_consent(link: Browser) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    press(link, 2, "next", press(link, 2, "none"))
    shown = press(link, 3, "none", **{"a-exhausted-today": "yes"}).content.decode()
    assert 'name="a-exhausted-today" value="yes" checked' in shown
    assert 'name="a-alcohol-drugs" value="no" checked' in shown
    assert "a-pregnancy-status" not in Fields(shown).found


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
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    shown = press(link, 2, "none")
    sent = {name: value for name, value in fields_of(shown).items() if name != "a-stroke-signs"}
    response = link.post(page(2), {**sent, "action": "next"})
    assert response.status_code == 422
    assert "Please answer this question" in response.content.decode()
    assert stored("stroke-signs") is None
    assert stored("chest-breathing") == "no"
    assert link.post(page(2), {**sent, "action": "later"}).status_code == 302
    for number in range(3, 9):
        more = {"a-pregnancy-status": "not_pregnant"} if number == 3 else {}
        press(link, number, "next", press(link, number, "none"), **more)
    review = link.get(REVIEW).content.decode()
    assert "One question is still open" in review
    assert "#ask-stroke-signs" in review
    assert sign(link).status_code == 422
    assert not only_intake().is_submitted
    assert not ScreeningRecord.objects.across_practices().exists()


def test_not_sure_and_contradictions_go_to_the_therapist(link: Browser) -> None:
    walk(link, until=3)
    press(link, 4, "next", press(link, 4, "none", **{"a-pad-known": "not_sure"}))
    for number in range(5, 9):
        press(link, number, "next", press(link, number, "none"))
    assert sign(link).status_code == 302
    assert ScreeningRecord.objects.across_practices().get().overall == "INCOMPLETE"


# ---- Conditional questions


def test_a_conditional_question_appears_with_the_save_and_goes_with_it(link: Browser) -> None:
    response = press(link, 1, "change", htmx=True, **{"a-consent-information": "yes", "a-age-text": "15"})
    assert 'id="ask-guardian-consent"' in response.content.decode()
    assert "hx-swap-oob" in response.content.decode()
    again = press(link, 1, "change", htmx=True, **{"a-age-text": "41"}).content.decode()
    assert 'name="a-guardian-consent"' not in again


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


# ---- Places


def test_places_are_listed_and_drawn_and_kept(link: Browser) -> None:
    walk(link, until=5)
    opened = press(link, 6, "change", htmx=True, **{"a-open-wound": "marked"}).content.decode()
    assert 'value="left:heel-centre"' in opened
    assert 'data-region="heel-centre"' in opened
    assert "Heel pad" in opened
    press(
        link,
        6,
        "change",
        htmx=True,
        **{"a-open-wound": "marked", "a-open-wound-place": ["left:heel-centre", "right:toes"]},
    )
    assert stored("open-wound") == [{"side": "left", "region": "heel-centre"}, {"side": "right", "region": "toes"}]


@pytest.mark.parametrize("place", ["left:moon", "up:heel-centre", "heel-centre", ""])
def test_places_that_nobody_knows_are_refused(link: Browser, place: str) -> None:
    walk(link, until=5)
    response = press(link, 6, "next", press(link, 6, "none"), **{"a-open-wound": "marked", "a-open-wound-place": place})
    assert response.status_code == 422
    assert stored("open-wound") is None


def test_marked_without_a_mark_and_nowhere_with_marks_are_asked_again(link: Browser) -> None:
    walk(link, until=5)
    shown = press(link, 6, "none")
    assert "mark at least one place" in press(link, 6, "next", shown, **{"a-open-wound": "marked"}).content.decode()
    both = {"a-open-wound": "none", "a-open-wound-place": "left:heel-centre"}
    assert "keep one of them" in press(link, 6, "next", shown, **both).content.decode()
    assert stored("open-wound") is None


# ---- Bad input


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
    walk(link, until=6)
    response = press(link, 7, "next", press(link, 7, "none"), **{"a-surgery-date": "on", "a-surgery-date-text": day})
    assert response.status_code == 422
    assert words in response.content.decode()
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


# ---- Two devices


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
    press(link, 8, "change", htmx=True, **{"a-balance": "yes"})
    response = link.post(REVIEW, {**shown, "health_data": "on", "home_routine": "on", "signed_name": "Noor Haddad"})
    assert response.status_code == 422
    assert "changed on another device" in response.content.decode()
    assert not only_intake().is_submitted


def test_a_questionnaire_published_meanwhile_does_not_disturb(link: Browser) -> None:
    walk(link, until=4)
    document = json.loads(json.dumps(screening_document()))
    document["questions"][0]["question"] = "Do you agree?"
    load_screening(document, at=NOON)
    for number in range(5, 9):
        press(link, number, "next", press(link, number, "none"))
    assert sign(link).status_code == 302
    assert only_intake().questionnaire.number == 1


# ---- Red flags


def test_an_emergency_answer_stops_the_form_at_once(link: Browser, noor: Client, jon: Member) -> None:
    noor.practice.emergency_number = "999"
    noor.practice.save()
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    response = press(link, 2, "change", htmx=True, **{"a-chest-breathing": "yes"})
    assert response["HX-Redirect"] == reverse("clients:intake_stop")
    stop = link.get(reverse("clients:intake_stop")).content.decode()
    assert "Call 999" in stop
    assert "tel:999" in stop
    assert "call your emergency number now" in stop
    assert stored("chest-breathing") == "yes"
    record = ScreeningRecord.objects.across_practices().get()
    assert (record.overall, record.urgency, record.cause) == ("STOP", "emergency", "red flag")
    assert link.get(REVIEW)["Location"] == reverse("clients:intake_stop")
    assert link.get(page(1))["Location"] == reverse("clients:intake_stop")


def test_the_therapist_is_told_once_and_without_health_detail(
    link: Browser, noor: Client, jon: Member, mira: Member
) -> None:
    OutboundMessage.objects.across_practices().all().delete()
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    press(link, 2, "change", htmx=True, **{"a-hot-red-skin": "yes"})
    press(link, 2, "change", htmx=True, **{"a-hot-red-skin": "yes"})
    message = OutboundMessage.objects.across_practices().get()
    assert (message.kind, message.to_email) == ("needs_attention", "mira@example.org")
    told = json.dumps(message.context).lower()
    assert not any(word in told for word in ("skin", "noor", "stop", "screening", "same_day"))
    assert ScreeningRecord.objects.across_practices().count() == 1


def test_not_sure_about_a_red_flag_counts_as_yes(link: Browser) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    assert press(link, 2, "next", **{"a-stroke-signs": "not_sure"})["Location"] == reverse("clients:intake_stop")


def test_a_slip_can_be_put_right_and_both_are_remembered(link: Browser) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    press(link, 2, "change", htmx=True, **{"a-chest-breathing": "yes"})
    assert page(2) in link.get(reverse("clients:intake_stop")).content.decode()
    shown = press(link, 2, "none", **{"a-chest-breathing": "no"})
    assert press(link, 2, "next", shown)["Location"] == page(3)
    assert ScreeningRecord.objects.across_practices().count() == 1


# ---- Signing


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"signed_name": ""}, "It is your signature"),
        ({"signed_name": "  .  "}, "It is your signature"),
        ({"health_data": None}, "we may not keep your answers"),
        ({"home_routine": None}, "cannot prepare a routine"),
        ({"signed_on": ""}, "give today&#x27;s date"),
        ({"signed_on": "2020-01-01"}, "date of the day"),
        ({"signed_on": "someday"}, "valid date"),
        ({"signed_as": "dog"}, "valid choice"),
    ],
)
def test_blank_or_unsigned_is_not_sent(link: Browser, changed: dict[str, Any], words: str) -> None:
    walk(link)
    response = sign(link, **changed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not only_intake().is_submitted
    assert not Consent.objects.across_practices().exists()


def test_for_a_minor_the_guardian_signs(link: Browser) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "15", "a-guardian-consent": "yes"})
    for number in range(2, 9):
        more = {"a-pregnancy-status": "not_applicable"} if number == 3 else {}
        press(link, number, "next", press(link, number, "none"), **more)
    assert "parent or guardian has to sign" in sign(link, signed_as="client").content.decode()
    assert sign(link, signed_as="guardian").status_code == 302
    assert only_intake().signature["as"] == "guardian"


def test_sending_twice_lands_on_the_same_page(link: Browser) -> None:
    walk(link)
    sent = {**fields_of(link.get(REVIEW)), "health_data": "on", "home_routine": "on", "signed_name": "Noor Haddad"}
    other = Browser()
    other.cookies = link.cookies.copy()
    key = link.session[SESSION_KEY]
    assert link.post(REVIEW, sent)["Location"] == reverse("clients:intake_done")
    assert link.post(REVIEW, sent)["Location"] == reverse("clients:intake_done")
    # The second of two presses at once still has the session from before the first.
    session = link.session
    session[SESSION_KEY] = key
    del session["intake_signed_id"]
    session.save()
    assert link.post(REVIEW, sent)["Location"] == reverse("clients:intake_done")
    assert Intake.objects.across_practices().count() == 1
    assert ScreeningRecord.objects.across_practices().count() == 1
    assert AuditEntry.objects.across_practices().filter(action="intake.submitted").count() == 1


def test_after_signing_nothing_changes(link: Browser) -> None:
    walk(link)
    sign(link)
    assert press(link, 1, "next", link.get(page(1), follow=True), **{"a-age-text": "15"}).status_code == 302
    assert stored("age") == 41


def test_thank_you_tells_what_to_do_and_names_no_finding(link: Browser) -> None:
    walk(link, until=3)
    press(link, 4, "next", press(link, 4, "none", **{"a-pad-known": "yes"}))
    for number in range(5, 9):
        press(link, number, "next", press(link, number, "none"))
    done = link.get(sign(link)["Location"]).content.decode()
    assert (
        "please ask the health professional named here" in done
    )
    assert (
        "GP, nurse or hospital doctor or vascular clinic" in done
    )
    assert "arterial" not in done
    assert "Poorly supplied skin" not in done


# ---- Doors


def test_without_a_session_there_is_nothing(rules: None, noor: Client) -> None:
    make_open_intake(noor)
    stranger = Browser()
    for url in (reverse("clients:intake_begin"), page(1), REVIEW, reverse("clients:intake_stop")):
        response = stranger.get(url)
        assert response.status_code == 410
        assert b"Noor" not in response.content
    assert stranger.get(reverse("clients:intake_done")).status_code == 302
    assert stranger.get(reverse("clients:intake_own")).status_code == 302


def test_a_revoked_or_expired_link_stops_in_the_middle(link: Browser, jon: Member) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    invitation = Invitation.objects.across_practices().select_related("client__practice").get()
    revoke_invitation(invitation, by=jon, at=timezone.now())
    assert link.get(page(2)).status_code == 410
    assert stored("age") == 41


def test_the_link_opens_only_this_intake(link: Browser, noor: Client, jon: Member) -> None:
    signed = make_signed_intake_of_another(noor)
    assert link.get(reverse("clients:intake_read", args=[signed.pk])).status_code == 404
    assert link.get(reverse("clients:screening_detail", args=[noor.pk])).status_code == 302


def make_signed_intake_of_another(noor: Client) -> Intake:
    from tests.make import make_client

    return make_signed_intake(make_client(noor.practice, "omar@example.org", "Omar Diallo"), at=timezone.now())


def test_signed_answers_are_read_by_the_client_and_the_therapist_only(
    rules: None, noor: Client, jon: Member, dana: Member, rex: Member, browse: Any
) -> None:
    signed = make_signed_intake(noor, at=timezone.now())
    url = reverse("clients:intake_read", args=[signed.pk])
    for reader in (noor, jon):
        text = browse(reader).get(url).content.decode()
        assert "Do you have diabetes?" in text
        assert "Noor Haddad" in text
        assert "I agree that you keep my answers." in text
    assert browse(dana).get(url).status_code == 403
    assert browse(rex).get(url).status_code == 404
    assert Browser().get(url).status_code == 404
    assert AuditEntry.objects.across_practices().filter(action="intake.viewed").count() == 2


def test_another_client_cannot_answer_for_noor(rules: None, noor: Client, browse: Any) -> None:
    from tests.make import make_client

    other = make_client(noor.practice, "omar@example.org", "Omar Diallo")
    assert browse(other).post(reverse("clients:intake_own"), {"client": str(noor.pk)}).status_code == 404


# ---- Returning


def test_a_returning_client_confirms_and_is_asked_anew_about_now(rules: None, noor: Client, browse: Any) -> None:
    make_signed_intake(noor, at=timezone.now() - timedelta(days=90), osteoporosis="yes")
    browser = browse(noor)
    browser.post(reverse("clients:intake_own"), {"client": str(noor.pk)}, follow=True)
    first = browser.get(page(1)).content.decode()
    assert 'value="41"' in first
    assert "Your last answer" in first
    assert "a-consent-information" not in fields_of(browser.get(page(1)))
    press(browser, 1, "next", **{"a-consent-information": "yes"})
    assert not [name for name in fields_of(browser.get(page(2))) if name.startswith("a-")]
    press(browser, 2, "next", press(browser, 2, "none"))
    press(browser, 3, "next", press(browser, 3, "none"))
    intake = Intake.objects.across_practices().in_progress().get()
    assert intake.answers["osteoporosis"]["prefill"] is True
    for number in range(4, 9):
        assert press(browser, number, "next").status_code == 302
    assert sign(browser).status_code == 302
    intake.refresh_from_db()
    assert intake.answers["osteoporosis"]["value"] == "yes"
    assert intake.answers["osteoporosis"]["on"] == timezone.now().date().isoformat()


# ---- Secrets and cost


def test_answers_signature_and_findings_are_sealed_at_rest(link: Browser) -> None:
    walk(link, until=7)
    words = {"a-other-condition": "yes", "a-other-condition-note": "Marmalade syndrome"}
    press(link, 8, "next", press(link, 8, "none", **words))
    sign(link)
    assert only_intake().answers["other-condition"]["note"] == "Marmalade syndrome"
    with connection.cursor() as cursor:
        for table in ("clients_intake", "clients_screeningrecord"):
            cursor.execute(f"SELECT * FROM {table}")
            raw = repr(cursor.fetchall())
            assert not any(word in raw for word in ("Marmalade", "other-condition", "Noor Haddad", "doctor"))


def test_each_save_is_in_the_audit_trail_without_content(link: Browser, noor: Client) -> None:
    walk(link, until=2)
    lines = AuditEntry.objects.across_practices().filter(client_ref=noor.pk)
    assert lines.filter(action="intake.begun").count() == 1
    assert lines.filter(action="intake.saved").count() == 2
    assert {line.actor for line in lines.filter(action="intake.saved")} == {"invitation link"}


def test_pages_are_never_cached_and_cost_few_queries(link: Browser, django_assert_max_num_queries: Any) -> None:
    walk(link)
    for url in (page(6), REVIEW):
        link.get(url)
        with django_assert_max_num_queries(12):
            response = link.get(url)
        assert "no-store" in response["Cache-Control"]


def test_nothing_about_health_is_in_addresses_or_titles(link: Browser) -> None:
    walk(link)
    for number in range(1, 9):
        text = link.get(page(number)).content.decode()
        assert f"<title>Step {number} of 9" in text
