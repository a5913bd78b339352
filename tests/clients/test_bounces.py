"""What the practice sees and is told when mail to a client comes back, and what the client no longer gets."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from clients.consent.consent import consents_in_force
from clients.consent.failing_addresses import unreachable_clients
from clients.roster.roster import correct_client
from practice.audit.models import AuditEntry
from practice.mail import outbox
from practice.mail.models import OutboundMessage, Suppression
from practice.mail.suppression import lift_suppression, note_bounce, undeliverable
from tests.make import NOON, make_client
from tests.make_bounces import make_sent
from tests.make_reminders import agree, make_message

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)


def sent_to(client, **fields) -> OutboundMessage:
    return make_sent(to=client.email, practice=client.practice, client_ref=client.pk, **fields)


def notices() -> list[OutboundMessage]:
    return list(OutboundMessage.objects.across_practices().filter(kind="address_fails").order_by("to_email"))


@pytest.fixture
def of_jon(noor, jon):
    noor.therapist = jon
    noor.save()
    return noor


def test_the_therapist_is_told_once_without_a_name(of_jon, jon, mira) -> None:
    first, second = sent_to(of_jon), sent_to(of_jon)
    note_bounce(first.pk, kind="hard", status="5.1.1", at=LATER)
    note_bounce(first.pk, kind="hard", status="5.1.1", at=LATER)
    note_bounce(second.pk, kind="hard", status="5.1.1", at=LATER)
    assert [notice.to_email for notice in notices()] == [jon.user.email]
    assert AuditEntry.objects.for_practice(of_jon.practice).filter(action="bounce.told").count() == 1
    mail.outbox.clear()
    outbox.send_due(LATER + timedelta(seconds=1))
    [notice] = mail.outbox
    text = notice.subject + notice.body + notice.alternatives[0][0]
    for secret in ("Noor", "noor@", "5.1.1", "mailbox", "spam", "foot", "heel"):
        assert secret not in text
    assert reverse("clients:roster_detail", args=[of_jon.pk]) in notice.body


def test_who_was_lost_last_comes_first(practice) -> None:
    for number in (2, 1, 3):
        client = make_client(practice, f"c{number}@example.org", f"C {number}")
        Suppression.objects.create(address=client.email, kind="hard", since=NOON + timedelta(days=number))
    assert [client.name for client in unreachable_clients(practice)] == ["C 3", "C 2", "C 1"]


def test_a_second_try_that_comes_back_again_tells_again(of_jon, jon) -> None:
    message = sent_to(of_jon)
    for hour in range(2):
        at = LATER + timedelta(hours=hour)
        OutboundMessage.objects.across_practices().filter(pk=message.pk).update(state="unconfirmed", settled_at=at)
        assert note_bounce(message.pk, kind="hard", at=at)
        assert lift_suppression(of_jon.email, by=jon, client_ref=of_jon.pk, at=at)
        message.refresh_from_db()
        outbox.send_again(message, by=jon, at=at)
        outbox.send_due(at)
    assert len(notices()) == 2


def test_a_soft_failure_tells_nobody(of_jon) -> None:
    note_bounce(sent_to(of_jon).pk, kind="soft", at=LATER)
    assert not notices()


def test_a_notice_that_comes_back_makes_no_notice_and_the_owner_is_told_next_time(of_jon, jon, mira) -> None:
    note_bounce(sent_to(of_jon).pk, kind="hard", at=LATER)
    outbox.send_due(LATER)
    [notice] = notices()
    assert note_bounce(notice.pk, kind="hard", at=LATER)
    assert len(notices()) == 1
    other = make_client(of_jon.practice, "lea@example.org", "Lea", therapist=jon)
    note_bounce(sent_to(other).pk, kind="hard", at=LATER)
    assert [each.to_email for each in notices()] == [jon.user.email, mira.user.email]


def test_a_complaint_ends_reminders_too(of_jon, jon) -> None:
    agree(of_jon)
    agree(make_client(of_jon.practice, "lea@example.org", "Lea"))
    note_bounce(sent_to(of_jon).pk, kind="complaint", at=LATER)
    assert "reminders" not in consents_in_force(of_jon)
    assert [notice.to_email for notice in notices()] == [jon.user.email]
    [entry] = AuditEntry.objects.for_practice(of_jon.practice).filter(action="consent.withdrawn")
    assert entry.actor == "mail server"


def test_a_complaint_in_one_practice_leaves_the_others_wishes_alone(of_jon, rex) -> None:
    elsewhere = make_client(rex.practice)
    agree(elsewhere)
    note_bounce(sent_to(of_jon).pk, kind="complaint", at=LATER)
    assert "reminders" in consents_in_force(elsewhere)


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("hard", "5.1.1", "there is no such mailbox"),
        ("hard", "5.2.2", "the mailbox is full"),
        ("hard", "5.7.1", "turns our messages away"),
        ("hard", "", "comes back for good"),
        ("complaint", "", "marked as spam"),
    ],
)
def test_the_clients_page_says_what_happened_and_what_to_do(of_jon, dana, browse, kind, status, words) -> None:
    path = reverse("clients:roster_detail", args=[of_jon.pk])
    assert "does not reach" not in browse(dana).get(path).content.decode()
    note_bounce(sent_to(of_jon).pk, kind=kind, status=status, at=LATER)
    page = browse(dana).get(path).content.decode()
    assert words in page
    assert "Try this address again" in page
    assert ("Correct the address" in page) is (kind == "hard")
    assert "delivered" not in page.lower()


def test_another_practice_learns_only_that_the_address_is_dead(of_jon, rex, browse) -> None:
    elsewhere = make_client(rex.practice)
    note_bounce(sent_to(of_jon).pk, kind="complaint", at=LATER)
    page = browse(rex).get(reverse("clients:roster_detail", args=[elsewhere.pk])).content.decode()
    assert "does not accept mail since" in page
    assert "spam" not in page
    assert [notice.practice for notice in notices()] == [of_jon.practice]


def test_try_again_by_reception(of_jon, dana, rex, browse) -> None:
    note_bounce(sent_to(of_jon).pk, kind="hard", at=LATER)
    path = reverse("clients:bounce_try_again", args=[of_jon.pk])
    assert browse(dana).get(path).status_code == 405
    assert browse(rex).post(path).status_code == 404
    assert undeliverable([of_jon.email])
    answer = browse(dana).post(path, follow=True)
    assert "The next message goes to this address again" in answer.content.decode()
    assert not undeliverable([of_jon.email])
    assert AuditEntry.objects.for_practice(of_jon.practice).filter(action="bounce.lifted", by=dana.user).count() == 1
    assert "open to messages already" in browse(dana).post(path, follow=True).content.decode()


def test_a_corrected_address_gets_mail_again(of_jon, dana, browse) -> None:
    note_bounce(sent_to(of_jon).pk, kind="hard", at=LATER)
    saved = correct_client(of_jon, revision=of_jon.revision, by=dana, at=LATER, email="noor.haddad@example.org")
    page = browse(dana).get(reverse("clients:roster_detail", args=[saved.pk])).content.decode()
    assert "does not reach" not in page
    message = make_message(LATER, saved.email, practice=saved.practice, client_ref=saved.pk)
    outbox.send_due(LATER)
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_late_bounce_of_the_old_address_is_no_news(of_jon, dana) -> None:
    message = sent_to(of_jon)
    correct_client(of_jon, revision=of_jon.revision, by=dana, at=LATER, email="noor.haddad@example.org")
    note_bounce(message.pk, kind="hard", at=LATER)
    assert not notices()


def test_first_page_and_ledger(of_jon, jon, rex, browse) -> None:
    message = sent_to(of_jon)
    assert "E-mail that does not arrive" not in browse(jon).get("/today/").content.decode()
    note_bounce(message.pk, kind="hard", at=LATER)
    page = browse(jon).get("/today/").content.decode()
    assert "E-mail that does not arrive" in page
    assert "See what to do" in page
    assert browse(jon).get("/today/unreachable/").status_code == 200
    assert "E-mail that does not arrive" not in browse(rex).get("/today/").content.decode()
    ledger = browse(jon).get(reverse("practice:outbox_ledger")).content.decode()
    assert "Accepted by the mail server" in ledger
    assert "Came back: the address does not accept mail" in ledger
