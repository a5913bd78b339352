"""The ledger of messages: everything of ours, nothing of theirs, doubt on top."""

from datetime import timedelta

import pytest
from django.urls import reverse

from practice.audit.models import AuditEntry
from practice.mail.models import MailServer, OutboundMessage
from tests.make import NOON, make_client
from tests.make_reminders import make_message

pytestmark = pytest.mark.django_db
URL = "/messages/"
State = OutboundMessage.State


def settled(practice, state: str, **fields) -> OutboundMessage:
    message = make_message(practice=practice, **fields)
    message.state, message.settled_at, message.attempt = state, NOON, 1
    message.save()
    return message


def test_lists_each_message_with_what_became_of_it(practice, noor, dana, browse) -> None:
    settled(practice, State.SENT, client_ref=noor.pk)
    refused = settled(practice, State.FAILED, to="gone@example.org")
    refused.reason = "550 No such user"
    refused.save()
    page = browse(dana).get(URL).content.decode()
    assert "Accepted by the mail server" in page
    assert "delivered" not in page
    assert "550 No such user" in page
    assert noor.name in page
    assert reverse("routines:client_ledger", args=[noor.pk]) in page


def test_another_practices_messages_are_not_there(practice, rex, jon, browse) -> None:
    theirs = settled(rex.practice, State.UNCONFIRMED, to="theirs@example.org")
    assert "theirs@example.org" not in browse(jon).get(URL).content.decode()
    assert browse(jon).post(reverse("practice:outbox_send_again", args=[theirs.pk])).status_code == 404


def test_clients_do_not_see_it(practice, noor, browse) -> None:
    assert browse(noor).get(URL).status_code == 403


def test_the_unconfirmed_are_on_top_and_can_be_sent_again_once(practice, jon, browse) -> None:
    doubtful = settled(practice, State.UNCONFIRMED, to="maybe@example.org")
    for number in range(60):
        settled(practice, State.SENT, at=NOON + timedelta(minutes=number))
    browser = browse(jon)
    page = browser.get(URL).content.decode()
    assert page.index("maybe@example.org") < page.index("All messages")
    again = reverse("practice:outbox_send_again", args=[doubtful.pk])
    assert browser.get(again).status_code == 405
    for _twice in range(2):
        assert browser.post(again).status_code == 302
    doubtful.refresh_from_db()
    assert doubtful.state == State.QUEUED
    assert AuditEntry.objects.for_practice(practice).filter(action="outbox.sent_again").count() == 1


def test_filters(practice, noor, jon, browse) -> None:
    settled(practice, State.SENT, to="sent@example.org", client_ref=noor.pk)
    settled(practice, State.SKIPPED, to="skipped@example.org")
    browser = browse(jon)
    assert "skipped@example.org" not in browser.get(URL, {"state": "sent"}).content.decode()
    assert "skipped@example.org" not in browser.get(URL, {"client": str(noor.pk)}).content.decode()
    assert "sent@example.org" in browser.get(URL, {"kind": "plan_ready"}).content.decode()
    for nonsense in ({"state": "<b>"}, {"client": "x"}, {"kind": "no\x00pe"}, {"page": "-3"}, {"page": "zz"}):
        assert browser.get(URL, nonsense).status_code == 200


def test_mail_trouble_is_told(practice, jon, browse) -> None:
    MailServer.objects.create(pk=1, failures=2, down_since=NOON, reason="421 busy")
    assert "421 busy" in browse(jon).get(URL).content.decode()


def test_queries_do_not_grow(practice, jon, browse, django_assert_max_num_queries) -> None:
    for number in range(40):
        client = make_client(practice, f"c{number}@example.org", f"Client {number}")
        settled(practice, State.SENT if number % 2 else State.UNCONFIRMED, client_ref=client.pk)
    browser = browse(jon)
    with django_assert_max_num_queries(12):
        assert browser.get(URL).status_code == 200
