"""A message's way from the row to the mail server, with the clock held still and mail kept in memory."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.test import override_settings

from practice.audit.models import AuditEntry
from practice.mail import lease, outbox, templates
from practice.mail.models import MailServer, OutboundMessage
from practice.mail.outbox import call_back, queue, send_again, send_due
from practice.mail.preflight import LastCheck
from tests.make import NOON
from tests.make_reminders import make_message

State = OutboundMessage.State
LEASE = timedelta(seconds=90)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def emails(tmp_path, monkeypatch):
    """A kind of message of our own, so that no other room's wording is tested here."""
    folder = tmp_path / "plan_ready"
    folder.mkdir()
    (folder / "subject.txt").write_text("Hello {{ name }}\n from {{ practice }}\n")
    (folder / "body.txt").write_text("{{ name }}: {{ url }}")
    (folder / "body.html").write_text("<p>{{ name }}</p>")
    monkeypatch.setattr(templates, "FOLDERS", [tmp_path, *templates.FOLDERS])
    templates._engine.cache_clear()
    yield folder
    templates._engine.cache_clear()


def fresh(message: OutboundMessage) -> OutboundMessage:
    return OutboundMessage.objects.across_practices().get(pk=message.pk)


def test_a_due_message_leaves_once(practice) -> None:
    message = make_message(practice=practice)
    assert send_due(NOON) == 1
    assert send_due(NOON) == 0
    assert fresh(message).state == State.SENT
    assert [sent.to for sent in mail.outbox] == [["noor@example.org"]]
    assert mail.outbox[0].message()["Message-ID"] == message.message_id


def test_not_before_and_pointless_after() -> None:
    early = make_message(not_before=NOON + timedelta(minutes=1))
    late = make_message(NOON - timedelta(hours=2), expires_after=timedelta(hours=1))
    send_due(NOON)
    assert not mail.outbox
    assert fresh(early).state == State.QUEUED
    assert (fresh(late).state, fresh(late).reason) == (State.SKIPPED, lease.TOO_LATE)


def never(messages: list[OutboundMessage], at: datetime) -> dict[UUID, str]:
    return {message.pk: "Not today." for message in messages}


def test_the_guard_is_asked_before_the_hand_over() -> None:
    message = make_message(guard=f"{__name__}.never")
    send_due(NOON)
    assert not mail.outbox
    assert (fresh(message).state, fresh(message).reason) == (State.SKIPPED, "Not today.")


asked: list[int] = []


def counts(messages: list[OutboundMessage], at: datetime) -> dict[UUID, str]:
    asked.append(len(messages))
    if any(message.to_email == "broken@example.org" for message in messages):
        raise KeyError
    return {message.pk: "No more." for message in messages if message.to_email == "stopped@example.org"}


def test_a_batch_is_asked_once_and_a_guard_that_fails_for_one_stops_no_other() -> None:
    asked.clear()
    for name in ("a", "stopped", "b"):
        make_message(to=f"{name}@example.org", guard=f"{__name__}.counts")
    send_due(NOON)
    assert asked == [3]
    broken = make_message(to="broken@example.org", guard=f"{__name__}.counts")
    make_message(to="c@example.org", guard=f"{__name__}.counts")
    send_due(NOON)
    assert sorted(sent.to[0] for sent in mail.outbox) == ["a@example.org", "b@example.org", "c@example.org"]
    assert (fresh(broken).state, fresh(broken).reason) == (State.QUEUED, lease.UNWRITABLE)


def test_an_answer_outlives_neither_five_seconds_nor_midnight_anywhere() -> None:
    message = make_message(guard=f"{__name__}.counts")
    before = NOON - timedelta(seconds=1)
    for first, then, times in (
        (before, before + timedelta(milliseconds=900), 1),
        (before, NOON, 2),  # a quarter of an hour begins, and with it somewhere a day
        (NOON, NOON + timedelta(seconds=6), 2),
    ):
        asked.clear()
        check = LastCheck([message])
        assert check.reason_against(message, first) is None
        assert check.reason_against(message, then) is None
        assert len(asked) == times


def test_asked_again_takes_a_message_from_its_worker() -> None:
    message = make_message(guard=f"{__name__}.never")
    [mine] = lease.claim(NOON, 10)
    assert outbox.ask_again([message.pk]) == 1
    assert not lease.mark(mine, NOON)
    send_due(NOON)
    assert (fresh(message).state, fresh(message).reason) == (State.SKIPPED, "Not today.")
    assert not mail.outbox


def test_one_commit_settles_the_last_and_marks_the_next() -> None:
    for second in range(2):
        make_message(NOON + timedelta(seconds=second))
    one, two = lease.claim(NOON + timedelta(seconds=1), 10)
    assert lease.mark(one, NOON)
    assert lease.mark(two, NOON, sent=one)
    assert (fresh(one).state, fresh(one).lease_until) == (State.SENT, None)
    assert (fresh(two).state, fresh(two).settled_at) == (State.HANDING_OVER, None)
    assert fresh(two).lease_until == NOON + LEASE


def test_the_last_is_settled_though_the_next_was_called_back_and_the_other_way_round() -> None:
    for second in range(3):
        make_message(NOON + timedelta(seconds=second))
    one, two, three = lease.claim(NOON + timedelta(seconds=2), 10)
    lease.mark(one, NOON)
    call_back([two.pk], at=NOON)
    assert not lease.mark(two, NOON, sent=one)
    assert (fresh(one).state, fresh(two).state) == (State.SENT, State.SKIPPED)
    assert lease.mark(three, NOON, sent=one), "it is settled already"
    assert fresh(three).state == State.HANDING_OVER


@pytest.fixture
def keyed(settings) -> None:
    settings.EMAIL_IDEMPOTENCY_HEADER = "Resend-Idempotency-Key"


def vanish(at: datetime) -> None:
    """A worker that claims, marks and is gone."""
    for message in lease.claim(at, 10):
        assert lease.mark(message, at)


def test_doubt_is_repeated_under_one_key_where_the_provider_tells_repeats(keyed) -> None:
    message = make_message()
    vanish(NOON)
    assert send_due(NOON + 2 * LEASE) == 1
    assert fresh(message).state == State.SENT
    assert mail.outbox[0].message()["Resend-Idempotency-Key"] == str(message.pk)


def test_doubt_is_repeated_for_less_than_a_day_from_the_first_time(keyed, settings) -> None:
    message = make_message()
    vanish(NOON)
    lease.sweep(NOON + timedelta(hours=20))
    vanish(NOON + timedelta(hours=20))
    assert fresh(message).in_doubt_since == NOON
    send_due(NOON + timedelta(hours=23, minutes=1))
    assert fresh(message).state == State.UNCONFIRMED
    assert not mail.outbox


def test_what_may_have_arrived_is_never_called_skipped(keyed, settings) -> None:
    stopped, expired, unkeyed = make_message(), make_message(expires_after=timedelta(minutes=1)), make_message()
    vanish(NOON)
    lease.sweep(NOON + LEASE)
    call_back([stopped.pk], at=NOON + LEASE)
    OutboundMessage.objects.across_practices().filter(pk=unkeyed.pk).update(not_before=NOON + timedelta(hours=1))
    send_due(NOON + timedelta(minutes=2))
    settings.EMAIL_IDEMPOTENCY_HEADER = ""
    send_due(NOON + timedelta(hours=1))
    assert {fresh(each).state for each in (stopped, expired, unkeyed)} == {State.UNCONFIRMED}
    assert not mail.outbox


def test_ten_poison_among_two_hundred_hold_up_nobody(emails) -> None:
    for number in range(200):
        if number % 20:
            make_message(NOON + timedelta(milliseconds=number))
        else:
            queue("no_such_kind", to="noor@example.org", at=NOON + timedelta(milliseconds=number), context={})
    at = NOON + timedelta(seconds=1)
    while send_due(at):
        pass
    assert len(mail.outbox) == 190
    for _try in range(10):
        at += timedelta(hours=1)
        send_due(at)
    ended = OutboundMessage.objects.across_practices().filter(kind="no_such_kind")
    assert set(ended.values_list("state", "tries")) == {(State.FAILED, lease.POISON_TRIES - 1)}
    assert len(mail.outbox) == 190


def test_a_claim_that_was_lost_before_the_marker_is_tried_again() -> None:
    message = make_message()
    lease.claim(NOON, 10)
    assert send_due(NOON + LEASE / 2) == 0, "somebody holds it"
    assert send_due(NOON + LEASE) == 1
    assert fresh(message).state == State.SENT
    assert len(mail.outbox) == 1


def test_a_worker_that_lost_its_claim_hands_nothing_over() -> None:
    make_message()
    [mine] = lease.claim(NOON, 10)
    send_due(NOON + LEASE)
    assert not lease.mark(mine, NOON + LEASE)
    assert not lease.settle(mine, State.FAILED, NOON + LEASE)
    assert len(mail.outbox) == 1


def test_after_the_marker_a_vanished_worker_leaves_doubt_not_a_second_mail(practice, jon) -> None:
    message = make_message(practice=practice)
    [mine] = lease.claim(NOON, 10)
    assert lease.mark(mine, NOON)
    assert send_due(NOON + 2 * LEASE) == 0
    assert send_due(NOON + timedelta(days=2)) == 0
    assert not mail.outbox
    assert fresh(message).state == State.UNCONFIRMED
    send_again(fresh(message), by=jon, at=NOON + timedelta(days=2))
    assert AuditEntry.objects.for_practice(practice).filter(action="outbox.sent_again").count() == 1
    with pytest.raises(outbox.NotSendable):
        send_again(fresh(message), by=jon, at=NOON + timedelta(days=2))
    send_due(NOON + timedelta(days=2))
    assert fresh(message).state == State.SENT
    assert len(mail.outbox) == 1


def test_an_answer_after_the_lease_still_counts() -> None:
    message = make_message()
    [mine] = lease.claim(NOON, 10)
    lease.mark(mine, NOON)
    lease.sweep(NOON + 2 * LEASE)
    assert lease.settle(mine, State.SENT, NOON + 2 * LEASE)
    assert fresh(message).state == State.SENT


def test_called_back_between_claim_and_hand_over() -> None:
    message = make_message()
    [mine] = lease.claim(NOON, 10)
    assert call_back([message.pk], at=NOON) == 1
    assert not lease.mark(mine, NOON)
    assert call_back([message.pk], at=NOON) == 0
    assert fresh(message).state == State.SKIPPED


def test_what_was_queued_while_a_stop_was_committed_is_asked_again(django_capture_on_commit_callbacks) -> None:
    """A worker that still saw it allowed has queued it unseen; another has claimed it with that answer."""
    waiting = OutboundMessage.objects.across_practices().filter(kind="plan_ready").values_list("pk", flat=True)
    with django_capture_on_commit_callbacks() as after_commit:
        assert outbox.ask_again(waiting) == 0
    make_message()
    [mine] = lease.claim(NOON, 10)
    for callback in after_commit:
        callback()
    assert not lease.mark(mine, NOON)
    assert fresh(mine).state == State.QUEUED


def test_what_concerns_a_client_is_asked_again() -> None:
    ref = uuid4()
    make_message(client_ref=ref)
    make_message(client_ref=uuid4())
    claimed = lease.claim(NOON, 10)
    assert outbox.ask_again_about(ref) == 1
    assert {one.client_ref == ref for one in claimed if lease.mark(one, NOON)} == {False}


def test_what_is_sent_again_stays_in_doubt_until_it_is_accepted(practice, jon) -> None:
    message = make_message(practice=practice, expires_after=timedelta(days=1), guard=f"{__name__}.never")
    [mine] = lease.claim(NOON, 10)
    lease.mark(mine, NOON)
    lease.sweep(NOON + 2 * LEASE)
    send_again(fresh(message), by=jon, at=NOON + 3 * LEASE)
    send_due(NOON + 3 * LEASE)
    assert (fresh(message).state, fresh(message).reason) == (State.UNCONFIRMED, "Not today.")
    with pytest.raises(outbox.NotSendable):
        send_again(fresh(message), by=jon, at=NOON + timedelta(days=1))
    OutboundMessage.objects.across_practices().update(guard="")
    send_again(fresh(message), by=jon, at=NOON + 4 * LEASE)
    [mine] = lease.claim(NOON + 4 * LEASE, 10)
    lease.mark(mine, NOON + 4 * LEASE)
    assert send_due(NOON + 9 * LEASE) == 0, "a person decides once for one time"
    send_again(fresh(message), by=jon, at=NOON + 10 * LEASE)
    send_due(NOON + 10 * LEASE)
    assert fresh(message).state == State.SENT


def test_a_message_id_is_one_whatever_the_senders_name(settings) -> None:
    message = make_message()
    for sender in ("Praxis <a@müller.example>", "a@xn--mller-kva.example"):
        settings.DEFAULT_FROM_EMAIL = sender
        assert message.message_id == f"<{message.pk}@xn--mller-kva.example>"


def test_once_the_hand_over_has_begun_nothing_is_called_back() -> None:
    message = make_message()
    [mine] = lease.claim(NOON, 10)
    lease.mark(mine, NOON)
    assert call_back([message.pk], at=NOON) == 0


def test_no_stop_is_answered_between_a_marker_and_the_first_byte(
    monkeypatch, django_capture_on_commit_callbacks
) -> None:
    """The answer waits for what is being handed over, for a second at most."""
    begun, dead = make_message(), make_message()
    claimed = {one.pk: one for one in lease.claim(NOON, 10)}
    for one in claimed.values():
        lease.mark(one, NOON)
    clock, naps = [0.0], []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        clock[0] += seconds
        if len(naps) == 3:
            lease.settle(claimed[begun.pk], State.SENT, NOON)

    monkeypatch.setattr(outbox.time, "sleep", nap)
    monkeypatch.setattr(outbox.time, "monotonic", lambda: clock[0])
    for stop in (lambda keys: call_back(keys, at=NOON), outbox.ask_again):
        with django_capture_on_commit_callbacks(execute=True):
            stop([begun.pk])
    assert len(naps) == 3
    with django_capture_on_commit_callbacks(execute=True):
        call_back([dead.pk], at=NOON)
    assert 0.9 < sum(naps) - 0.03 < 1.1


def test_a_message_that_cannot_be_written_is_set_aside_and_holds_up_nobody(emails) -> None:
    poison = queue("no_such_kind", to="noor@example.org", at=NOON, context={})
    others = [make_message(NOON + timedelta(seconds=1)) for _each in range(3)]
    at = NOON + timedelta(seconds=2)
    send_due(at)
    assert {fresh(other).state for other in others} == {State.SENT}
    for _try in range(10):
        at += timedelta(hours=1)
        send_due(at)
    assert (fresh(poison).state, fresh(poison).tries) == (State.FAILED, lease.POISON_TRIES - 1)
    assert fresh(poison).reason == lease.UNWRITABLE


def test_a_message_that_kills_its_worker_is_taken_alone_and_set_aside() -> None:
    poison, healthy = make_message(), make_message(NOON + timedelta(seconds=1))
    at = NOON + timedelta(seconds=2)
    assert len(lease.claim(at, 10)) == 2
    at += LEASE
    for _look in range(200):
        taken = lease.claim(at, 10)
        assert len(taken) <= 1, "alone"
        if taken and taken[0].pk == healthy.pk:
            lease.settle(taken[0], State.SENT, at)
            assert at < NOON + 2 * LEASE, "not held up"
        at += timedelta(seconds=5)
    assert (fresh(poison).state, fresh(poison).reason) == (State.FAILED, lease.SET_ASIDE)
    assert fresh(healthy).state == State.SENT


def test_one_key_one_message() -> None:
    from django.db import IntegrityError, transaction

    make_message(dedupe_key="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_message(dedupe_key="a")


def test_redis_down_does_not_fail_the_request(settings, caplog, monkeypatch) -> None:
    monkeypatch.setattr("practice.celery._redis_back_at", 0.0)
    outbox.wake()
    outbox.wake()
    assert [record.levelname for record in caplog.records if record.name == "practice.celery"] == ["WARNING"]
    assert "noor" not in caplog.text


def test_while_the_mail_server_is_away_everybody_waits() -> None:
    make_message()
    MailServer.objects.create(pk=1, failures=3, paused_until=NOON + timedelta(seconds=30))
    assert send_due(NOON) == 0
    assert send_due(NOON + timedelta(seconds=30)) == 1
    assert MailServer.objects.get().failures == 0


def test_a_server_that_was_in_trouble_is_tried_with_one_message() -> None:
    for _each in range(3):
        make_message()
    MailServer.objects.create(pk=1, failures=1, paused_until=NOON - timedelta(seconds=1))
    assert send_due(NOON) == 1
    assert send_due(NOON) == 2


@override_settings(DEFAULT_FROM_EMAIL="routines@practice.example")
@pytest.mark.parametrize(
    "name",
    [
        "Evil\r\nBcc: all@example.org",
        "木" * 5000,
        "x" * 5000,
        "👣 Füße & Söhne",
        '"<b>Quoted</b>", Ltd',
        "\x00\x07 \u202e",
    ],
)
def test_headers_are_clean_whatever_the_names(practice, name) -> None:
    practice.name = name.replace("\x00", "")[:200]  # what PostgreSQL can hold
    practice.save()
    make_message(practice=practice, context={"name": name, "url": "http://testserver/"})
    send_due(NOON)
    [sent] = mail.outbox
    raw = sent.message().as_bytes()
    head = raw.partition(b"\n\n")[0]
    assert b"\nBcc" not in head
    assert all(len(line) < 999 for line in raw.splitlines())
    assert sent.message()["From"].count("routines@practice.example") == 1
    assert len(sent.subject) <= 150


def test_plain_text_is_not_escaped_and_html_is(practice) -> None:
    make_message(practice=practice, context={"name": "R & <B>", "url": ""})
    send_due(NOON)
    assert "R & <B>" in mail.outbox[0].body
    assert "R &amp; &lt;B&gt;" in mail.outbox[0].alternatives[0][0]


def test_unsubscribe_headers_only_when_there_is_an_address(practice) -> None:
    names = {"name": "Noor", "url": "https://practice.example/me/"}
    make_message(practice=practice, context={**names, "unsubscribe_url": "https://practice.example/stop/x/"})
    make_message(practice=practice)
    send_due(NOON)
    without, with_link = sorted((sent.message() for sent in mail.outbox), key=lambda each: "List-Unsubscribe" in each)
    assert with_link["List-Unsubscribe"] == "<https://practice.example/stop/x/>"
    assert with_link["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert without["List-Unsubscribe"] is None


def test_four_queries_a_message(django_assert_max_num_queries) -> None:
    for _each in range(20):
        make_message()
    with django_assert_max_num_queries(20 * 4):
        send_due(NOON)
    assert len(mail.outbox) == 20
