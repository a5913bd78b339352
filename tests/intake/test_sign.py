"""Signing and sending, reading it back, and answering again."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.record.models import Consent, Intake, ScreeningRecord
from clients.roster.invitation import SESSION_KEY
from clients.roster.models import Client
from practice.audit.models import AuditEntry
from tests.factories.intake import make_signed_intake
from tests.factories.intake_steps import (
    PAGES,
    REVIEW,
    fields_of,
    no_urgent,
    only_intake,
    page,
    press,
    screen,
    sign,
    stored,
    walk,
)
from tests.factories.reading import html_of

pytestmark = [pytest.mark.django_db, pytest.mark.both("JSON, sealed fields and locks in one act")]


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
        ({"signed_as": None}, "say who signs"),
    ],
)
def test_blank_or_unsigned_is_not_sent(link: Browser, changed: dict[str, Any], words: str) -> None:
    walk(link)
    response = sign(link, **changed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not only_intake().is_submitted
    assert not Consent.objects.across_practices().exists()


def test_sending_twice_lands_on_the_same_page(link: Browser) -> None:
    walk(link)
    ticked = {"health_data": "on", "home_routine": "on", "signed_as": "client", "signed_name": "Noor Haddad"}
    sent = {**fields_of(link.get(REVIEW)), **ticked}
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
    walk(link, pad_known="yes")
    done = link.get(sign(link)["Location"]).content.decode()
    assert "please ask your doctor or vascular clinic" in done
    assert "GP, nurse or hospital doctor or vascular clinic" in done
    assert "arterial" not in done
    assert "Poorly supplied skin" not in done


def test_a_returning_client_confirms_and_is_asked_anew_about_now(rules: None, noor: Client, browse: Any) -> None:
    make_signed_intake(noor, at=timezone.now() - timedelta(days=90), osteoporosis="yes")
    browser = browse(noor)
    browser.post(reverse("clients:intake_own"), {"client": str(noor.pk)}, follow=True)
    first = browser.get(page(1)).content.decode()
    assert 'value="41"' in first
    assert "Your last answer" in first
    assert "a-consent-information" not in fields_of(browser.get(page(1)))
    press(browser, 1, "next", **{"a-consent-information": "yes"})
    assert "is-chosen" not in html_of(browser.get(screen("chest-breathing")))
    no_urgent(browser)
    press(browser, 3, "none")
    intake = Intake.objects.across_practices().in_progress().get()
    assert intake.answers["osteoporosis"]["prefill"] is True
    for number in range(4, PAGES + 1):
        assert press(browser, number, "next").status_code == 302
    assert sign(browser).status_code == 302
    intake.refresh_from_db()
    assert intake.answers["osteoporosis"]["value"] == "yes"
    assert intake.answers["osteoporosis"]["on"] == timezone.now().date().isoformat()
