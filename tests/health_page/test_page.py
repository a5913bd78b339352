import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.record.models import Clearance, ScreeningRecord
from clients.roster.models import Client
from practice.audit.models import AuditEntry
from practice.tenancy.models import Member
from tests.factories.intake import make_signed_intake

pytestmark = pytest.mark.django_db


def screening(client: Client) -> str:
    return reverse("clients:screening_detail", args=[client.pk])


def test_each_finding_shows_question_answer_rule_reason_sources_and_effects(
    rules: None, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(
        noor, at=timezone.now(), balance="yes", varicose_veins=[{"side": "left", "region": "calf-upper"}]
    )
    page = browse(jon).get(screening(noor)).content.decode()
    assert "Do you lose your balance" in page
    assert "Upper calf (gastrocnemius area) (left)" in page
    assert "Pressure on varicose veins can injure" in page
    assert "The marked places are left out." in page
    assert 'href="https://www.webmd.com/balance/qa/are-there-any-precautions-with-acupressure" rel="noopener' in page
    assert "draft rules" in page
    assert AuditEntry.objects.across_practices().filter(action="screening.viewed", client_ref=noor.pk).count() == 1


def test_doors(rules: None, noor: Client, jon: Member, dana: Member, rex: Member, browse: Any, client: Any) -> None:
    make_signed_intake(noor, at=timezone.now())
    assert browse(rex).get(screening(noor)).status_code == 404
    assert browse(dana).get(screening(noor)).status_code == 403
    assert client.get(screening(noor)).status_code == 302
    assert browse(noor).get(screening(noor)).status_code == 403


def test_before_the_intake_the_page_says_what_to_do(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    response = browse(jon).get(screening(noor))
    assert "Nothing is screened yet" in response.content.decode()


def test_few_queries_whatever_the_history(
    rules: None, noor: Client, jon: Member, browse: Any, django_assert_max_num_queries: Any
) -> None:
    for day in range(4):
        make_signed_intake(noor, at=timezone.now() - timedelta(days=4 - day), balance="yes")
    browser = browse(jon)
    browser.get(screening(noor))
    with django_assert_max_num_queries(14):  # 12 of the page, and the savepoint of its audit line
        browser.get(screening(noor))


def test_a_letter_softens_a_refer_and_its_withdrawal_brings_it_back(
    rules: None, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(noor, at=timezone.now(), pad_known="yes")
    latest = ScreeningRecord.objects.across_practices().filter(client=noor).order_by("-made_at")
    assert latest[0].overall == "REFER"
    browser = browse(jon)
    sent = {"rules": ["peripheral-arterial-disease"], "issued_by": "GP", "issued_on": timezone.now().date().isoformat()}
    assert browser.post(reverse("clients:clearance_record", args=[noor.pk]), sent).status_code == 302
    assert latest[0].overall == "RESTRICT"
    assert latest[0].cause == "letter"
    letter = Clearance.objects.across_practices().get()
    assert letter.verified_by == jon
    assert "covered by a letter" in browser.get(screening(noor)).content.decode()
    browser.post(reverse("clients:clearance_withdraw", args=[letter.pk]))
    browser.post(reverse("clients:clearance_withdraw", args=[letter.pk]))
    assert latest[0].overall == "REFER"
    actions = list(
        AuditEntry.objects.across_practices().filter(action__startswith="clearance").values_list("action", flat=True)
    )
    assert sorted(actions) == ["clearance.recorded", "clearance.verified", "clearance.withdrawn"]


def test_the_days_of_a_finding_are_written_out(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, at=timezone.now(), pad_known="yes")
    browser, today = browse(jon), timezone.now().date()
    sent = {"rules": ["peripheral-arterial-disease"], "issued_by": "GP", "issued_on": today.isoformat()}
    browser.post(reverse("clients:clearance_record", args=[noor.pk]), sent)
    record = ScreeningRecord.objects.across_practices().filter(client=noor).order_by("-made_at")[0]
    finding = next(row for row in record.findings if row["cleared_by"])
    until, again = (date.fromisoformat(finding[name]) for name in ("cleared_until", "ask_again_on"))
    page = " ".join(browser.get(screening(noor)).content.decode().split())
    assert f"covered by a letter until {until.day} {until:%b %Y}" in page
    assert f"<dt>Ask again on</dt> <dd> {again.day} {again:%B %Y} </dd>" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"issued_on": "2090-01-01"}, "still to come"),
        ({"issued_on": "1890-01-01"}, "check the year"),
        ({"rules": ["chest-pain-breathless"]}, "is not one of the available choices"),
        ({"rules": []}, "Choose what the letter is about"),
        ({"issued_by": " "}, "This field is required"),
        ({"valid_until": "2001-01-01"}, "cannot end before"),
    ],
)
def test_a_letter_that_cannot_count_is_refused_beside_the_field(
    rules: None, noor: Client, jon: Member, browse: Any, changed: dict[str, Any], words: str
) -> None:
    make_signed_intake(noor, at=timezone.now(), pad_known="yes")
    sent = {
        "rules": ["peripheral-arterial-disease"],
        "issued_by": "GP",
        "issued_on": timezone.now().date().isoformat(),
        **changed,
    }
    response = browse(jon).post(reverse("clients:clearance_record", args=[noor.pk]), sent)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Clearance.objects.across_practices().exists()


def test_letters_have_doors(rules: None, noor: Client, jon: Member, dana: Member, rex: Member, browse: Any) -> None:
    make_signed_intake(noor, at=timezone.now(), pad_known="yes")
    record = reverse("clients:clearance_record", args=[noor.pk])
    assert browse(rex).post(record, {}).status_code == 404
    assert browse(dana).post(record, {}).status_code == 403
    browse(jon).post(
        record,
        {"rules": ["peripheral-arterial-disease"], "issued_by": "GP", "issued_on": timezone.now().date().isoformat()},
    )
    withdraw = reverse("clients:clearance_withdraw", args=[Clearance.objects.across_practices().get().pk])
    assert browse(rex).post(withdraw).status_code == 404
    assert browse(dana).post(withdraw).status_code == 403


def test_every_question_rule_and_check_is_on_the_page(
    rules: None, jon: Member, dana: Member, browse: Any, django_assert_max_num_queries: Any
) -> None:
    url = reverse("clients:questionnaire_index")
    browser = browse(jon)
    browser.get(url)
    with django_assert_max_num_queries(12):
        page = browser.get(url).content.decode()
    assert len(re.findall(r'id="question-', page)) == 73
    assert len(re.findall(r'id="rule-', page)) == 97
    assert len(re.findall(r'id="tile-', page)) == 5
    for words in (
        "Every 7 days all questions are written",
        "in the whole list only, once answered: Does not apply",
        "pregnancy-details-without-pregnancy",
        "Stop with numbness",
        "First days of menstruation",
        "Upcoming medical tests",
    ):
        assert words in page
    assert browse(dana).get(url).status_code == 403
