"""What a bounce does to the message and the address, and that mail to a dead address stays here."""

from datetime import timedelta

import pytest
from django.core import mail

from practice.audit.models import AuditEntry
from practice.mail import outbox, suppression
from practice.mail.models import OutboundMessage, Suppression
from practice.mail.return_path import return_path
from practice.mail.suppression import DEAD_ADDRESS, is_news, lift_suppression, note_bounce, suppresses, undeliverable
from practice.mail.transport import BackendTransport
from tests.make import NOON
from tests.make_bounces import make_sent
from tests.make_reminders import make_message

State = OutboundMessage.State
pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)
ADDRESS = "noor@example.org"


def fresh(message: OutboundMessage) -> OutboundMessage:
    return OutboundMessage.objects.across_practices().get(pk=message.pk)


@pytest.mark.parametrize(
    ("kind", "lifted_at", "expected"),
    [
        ("soft", None, False),
        ("hard", None, True),
        ("complaint", None, True),
        ("hard", NOON + timedelta(seconds=1), False),
        ("hard", NOON - timedelta(seconds=1), True),
    ],
)
def test_what_suppresses(kind, lifted_at, expected) -> None:
    assert suppresses(kind, sent_at=NOON, lifted_at=lifted_at) is expected


@pytest.mark.parametrize(
    ("state", "known", "kind", "expected"),
    [
        ("sent", "", "hard", True),
        ("handing_over", "", "hard", True),  # the report overtakes our own commit
        ("unconfirmed", "", "hard", True),
        ("queued", "", "hard", False),
        ("skipped", "", "hard", False),
        ("sent", "soft", "hard", True),
        ("sent", "hard", "soft", False),
        ("sent", "hard", "hard", False),
        ("sent", "hard", "complaint", True),
    ],
)
def test_what_is_news(state, known, kind, expected) -> None:
    assert is_news(OutboundMessage(state=state, bounce=known, attempt=1), kind) is expected


def test_what_never_left_cannot_come_back(practice) -> None:
    message = make_message(practice=practice)
    assert not note_bounce(message.pk, kind="hard", at=LATER)
    assert not undeliverable([ADDRESS])


def test_mail_to_a_dead_address_ends_as_skipped(practice, rex) -> None:
    bounced = make_sent(practice=practice)
    waiting, doubtful = (make_message(practice=practice, not_before=NOON + timedelta(hours=1)) for _each in range(2))
    OutboundMessage.objects.across_practices().filter(pk=doubtful.pk).update(in_doubt_since=NOON)
    assert note_bounce(bounced.pk, kind="hard", status="5.1.1", at=LATER)
    assert (fresh(waiting).state, fresh(waiting).reason) == (State.SKIPPED, DEAD_ADDRESS)
    assert fresh(doubtful).state == State.UNCONFIRMED, "it may have arrived before"
    # Of any practice, in any case of letters, and asked just before the hand-over.
    later = [make_message(LATER, to, practice=rex.practice) for to in (ADDRESS, "NOOR@example.org")]
    healthy = make_message(LATER, "sam@example.org", practice=practice)
    mail.outbox.clear()
    outbox.send_due(LATER)
    assert {(fresh(each).state, fresh(each).reason) for each in later} == {(State.SKIPPED, DEAD_ADDRESS)}
    assert fresh(healthy).state == State.SENT
    assert [sent.to for sent in mail.outbox] == [["sam@example.org"]]
    assert fresh(bounced).state == State.SENT, "accepted by the mail server stays true"


def test_sign_in_codes_still_go_so_that_nobody_is_locked_out(practice) -> None:
    note_bounce(make_sent(practice=practice).pk, kind="complaint", at=LATER)
    code = make_message(LATER)
    outbox.send_due(LATER)
    assert fresh(code).state == State.SENT


def test_a_dead_address_costs_one_query_a_batch(practice, django_assert_max_num_queries) -> None:
    for number in range(20):
        make_message(to=f"n{number}@example.org", practice=practice)
    with django_assert_max_num_queries(20 * 4):
        outbox.send_due(NOON)
    with django_assert_max_num_queries(1):
        assert undeliverable(f"n{number}@example.org" for number in range(500)) == set()


def test_try_again(practice, mira, noor) -> None:
    first, second = make_sent(practice=practice), make_sent(practice=practice)
    note_bounce(first.pk, kind="hard", at=LATER)
    assert lift_suppression(ADDRESS, by=mira, client_ref=noor.pk, at=LATER)
    assert not lift_suppression(ADDRESS, by=mira, client_ref=noor.pk, at=LATER)
    [entry] = AuditEntry.objects.for_practice(practice).filter(action="bounce.lifted")
    assert (entry.client_ref, entry.by) == (noor.pk, mira.user)
    # A late report on what was sent before says nothing of the address since.
    assert note_bounce(second.pk, kind="hard", at=LATER + timedelta(hours=1))
    assert not undeliverable([ADDRESS])
    third = make_sent(LATER + timedelta(hours=2), practice=practice)
    note_bounce(third.pk, kind="hard", at=LATER + timedelta(hours=3))
    assert undeliverable([ADDRESS]) == {ADDRESS}


def test_soft_failures_are_counted_once_a_message(practice) -> None:
    for _each in range(3):
        message = make_sent(practice=practice)
        for _replay in range(2):
            note_bounce(message.pk, kind="soft", at=LATER)
    assert Suppression.objects.get().soft_count == 3
    assert not undeliverable([ADDRESS])


def test_a_report_on_another_recipient_is_ignored(practice, caplog) -> None:
    message = make_sent(practice=practice)
    assert not note_bounce(message.pk, kind="hard", recipient="other@example.org", at=LATER)
    assert "another recipient" in caplog.text
    assert "@" not in caplog.text


def test_the_envelope_sender_is_the_signed_path(practice, settings, monkeypatch) -> None:
    settings.EMAIL_RETURN_PATH_DOMAIN = "bounces.practice.example"
    seen = []
    offer = BackendTransport.offer
    monkeypatch.setattr(
        BackendTransport, "offer", lambda self, *words, **more: (seen.append(words[1]), offer(self, *words, **more))
    )
    message = make_sent(practice=practice)
    assert seen == [return_path(message)]
    assert "bounce+" not in mail.outbox[0].message().as_string(), "the people who read it see the usual sender"


def test_a_fault_of_those_who_listen_leaves_nothing_half_done(practice, monkeypatch) -> None:
    def fails(told, at):
        raise RuntimeError

    monkeypatch.setattr(suppression, "after_bounce", [fails])
    message = make_sent(practice=practice)
    with pytest.raises(RuntimeError):
        note_bounce(message.pk, kind="hard", at=LATER)
    assert fresh(message).bounce == ""
    assert not undeliverable([ADDRESS])
