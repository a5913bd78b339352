"""Who hears of a letter: the therapist when one arrives, the client before one ends by the practice's own rules."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clients.letters.expiry import warn_expiring
from clients.letters.letters import receive_clearance, record_clearance
from clients.letters.sanitize_file import clean_file
from clients.questionnaire.save_local_rules import document_of, save_rules, with_rule_figures
from clients.record.models import Clearance
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.mail.render import render
from practice.tenancy.models import Member
from tests import make_letters
from tests.make import NOON, make_client
from tests.make_intake import make_signed_intake

pytestmark = pytest.mark.django_db
PAD = "peripheral-arterial-disease"
OWN = "/me/letters/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def send(client: Client, by: Any = None, **when: Any) -> Clearance:
    file = clean_file(make_letters.jpeg())
    letter, _new = receive_clearance(client, file=file, by=by or client.user, **{"at": NOON, **when})
    return letter


def told() -> list[OutboundMessage]:
    return list(OutboundMessage.objects.across_practices().filter(kind="letter_arrived").order_by("to_email"))


def test_a_photo_of_an_iphone_is_taken_kept_as_jpeg_and_told_to_the_therapist(
    rules: None, noor: Client, jon: Member, mira: Member, browse: Any
) -> None:
    noor.therapist = jon
    noor.save()
    browser = browse(noor)
    page = browser.get(OWN)
    form = page.context["form"]
    assert ".heic" in page.content.decode()
    photo = SimpleUploadedFile("IMG_0001.HEIC", make_letters.heic(), content_type="image/heic")
    values = {"client": form.fields["client"].initial, "form_key": str(form["form_key"].value()), "file": photo}
    assert browser.post(OWN, values).status_code == 302
    letter = Clearance.objects.across_practices().get()
    shown = browser.get(reverse("clients:clearance_own_file", args=[letter.pk]))
    assert shown["Content-Type"] == "image/jpeg"
    assert make_letters.PLACE not in shown.content
    (message,) = told()
    assert message.to_email == jon.user.email
    assert message.context["url"].endswith(reverse("clients:clearance_read", args=[letter.pk]))
    assert "Letters to read" in browse(jon).get("/today/").content.decode()


def test_what_the_therapist_reads_in_the_mail_names_nobody_and_nothing(rules: None, noor: Client, mira: Member) -> None:
    send(noor, issued_by="Vascular clinic", words="my legs")
    (message,) = told()
    assert message.to_email == mira.user.email  # nobody's client: the owner hears of it
    said = render(message)
    text = f"{said.subject} {said.body} {said.alternatives[0][0]}".lower()
    assert noor.practice.name.lower() in text
    for word in ("noor", "haddad", "vascular", "clinic", "legs", "letter from", "doctor"):
        assert word not in text, word


def test_several_pages_of_one_letter_are_one_mail_a_day(rules: None, noor: Client, mira: Member) -> None:
    for _page in range(3):
        send(noor)
    assert len(told()) == 1
    send(make_client(noor.practice, "eve@example.org", "Eve"))
    assert len(told()) == 2
    send(noor, at=NOON + timedelta(days=1))
    assert len(told()) == 3


def test_what_staff_pass_on_is_not_told_to_them(rules: None, noor: Client, mira: Member) -> None:
    send(noor, by=mira)
    assert told() == []


def letter_of(client: Client, by: Member) -> Clearance:
    """By the shared rules it counts for 180 days."""
    make_signed_intake(client, pad_known="yes")
    return record_clearance(
        client, rules=[PAD], issued_on=NOON.date(), valid_until=None, issued_by="GP", by=by, at=NOON
    )


def tighten(by: Member, days: int, number: int = 0) -> None:
    document = with_rule_figures(document_of(by.practice), PAD, {"letter_days": days})
    save_rules(by.practice, document, change="letters", number=number, by=by, at=NOON)


def test_the_warning_follows_the_practices_own_rules(rules: None, noor: Client, mira: Member, rex: Member) -> None:
    tighten(mira, 60)
    theirs = make_client(rex.practice, "lena@example.org", "Lena")
    assert letter_of(noor, mira).ends_on == NOON.date() + timedelta(days=60)
    assert letter_of(theirs, rex).ends_on == NOON.date() + timedelta(days=180)
    assert warn_expiring(NOON + timedelta(days=45)) == 0
    assert warn_expiring(NOON + timedelta(days=46)) == 1
    (message,) = OutboundMessage.objects.across_practices().filter(kind="letter_expiring")
    assert (message.to_email, message.context["last_day"]) == (noor.email, "15 May 2026")


def test_a_practice_that_tightens_later_is_followed_by_the_letters_it_has(
    rules: None, noor: Client, mira: Member
) -> None:
    letter = letter_of(noor, mira)
    assert warn_expiring(NOON) == 0
    tighten(mira, 10)
    assert warn_expiring(NOON) == 1
    letter.refresh_from_db()
    assert letter.ends_on == NOON.date() + timedelta(days=10)


def test_what_a_letter_may_be_verified_against_follows_the_practices_own_rules(
    rules: None, noor: Client, mira: Member, browse: Any
) -> None:
    """A rule that this practice has raised to STOP cannot be lifted by a letter, and is not offered."""
    make_signed_intake(noor, pad_known="yes")
    letter = send(noor)
    page = browse(mira).get(reverse("clients:clearance_read", args=[letter.pk]))
    assert f'value="{PAD}"' in page.content.decode()
    document = with_rule_figures(document_of(mira.practice), PAD, {"outcome": "STOP", "urgency": "defer"})
    save_rules(mira.practice, document, change="legs", number=0, by=mira, at=NOON)
    page = browse(mira).get(reverse("clients:clearance_read", args=[letter.pk]))
    assert f'value="{PAD}"' not in page.content.decode()
