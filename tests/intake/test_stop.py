"""A red flag stops the form and tells the therapist."""

import json

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from tests.factories.intake_steps import REVIEW, no_urgent, page, press, screen, stored, tap

pytestmark = pytest.mark.django_db


def test_an_emergency_answer_stops_the_form_at_once(link: Browser, noor: Client, jon: Member) -> None:
    noor.practice.emergency_number = "999"
    noor.practice.save()
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    assert tap(link, "chest-breathing", "yes")["Location"] == reverse("clients:intake_stop")
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
    assert "needs medical care first" in link.get(screen("chest-breathing")).content.decode()
    assert link.get(screen("injury-snap"))["Location"] == reverse("clients:intake_stop")


def test_the_therapist_is_told_once_and_without_health_detail(
    link: Browser, noor: Client, jon: Member, mira: Member
) -> None:
    OutboundMessage.objects.across_practices().all().delete()
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    tap(link, "hot-red-skin", "yes")
    tap(link, "hot-red-skin", "yes")
    message = OutboundMessage.objects.across_practices().get()
    assert (message.kind, message.to_email) == ("needs_attention", "mira@example.org")
    told = json.dumps(message.context).lower()
    assert not any(word in told for word in ("skin", "noor", "stop", "screening", "same_day"))
    assert ScreeningRecord.objects.across_practices().count() == 1


def test_not_sure_about_a_red_flag_counts_as_yes(link: Browser) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    assert tap(link, "stroke-signs", "not_sure")["Location"] == reverse("clients:intake_stop")


def test_a_slip_can_be_put_right_and_both_are_remembered(link: Browser) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    tap(link, "chest-breathing", "yes")
    assert screen("chest-breathing") in link.get(reverse("clients:intake_stop")).content.decode()
    assert tap(link, "chest-breathing", "no")["Location"] == screen("one-calf-symptoms")
    assert no_urgent(link)["Location"] == page(3)
    assert ScreeningRecord.objects.across_practices().count() == 1
