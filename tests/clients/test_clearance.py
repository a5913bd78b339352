"""Letters on their way: sent, read, verified or not, withdrawn, and the warning before they end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from clients.letters.expiry import warn_expiring
from clients.letters.letters import (
    ClearanceRefused,
    receive_clearance,
    reject_clearance,
    verify_clearance,
    withdraw_clearance,
)
from clients.letters.sanitize_file import clean_file
from clients.record.models import Clearance, ClearanceFile, ScreeningRecord
from clients.roster.models import Client
from clients.roster.roster import archive_client
from practice.audit.models import AuditEntry
from practice.mail import outbox
from practice.mail.models import OutboundMessage
from practice.mail.render import render
from practice.sealed.field import SealBroken
from practice.tenancy.models import Member
from tests import make_letters
from tests.make import NOON
from tests.make_intake import make_signed_intake
from tests.reading import queries

pytestmark = pytest.mark.django_db
PAD = "peripheral-arterial-disease"
OWN = "/me/letters/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def file(data: bytes, name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def receive(client: Client, data: bytes | None = None) -> Clearance:
    letter, _new = receive_clearance(
        client, file=clean_file(data or make_letters.pdf()), issued_by="GP", words="from Noor", by=client.user, at=NOON
    )
    return letter


def verify(letter: Clearance, by: Member, **changed: Any) -> Clearance:
    values = {"rules": [PAD], "issued_on": NOON.date(), "valid_until": None, "issued_by": "GP", "at": NOON, **changed}
    return verify_clearance(letter, by=by, **values)


def outcomes(client: Client) -> list[str]:
    records = ScreeningRecord.objects.across_practices().filter(client=client).order_by("-made_at", "-pk")
    return list(records.values_list("overall", flat=True))


def actions() -> list[str]:
    found = AuditEntry.objects.across_practices().filter(action__startswith="clearance").order_by("pk")
    return list(found.values_list("action", flat=True))


def sent_form(browser: Browser) -> dict[str, Any]:
    """The values that the empty form carries."""
    form = browser.get(OWN).context["form"]
    return {"client": form.fields["client"].initial, "form_key": str(form["form_key"].value())}


# ---- Sent by the client


def test_a_client_sends_a_letter_and_it_counts_for_nothing_yet(rules: None, noor: Client, browse: Any) -> None:
    make_signed_intake(noor, pad_known="yes")
    browser = browse(noor)
    values = {**sent_form(browser), "file": file(make_letters.pdf()), "issued_by": "GP", "words": "Here it is"}
    answer = browser.post(OWN, values, follow=True)
    assert "Thank you. Your therapist reads it" in answer.content.decode()
    assert "Waits for your therapist" in answer.content.decode()
    letter = Clearance.objects.across_practices().get()
    assert (letter.verified_at, letter.content["rules"], letter.recorded_by) == (None, [], noor.user)
    assert outcomes(noor) == ["REFER"]
    assert actions() == ["clearance.recorded"]


def test_pressing_twice_is_one_letter(rules: None, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    values = sent_form(browser)
    for _time in range(2):
        assert browser.post(OWN, {**values, "file": file(make_letters.pdf())}).status_code == 302
    assert Clearance.objects.across_practices().count() == 1
    assert ClearanceFile.objects.across_practices().count() == 1


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "letter.pdf", "empty"),
        (b"<html><script>alert(1)</script>", "letter.pdf", "not a PDF, JPEG, PNG or HEIC"),
        (b"%PDF-1.7 nothing", "letter.pdf", "damaged"),
        (b"0" * 50_000_000, "letter.pdf", "too large"),
    ],
)
def test_a_bad_upload_says_why_and_keeps_what_was_typed(
    rules: None, noor: Client, browse: Any, data: bytes, name: str, words: str
) -> None:
    browser = browse(noor)
    values = {**sent_form(browser), "file": file(data, name), "issued_by": "Dr Typed", "words": "Typed words"}
    answer = browser.post(OWN, values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Dr Typed" in page
    assert "Typed words" in page
    assert not Clearance.objects.across_practices().exists()


def test_no_file_is_asked_for(rules: None, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    assert "Please choose the letter&#x27;s file" in browser.post(OWN, sent_form(browser)).content.decode()


def test_an_upload_never_lies_in_a_temporary_file(rules: None, noor: Client, browse: Any, monkeypatch: Any) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)
    browser = browse(noor)
    sent = {**sent_form(browser), "file": file(make_letters.jpeg() + b"0" * 4_000_000, "photo.jpg")}
    assert browser.post(OWN, sent).status_code == 302


def test_nobody_fills_the_disk(rules: None, noor: Client) -> None:
    for _number in range(12):
        receive(noor)
    with pytest.raises(ClearanceRefused, match="wait to be read already"):
        receive(noor)


def test_another_practices_record_cannot_be_named(rules: None, noor: Client, rex: Member, browse: Any) -> None:
    from tests.make import make_client

    stranger = make_client(rex.practice, "stranger@example.org")
    browser = browse(noor)
    answer = browser.post(OWN, {"client": str(stranger.pk), "file": file(make_letters.pdf())})
    assert answer.status_code == 422
    assert not Clearance.objects.across_practices().exists()


# ---- Kept


def test_the_file_is_sealed_and_bound_to_its_letter(rules: None, noor: Client) -> None:
    one, other = receive(noor), receive(noor, make_letters.pdf(words="Second letter"))
    assert b"Second letter" in other.file.open()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM clients_clearancefile")
        kept = b"".join(bytes(sealed) for (sealed,) in cursor.fetchall())
        cursor.execute("SELECT * FROM clients_clearance")
        rows = str(cursor.fetchall())
    assert kept
    assert b"%PDF" not in kept
    assert b"Fit for light massage" not in kept
    assert "from Noor" not in rows
    ClearanceFile.objects.across_practices().filter(pk=one.pk).update(sealed=bytes(other.file.sealed))
    with pytest.raises(SealBroken):
        ClearanceFile.objects.across_practices().get(pk=one.pk).open()


def test_the_file_is_served_to_the_client_and_to_those_who_may_read_health(
    rules: None, noor: Client, jon: Member, dana: Member, rex: Member, ada: Any, browse: Any, client: Browser
) -> None:
    from tests.make import make_client

    letter = receive(noor)
    own = reverse("clients:clearance_own_file", args=[letter.pk])
    staff = reverse("clients:clearance_file", args=[letter.pk])
    for who, url in ((noor, own), (jon, staff)):
        answer = browse(who).get(url)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"] == 'inline; filename="letter-2026-03-16.pdf"'
        assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert actions().count("clearance.viewed") == 2
    for who, url, status in (
        (dana, staff, 403), (noor, staff, 403), (rex, staff, 404), (ada, staff, 403), (jon, own, 404), (dana, own, 404),
        (make_client(noor.practice, "next@example.org"), own, 404),
    ):  # fmt: skip
        assert browse(who).get(url).status_code == status
    assert client.get(own).status_code == client.get(staff).status_code == 302
    assert actions().count("clearance.viewed") == 2


# ---- Decided by a therapist


def test_verified_against_named_rules_and_withdrawn(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, at=NOON - timedelta(hours=1), pad_known="yes")
    letter = receive(noor)
    browser = browse(jon)
    page = browser.get(reverse("clients:clearance_read", args=[letter.pk]))
    assert [slug for slug, _words in page.context["verify"].fields["rules"].choices] == [PAD]
    assert len(page.context["verify"].fields["other_rules"].choices) > 10
    verify_url = reverse("clients:clearance_verify", args=[letter.pk])
    answer = browser.post(verify_url, {"rules": [PAD], "issued_by": "GP", "issued_on": "2026-03-10"})
    assert answer["Location"] == reverse("clients:screening_detail", args=[noor.pk])
    assert outcomes(noor)[0] == "RESTRICT"
    letter.refresh_from_db()
    assert letter.verified_by == jon
    assert letter.content["words"] == "from Noor"
    sent = {"rules": [PAD], "issued_by": "GP", "issued_on": "2026-03-10"}
    again = browser.post(verify_url, sent, follow=True)
    assert "decided on this letter meanwhile" in again.content.decode()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        browser.post(reverse("clients:clearance_withdraw", args=[letter.pk]))
    assert outcomes(noor)[0] == "REFER"
    assert actions() == ["clearance.recorded", "clearance.verified", "clearance.withdrawn"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rules": []}, "Choose what the letter is about"),
        ({"rules": ["chest-pain-breathless"]}, "is not one of the available choices"),
        ({"issued_on": "2090-01-01"}, "still to come"),
        ({"issued_on": "1890-01-01"}, "check the year"),
        ({"valid_until": "2001-01-01"}, "cannot end before"),
    ],
)
def test_it_is_not_verified_by_mistake(
    rules: None, noor: Client, jon: Member, browse: Any, changed: dict[str, Any], words: str
) -> None:
    make_signed_intake(noor, pad_known="yes")
    letter = receive(noor)
    sent = {"rules": [PAD], "issued_by": "GP", "issued_on": "2026-03-10", **changed}
    answer = browse(jon).post(reverse("clients:clearance_verify", args=[letter.pk]), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    letter.refresh_from_db()
    assert letter.verified_at is None


def test_a_stop_is_never_lifted(rules: None, noor: Client, jon: Member) -> None:
    with pytest.raises(ClearanceRefused):
        verify(receive(noor), jon, rules=["chest-pain-breathless"])


def test_not_accepted_with_a_kind_reason_that_the_client_reads(
    rules: None, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(noor, pad_known="yes")
    letter = receive(noor)
    url = reverse("clients:clearance_reject", args=[letter.pk])
    assert "Say in a kind sentence" in browse(jon).post(url, {"reason": " "}).content.decode()
    assert browse(jon).post(url, {"reason": "The date is missing, please ask for it."}).status_code == 302
    assert "The date is missing, please ask for it." in browse(noor).get(OWN).content.decode()
    assert outcomes(noor)[0] == "REFER"
    assert actions() == ["clearance.recorded", "clearance.rejected"]
    with pytest.raises(ClearanceRefused):
        verify(letter, jon)


def test_a_client_never_reads_the_practices_note_or_a_rule(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, pad_known="yes")
    verify(receive(noor), jon, note="Shelf note")
    page = browse(noor).get(OWN).content.decode()
    assert "Shelf note" not in page
    assert PAD not in page
    assert "It counts until" in page


def test_decisions_have_doors(rules: None, noor: Client, dana: Member, rex: Member, browse: Any) -> None:
    letter = receive(noor)
    for name, method in (("read", "get"), ("verify", "post"), ("reject", "post")):
        url = reverse(f"clients:clearance_{name}", args=[letter.pk])
        assert getattr(browse(rex), method)(url).status_code == 404
        assert getattr(browse(dana), method)(url).status_code == 403
        assert getattr(browse(noor), method)(url).status_code == 403


def test_recorded_by_the_therapist_with_its_file_once(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, pad_known="yes")
    browser = browse(jon)
    form = browser.get(reverse("clients:screening_detail", args=[noor.pk])).context["clearance_form"]
    sent = {"rules": [PAD], "issued_by": "GP", "issued_on": "2026-03-10", "form_key": str(form["form_key"].value())}
    for _time in range(2):
        answer = browser.post(
            reverse("clients:clearance_record", args=[noor.pk]), {**sent, "file": file(make_letters.jpeg(), "x.jpg")}
        )
        assert answer.status_code == 302
    letter = Clearance.objects.across_practices().get()
    assert letter.file.content_type == "image/jpeg"
    assert make_letters.PLACE not in letter.file.open()


def test_few_queries(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, pad_known="yes")
    letters = [receive(noor) for _number in range(10)]
    for url, who in (
        (OWN, noor), (reverse("clients:clearance_read", args=[letters[0].pk]), jon),
        (reverse("clients:screening_detail", args=[noor.pk]), jon),
    ):  # fmt: skip
        browser = browse(who)
        browser.get(url)
        assert queries(browser, url) <= 12, url


# ---- The end


def warned() -> list[OutboundMessage]:
    return list(OutboundMessage.objects.across_practices().filter(kind="letter_expiring"))


def test_the_client_is_warned_once_two_weeks_before_the_end(
    rules: None, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(noor, pad_known="yes")
    last = NOON.date() + timedelta(days=60)
    letter = verify(receive(noor), jon, valid_until=last)
    assert letter.ends_on == last
    assert warn_expiring(NOON + timedelta(days=45)) == 0
    now = NOON + timedelta(days=46)
    assert [warn_expiring(now), warn_expiring(now), warn_expiring(now + timedelta(days=1))] == [1, 0, 0]
    (message,) = warned()
    assert message.to_email == noor.email
    said = render(message)
    text = f"{said.subject} {said.body} {said.alternatives[0][0]}".lower()
    assert "15 may 2026" in text
    for word in ("gp", "arter", "letter from", "doctor", "clinic", PAD):
        assert word not in text.replace(noor.practice.name.lower(), ""), word
    with time_machine.travel(now, tick=False):
        page = browse(jon).get("/today/").content.decode()
        assert "Letters running out" in page
        outbox.send_due(now)
    assert [letter.to for letter in mail.outbox if "runs out" in letter.subject] == [[noor.email]]


def test_no_warning_for_what_was_withdrawn_renewed_archived_or_never_verified(
    rules: None, noor: Client, jon: Member
) -> None:
    make_signed_intake(noor, pad_known="yes")
    soon = NOON.date() + timedelta(days=5)
    receive(noor)
    withdraw_clearance(verify(receive(noor), jon, valid_until=soon), by=jon, at=NOON)
    rejected = receive(noor)
    reject_clearance(rejected, reason="No date.", by=jon, at=NOON)
    first = verify(receive(noor), jon, valid_until=soon)
    later = verify(receive(noor), jon, valid_until=NOON.date() + timedelta(days=90))
    assert warn_expiring(NOON) == 0
    withdraw_clearance(later, by=jon, at=NOON)
    first.refresh_from_db()
    assert not first.is_renewed
    archive_client(noor, by=jon, at=NOON)
    assert warn_expiring(NOON) == 0
    assert warned() == []


def test_a_warning_that_is_no_longer_true_does_not_leave(rules: None, noor: Client, jon: Member) -> None:
    make_signed_intake(noor, pad_known="yes")
    letter = verify(receive(noor), jon, valid_until=NOON.date() + timedelta(days=5))
    assert warn_expiring(NOON) == 1
    withdraw_clearance(letter, by=jon, at=NOON)
    outbox.send_due(NOON)
    (message,) = warned()
    assert (message.state, message.reason) == ("skipped", "letter no longer counts")


def test_letters_to_read_stand_on_the_first_page(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    letter = receive(noor)
    page = browse(jon).get("/today/").content.decode()
    assert "Letters to read" in page
    assert reverse("clients:clearance_read", args=[letter.pk]) in page
    reject_clearance(letter, reason="No date.", by=jon, at=NOON)
    assert "Letters to read" not in browse(jon).get("/today/").content.decode()
