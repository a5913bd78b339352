"""Who may open an intake, what is kept of it, and what its pages cost."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.record.models import Intake
from clients.roster.invitation import revoke_invitation
from clients.roster.models import Client, Invitation
from practice.audit.models import AuditEntry
from practice.tenancy.models import Member
from tests.factories.intake import make_open_intake, make_signed_intake
from tests.factories.intake_steps import REVIEW, only_intake, page, press, screen, sign, stored, urgent_slugs, walk
from tests.factories.people import make_client

pytestmark = pytest.mark.django_db


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
    other = make_client(noor.practice, "omar@example.org", "Omar Diallo")
    assert browse(other).post(reverse("clients:intake_own"), {"client": str(noor.pk)}).status_code == 404


def test_answers_signature_and_findings_are_sealed_at_rest(link: Browser) -> None:
    walk(link, other_condition="yes", other_condition_note="Marmalade syndrome")
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
    assert lines.filter(action="intake.saved").count() == 1 + len(urgent_slugs())
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
    for number in (1, 3, 4, 5, 6):
        text = link.get(page(number)).content.decode()
        assert f"<title>Step {number} of 7" in text
    assert screen("chest-breathing") == "/intake/2/1/"
    assert f"<title>Question 1 of {len(urgent_slugs())}" in link.get(screen("chest-breathing")).content.decode()


def test_what_a_link_opened_is_closed_after_half_a_day(link: Browser) -> None:
    assert link.session.get_expiry_age() == 12 * 60 * 60
