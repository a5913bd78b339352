"""What a mail server may do to us, step by step: nothing is lost, a refusal is tried once, doubt is held."""

import ipaddress
import socket
import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from practice.mail import transport as smtp
from practice.mail.models import MailServer, OutboundMessage
from practice.mail.outbox import send_due
from practice.mail.suppression import undeliverable
from tests import bad_smtp
from tests.bad_smtp import drip, drop, reset, stall
from tests.make import NOON
from tests.make_reminders import make_message
from tests.services import free_port

pytestmark = pytest.mark.django_db
State = OutboundMessage.State


@pytest.fixture(params=["one by one", "pipelining"])
def server(settings, monkeypatch, request):
    with bad_smtp.bad_server() as server:
        if request.param == "pipelining":
            server.YES = {**server.YES, "ehlo": "250-hi\r\n250 PIPELINING"}
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 0.4
        monkeypatch.setattr(smtp, "LONGEST_TALK", timedelta(seconds=1))
        yield server


def states() -> list[str]:
    return sorted(OutboundMessage.objects.across_practices().values_list("state", flat=True))


def send_until_settled(hours: int = 1) -> None:
    at = NOON
    while at < NOON + timedelta(hours=hours):
        send_due(at)
        if not OutboundMessage.objects.across_practices().filter(state__in=OutboundMessage.OPEN_STATES).exists():
            return
        at += timedelta(seconds=20)


def test_many_messages_one_connection(server) -> None:
    for _each in range(5):
        make_message()
    send_due(NOON)
    assert states() == [State.SENT] * 5
    assert server.steps.count("greeting") == 1
    assert len(server.accepted) == 5


def test_no_piece_of_a_body_waits_for_an_acknowledgement(server) -> None:
    with closing(smtp.SmtpTransport()) as transport:
        make_message()
        send_due(NOON, transport=transport)
        assert transport._smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(("step", "answer"), [("rcpt", "550 no"), ("rcpt", "450 later"), ("body", "554 no")])
def test_a_server_that_answers_about_a_message_is_up(server, step, answer) -> None:
    MailServer.objects.create(pk=1, failures=3, down_since=NOON - timedelta(hours=1), paused_until=NOON)
    make_message()
    server.answers[step] = answer
    send_due(NOON)
    record = MailServer.objects.get(pk=1)
    assert (record.failures, record.down_since) == (0, None)


def test_a_domain_in_another_script_is_written_as_servers_know_it(server) -> None:
    make_message(to="a@müller.example")
    send_due(NOON)
    assert states() == [State.SENT]
    assert b"a@xn--mller-kva.example" in server.accepted[0]


def test_the_marker_is_committed_before_the_body(server) -> None:
    message, seen = make_message(), []
    rows = OutboundMessage.objects.across_practices().filter(pk=message.pk)

    class Watching(smtp.SmtpTransport):
        def hand_over(self, **more) -> None:
            seen.append((rows.get().state, "body" in server.steps, "rcpt" in server.steps))
            super().hand_over(**more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("practice.mail.outbox.make_transport", Watching)
        send_due(NOON)
    assert seen == [(State.HANDING_OVER, False, True)]


def test_the_last_is_settled_at_once_when_the_server_is_slow_with_the_next(server) -> None:
    one, two = make_message(), make_message(NOON + timedelta(seconds=1))
    rows, seen = OutboundMessage.objects.across_practices(), []

    class Watching(smtp.SmtpTransport):
        def offer(self, *words, when_slow, **more) -> None:
            def told() -> None:
                when_slow()
                seen.append(rows.get(pk=one.pk).state)

            super().offer(*words, when_slow=told, **more)

    server.answers["mail"] = ["250 ok", stall]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("practice.mail.outbox.make_transport", Watching)
        send_due(NOON + timedelta(seconds=1))
    assert seen[-1] == State.SENT
    assert rows.get(pk=two.pk).state == State.QUEUED


def test_a_provider_that_tells_repeats_gets_what_it_did_not_answer_once_more(server, settings) -> None:
    settings.EMAIL_IDEMPOTENCY_HEADER = "Resend-Idempotency-Key"
    server.answers["body"] = [drop, "250 taken", stall, drip]
    for second in range(6):
        make_message(NOON + timedelta(seconds=second))
    send_due(NOON + timedelta(seconds=10))
    send_until_settled()
    assert states() == [State.SENT] * 6
    keys = [body.split(b"Idempotency-Key: ")[1].split(b"\r\n")[0] for body in server.offered]
    assert len(keys) == 9
    assert len(set(keys)) == 6, "the provider lets one of each through"


def test_a_body_with_dots_arrives_whole(server) -> None:
    make_message(context={"name": "N", "url": ".\n..\n.end"})
    send_due(NOON)
    [body] = server.accepted
    assert b"\r\n..\r\n" in body
    assert body.endswith(b"\r\n.\r\n")
    assert body.count(b"\r\n.\r\n") == 1


@pytest.mark.parametrize("code", ["550 no such user", "552 full", "554 no"])
@pytest.mark.parametrize("step", ["rcpt", "data", "body"])
def test_a_refusal_is_tried_once_and_others_go(server, step, code) -> None:
    server.answers[step] = [code]
    make_message(), make_message(NOON + timedelta(seconds=1))
    send_due(NOON + timedelta(seconds=1))
    send_until_settled()
    assert states() == [State.FAILED, State.SENT]
    failed = OutboundMessage.objects.across_practices().get(state=State.FAILED)
    assert (failed.reason, failed.attempt) == (code, 1)


@pytest.mark.parametrize("trouble", ["450 later", drop, stall, reset], ids=str)
@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_not_now_waits_and_leaves_later_once_while_others_go_at_once(server, step, trouble) -> None:
    server.answers[step] = [trouble]
    make_message(), make_message(NOON + timedelta(seconds=1))
    send_due(NOON + timedelta(seconds=1))
    assert states() == [State.QUEUED, State.SENT]
    send_until_settled()
    assert states() == [State.SENT, State.SENT]
    assert len(server.accepted) == 2


@pytest.mark.parametrize(
    "trouble", ["421 closing", "450 later", "550 not you", "rubbish", drop, stall, reset, drip], ids=str
)
@pytest.mark.parametrize("step", ["greeting", "ehlo", "mail"])
def test_trouble_with_the_server_itself_is_no_messages_fault(server, step, trouble) -> None:
    # The second EHLO is answered: smtplib falls back to HELO, which the server does not mind.
    server.answers[step] = trouble
    server.YES = {**server.YES, "helo": "502 no"}
    for _each in range(3):
        make_message()
    send_due(NOON)
    rows = OutboundMessage.objects.across_practices()
    assert states() == [State.QUEUED] * 3
    assert set(rows.values_list("tries", flat=True)) == {0}
    assert MailServer.objects.get().failures == 1
    server.answers.clear()
    assert send_due(NOON) == 0, "everybody waits"
    send_until_settled()
    assert states() == [State.SENT] * 3


def test_nobody_there(server, settings) -> None:
    server.close()
    settings.EMAIL_PORT = 1
    make_message()
    send_due(NOON)
    assert states() == [State.QUEUED]
    assert MailServer.objects.get().reason == "ConnectionRefusedError"


def test_waits_grow_but_stay_under_a_minute(server) -> None:
    server.answers["greeting"] = "421 no"
    make_message()
    at, waits = NOON, []
    for _try in range(8):
        send_due(at)
        waits.append((MailServer.objects.get().paused_until - at).total_seconds())
        at = MailServer.objects.get().paused_until
    assert waits[0] < 6
    assert waits[-1] > 30
    assert max(waits) < 60


@pytest.mark.parametrize("trouble", [drop, stall, reset, "rubbish", drip], ids=str)
def test_no_answer_after_the_body_is_doubt_and_held(server, trouble) -> None:
    server.answers["body"] = [trouble]
    make_message(), make_message(NOON + timedelta(seconds=1))
    send_due(NOON + timedelta(seconds=1))
    send_until_settled()
    assert states() == [State.SENT, State.UNCONFIRMED]
    assert len(server.accepted) == 1


@pytest.mark.parametrize("step", ["data", "body"])
def test_a_421_when_a_recipient_is_named_counts_for_it(server, step) -> None:
    server.answers[step] = ["421 closing"]
    make_message()
    send_due(NOON)
    assert OutboundMessage.objects.across_practices().get().tries == 1
    send_until_settled()
    assert states() == [State.SENT]
    assert len(server.accepted) == 1


def test_always_later_is_given_up_visibly(server) -> None:
    server.answers["rcpt"] = "450 greylisted"
    make_message()
    send_until_settled(hours=6)
    row = OutboundMessage.objects.across_practices().get()
    assert (row.state, row.reason) == (State.FAILED, "450 greylisted")


def test_an_address_that_smtp_cannot_carry_fails_once(server) -> None:
    make_message(to="föö@example.org"), make_message(NOON + timedelta(seconds=1))
    send_due(NOON + timedelta(seconds=1))
    send_until_settled()
    assert states() == [State.FAILED, State.SENT]


@pytest.fixture
def certificate(tmp_path, monkeypatch) -> ssl.SSLContext:
    """The server's side of TLS for 127.0.0.1; `trusted()` of the test makes our side know it."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")]),
    )
    day, today = timedelta(days=1), datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, today - day, today + day)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = built.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    path, pem = tmp_path / "sink.pem", serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + signed.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    context.trust = lambda: monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return context


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("how", ["EMAIL_USE_TLS", "EMAIL_USE_SSL"])
def test_mail_goes_over_tls_and_only_to_a_certificate_that_is_trusted(
    server, settings, certificate, how, trusted
) -> None:
    listening = {"tls_context": certificate} if how == "EMAIL_USE_TLS" else {"ssl_context": certificate}
    taken = Taken()
    sink = Controller(
        taken, hostname="127.0.0.1", port=free_port(), require_starttls=how == "EMAIL_USE_TLS", **listening
    )
    if trusted:
        certificate.trust()
    sink.start()
    try:
        settings.EMAIL_PORT = sink.port
        setattr(settings, how, True)
        settings.EMAIL_TIMEOUT = 5
        make_message()
        send_due(NOON)
    finally:
        sink.stop()
    assert states() == [State.SENT if trusted else State.QUEUED]
    assert len(taken.bodies) == trusted
    if not trusted:
        assert MailServer.objects.get().reason == "SSLCertVerificationError"


class Taken:
    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.bodies.append(envelope.content)
        return "250 taken"


@pytest.mark.parametrize(
    ("step", "answer", "is_dead"),
    [
        ("rcpt", "550 5.1.1 no such user", True),
        ("rcpt", "552 5.2.1 disabled", True),
        ("rcpt", "550 no", False),
        ("rcpt", "554 5.7.1 relay access denied", False),
        ("rcpt", "553 5.1.8 your domain does not exist", False),
        ("body", "554 5.7.1 looks like spam", False),
    ],
)
def test_only_a_refusal_that_names_the_address_closes_it(server, practice, step, answer, is_dead) -> None:
    server.answers[step] = [answer]
    make_message(practice=practice)
    send_due(NOON)
    assert states() == [State.FAILED]
    assert bool(undeliverable(["noor@example.org"])) is is_dead
