"""Reports that come back to the signed return path: believed only with a right signature, and never a crash."""

import io
import random
import string
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from practice.bounces import reports
from practice.bounces.reports import read_report, receive_report, status_in
from practice.mail.models import OutboundMessage, Suppression
from practice.mail.return_path import NotOurs, read_return_path, return_path
from practice.mail.suppression import undeliverable
from tests.make import NOON
from tests.make_bounces import delivery_report, make_sent, spam_report

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=2)
ADDRESS = "noor@example.org"


@pytest.fixture(autouse=True)
def domain(settings) -> None:
    settings.EMAIL_RETURN_PATH_DOMAIN = "bounces.practice.example"


@pytest.fixture
def message(practice) -> OutboundMessage:
    return make_sent(practice=practice)


def bounce_of(message: OutboundMessage) -> str:
    return OutboundMessage.objects.across_practices().get(pk=message.pk).bounce


def test_the_return_path_fits_and_reads_back(message, settings) -> None:
    address = return_path(message)
    local, _at, domain = address.partition("@")
    assert (len(local), domain) == (64, "bounces.practice.example")
    assert local == local.lower()
    assert read_return_path(address) == message.pk
    assert read_return_path(address.upper()) == message.pk, "some servers fold the case"
    settings.EMAIL_RETURN_PATH_DOMAIN = ""
    assert return_path(message) == settings.DEFAULT_FROM_EMAIL


def test_a_new_secret_key_still_reads_old_paths(message, settings) -> None:
    address = return_path(message)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert read_return_path(address) == message.pk
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(NotOurs):
        read_return_path(address)


def test_a_hard_bounce_suppresses_at_once(message) -> None:
    assert receive_report(delivery_report(message), at=SOON)
    assert bounce_of(message) == "hard"
    assert undeliverable([ADDRESS, "Noor@Example.org", "other@example.org"]) >= {"Noor@Example.org"}
    assert Suppression.objects.get().cause == "mailbox"


@pytest.mark.parametrize(
    "said",
    [
        {"status": "4.2.2", "action": "delayed", "diagnostic": "smtp; 452 4.2.2 mailbox full"},
        {"status": "4.4.7", "action": "failed", "diagnostic": "smtp; 451 4.4.7 expired"},
        {"status": "5.1.1", "action": "delayed"},
    ],
)
def test_a_soft_failure_only_counts(message, said) -> None:
    assert receive_report(delivery_report(message, **said), at=SOON)
    assert bounce_of(message) == "soft"
    assert not undeliverable([ADDRESS])
    assert Suppression.objects.get().soft_count == 1
    assert receive_report(delivery_report(message), at=SOON), "the end comes after the delay"
    assert undeliverable([ADDRESS]) == {ADDRESS}


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_good_news_changes_nothing(message, action) -> None:
    assert not receive_report(delivery_report(message, action=action, status="2.0.0", diagnostic=""), at=SOON)
    assert bounce_of(message) == ""


def test_a_spam_report_is_a_complaint(message) -> None:
    assert receive_report(spam_report(message), at=SOON)
    assert bounce_of(message) == "complaint"
    assert undeliverable([ADDRESS]) == {ADDRESS}


def test_somebody_further_on_being_gone_is_milder_than_ours(message) -> None:
    report = delivery_report(message, recipient="forward@elsewhere.example").replace(
        b"Remote-MTA: dns; mail.example.org",
        b"Remote-MTA: dns; mail.example.org\r\n\r\nFinal-Recipient: rfc822; noor@example.org\r\nAction: relayed\r\n"
        b"Status: 2.0.0\r\n\r\nFinal-Recipient: rfc822; third@elsewhere.example\r\nAction: failed\r\nStatus: 5.1.1",
    )
    assert not receive_report(report, at=SOON)


def test_a_replay_and_an_old_report_change_nothing(message, caplog) -> None:
    receive_report(delivery_report(message), at=SOON)
    assert not receive_report(delivery_report(message), at=SOON)
    assert not receive_report(delivery_report(message), at=NOON + timedelta(days=15))
    assert Suppression.objects.get().since == SOON


def test_forged_reports_are_never_accepted(message, pytestconfig, django_assert_num_queries) -> None:
    """10,000 by `--forged 10000`. None of them even reaches the database."""
    number, dice = pytestconfig.getoption("forged"), random.Random(4)
    genuine = return_path(message)
    local, _at, domain = genuine.partition("@")
    letters = string.ascii_lowercase + string.digits

    def forged() -> str:
        match dice.randrange(6):
            case 0:  # another signature
                return f"{local[:40]}{''.join(dice.choices(letters, k=24))}@{domain}"
            case 1:  # one letter of it changed
                spot = dice.randrange(40, 64)
                other = dice.choice([each for each in letters if each != local[spot]])
                return f"{local[:spot]}{other}{local[spot + 1 :]}@{domain}"
            case 2:  # another message under a right signature
                return f"bounce+{uuid.UUID(int=dice.getrandbits(128)).hex}{local[39:]}@{domain}"
            case 3:  # cut short, or none
                return f"{local[: dice.randrange(1, 64)]}@{domain}"
            case 4:  # another domain
                return f"{local}@{dice.choice(['evil.example', 'x.' + domain, domain + '.evil.example', ''])}"
        return "".join(dice.choices(string.printable, k=dice.randrange(0, 120)))

    with django_assert_num_queries(0):
        accepted = sum(
            receive_report(delivery_report(message), to=[address], at=SOON)
            for address in (forged() for _each in range(number))
            if address != genuine
        )
    assert accepted == 0
    assert bounce_of(message) == ""


def hostile(message: OutboundMessage) -> dict[str, bytes]:
    report = delivery_report(message)
    head, _sep, _body = report.partition(b"\r\n\r\n")
    to = return_path(message).encode()
    nested = b"".join(b'Content-Type: multipart/report; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000))
    return {
        "empty": b"",
        "only a head": head,
        "no report": b"To: %s\r\nSubject: Out of office\r\n\r\nI am away until Monday." % to,
        "ten megabytes": report + b"x" * 10_000_000,
        "ten megabytes of head": b"To: %s\r\n" % to + b"X: y\r\n" * 2_000_000,
        "wrong charset": report.replace(b"us-ascii", b"no-such-charset").replace(
            b"Action: failed", b"Action: \xff\xfe"
        ),
        "without its groups": report.replace(b"Final-Recipient", b"X-A").replace(b"Action", b"X-B"),
        "cut in the middle": report[: report.index(b"Action")],
        "nested three thousand times": b"To: %s\r\n" % to + nested,
        "inside another message": b"To: %s\r\nContent-Type: message/rfc822\r\n\r\n" % to + report,
        "quoted in an answer": b"To: %s\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n" % to + report,
        "a report without parts": b"To: %s\r\nContent-Type: multipart/report; boundary=z\r\n\r\nnothing" % to,
        "wrong encoding": report.replace(
            b"message/delivery-status", b"message/delivery-status\r\nContent-Transfer-Encoding: base64"
        ).replace(b"Action", b"Akt"),
        "null bytes": report.replace(b"Action: failed", b"Action\x00: fai\x00led"),
    }


def test_hostile_reports_change_nothing_and_leave_a_clear_line(message, caplog) -> None:
    for name, raw in hostile(message).items():
        caplog.clear()
        assert not receive_report(raw, at=SOON), name
        assert "ignored" in caplog.text, name
        assert "@" not in caplog.text, name
        assert "Traceback" not in caplog.text, name
    assert bounce_of(message) == ""
    assert not Suppression.objects.exists()


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail(raw) -> None:
    head = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    assert read_report(head + raw, about=ADDRESS).kind in ("", "soft", "hard")
    assert read_report(raw, about=ADDRESS).kind == ""


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("550 5.1.1 unknown", "5.1.1"),
        ("smtp; 550 no such user", "5.0.0"),
        ("5.7.1 (not authorized)", "5.7.1"),
        ("452 too many", "4.0.0"),
        ("smtp;450-4.2.0 later", "4.2.0"),
        ("over 500 messages", ""),
        ("", ""),
    ],
)
def test_status_codes(words, status) -> None:
    assert status_in(words) == status


def pipe(monkeypatch, raw: bytes) -> io.BytesIO:
    source = io.BytesIO(raw)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=source))
    return source


@time_machine.travel(SOON, tick=False)
def test_the_command_reads_from_a_pipe(message, monkeypatch) -> None:
    report = delivery_report(message, to="somebody@practice.example")
    pipe(monkeypatch, report)
    call_command("receive_bounce")
    assert bounce_of(message) == ""
    source = pipe(monkeypatch, report)
    call_command("receive_bounce", to=[return_path(message)])
    assert bounce_of(message) == "hard"
    source = pipe(monkeypatch, report + b"x" * 3_000_000)
    call_command("receive_bounce")
    assert source.read() == b"", "read to its end, so that the mail server's pipe does not break"


def test_the_mail_server_is_asked_to_wait_for_a_database(message, monkeypatch) -> None:
    def away(*args, **kwargs):
        raise OperationalError("gone")

    pipe(monkeypatch, delivery_report(message))
    monkeypatch.setattr(reports.OutboundMessage.objects, "across_practices", away)
    with pytest.raises(SystemExit) as ended:
        call_command("receive_bounce", stderr=io.StringIO())
    assert ended.value.code == 75
