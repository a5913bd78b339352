"""A red flag stops the form and tells the therapist."""

import json

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from tests.clients.intake_steps import (
    REVIEW,
    page,
    press,
    stored,
)

pytestmark = pytest.mark.django_db


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
    assert link.get(reverse("clients:intake_begin"))["Location"] == reverse("clients:intake_stop")
    assert "needs medical care first" in link.get(page(2)).content.decode()


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
