"""Providers' webhooks through django-anymail: only those named, only with the secret, and never a fault of ours."""

import base64
import hashlib
import hmac
import json
import sys
from types import ModuleType
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.checks import run_checks
from django.test import Client as Browser
from django.urls import include, path

from practice.bounces.webhooks import webhook_urls
from practice.mail import outbox
from practice.mail.models import OutboundMessage, Suppression
from practice.mail.providers import PROVIDERS, metadata_headers
from practice.mail.return_path import return_path
from practice.mail.suppression import undeliverable
from practice.urls import urlpatterns as site_patterns
from tests.make import NOON
from tests.make_bounces import delivery_report, make_sent
from tests.make_reminders import make_message

pytestmark = pytest.mark.django_db
SECRET = "mail:a-random-password-of-some-length"
KEY = "a-signing-key"
POSTMARK = "/mail/webhooks/postmark/tracking/"


@pytest.fixture(autouse=True)
def site(settings, monkeypatch) -> Any:
    """The site with webhooks of the providers named; `site([])` for another choice."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY, "MANDRILL_WEBHOOK_KEY": KEY}
    settings.EMAIL_RETURN_PATH_DOMAIN = "bounces.practice.example"

    def serve(providers: list[str]) -> None:
        module = ModuleType("webhook_site")
        hooks = path("mail/webhooks/", include((webhook_urls(providers), "webhooks")))
        module.urlpatterns = [*site_patterns, hooks]  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "webhook_site", module)
        settings.EMAIL_WEBHOOKS, settings.ROOT_URLCONF = providers, "tests.no_such"
        settings.ROOT_URLCONF = "webhook_site"

    serve(list(PROVIDERS))
    return serve


@pytest.fixture
def message(practice) -> OutboundMessage:
    return make_sent(practice=practice)


def call(url: str, body: Any, secret: str = SECRET, **more: Any) -> int:
    """As a provider posts it: no cookie, no form key."""
    head = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
    raw = body if isinstance(body, bytes) else json.dumps(body)
    browser = Browser(enforce_csrf_checks=True)
    return browser.post(url, raw, content_type=more.pop("content_type", "application/json"), **head, **more).status_code


def bounce_of(message: OutboundMessage) -> str:
    return OutboundMessage.objects.across_practices().get(pk=message.pk).bounce


def postmark(message: OutboundMessage, record: str = "Bounce", kind: str = "HardBounce", **more: Any) -> dict[str, Any]:
    return {
        "RecordType": record,
        "Type": kind,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": message.to_email,
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist",
        "BouncedAt": "2026-03-16T12:01:00Z",
        "Metadata": {"message": str(message.pk)},
        **more,
    }


def mailgun(message: OutboundMessage, **data: Any) -> dict[str, Any]:
    token, stamp = "t" * 50, "1773662400"
    signature = hmac.new(KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    event = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": message.to_email,
        "message": {"headers": {"message-id": message.message_id.strip("<>")}},
        "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
        "timestamp": 1773662400.0,
        **data,
    }
    return {"signature": {"token": token, "timestamp": stamp, "signature": signature}, "event-data": event}


def brevo(message: OutboundMessage, event: str = "hard_bounce") -> dict[str, Any]:
    return {"event": event, "email": message.to_email, "message-id": message.message_id, "ts_epoch": 1773662400000}


def mailjet(message: OutboundMessage, **more: Any) -> list[dict[str, Any]]:
    payload = json.dumps({"message": str(message.pk)})
    one = {"event": "bounce", "time": 1773662400, "email": message.to_email, "error": "user unknown"}
    return [{**one, "MessageID": 19421777396190490, "hard_bounce": True, "Payload": payload, **more}]


def sparkpost(message: OutboundMessage, bounce_class: str) -> list[dict[str, Any]]:
    event = {"type": "bounce", "bounce_class": bounce_class, "raw_rcpt_to": message.to_email, "timestamp": "1773662400"}
    return [{"msys": {"message_event": {**event, "rcpt_meta": {"message": str(message.pk)}}}}]


CASES: dict[str, tuple[str, Any, str]] = {
    "postmark hard": (POSTMARK, postmark, "hard"),
    "postmark soft": (
        POSTMARK, lambda message: postmark(message, kind="SoftBounce", Details="smtp;452 4.2.2 full"), "soft",
    ),
    "postmark says soft, without a code": (
        POSTMARK, lambda message: postmark(message, kind="SoftBounce", Details=""), "soft",
    ),
    "postmark spam": (POSTMARK, lambda message: postmark(message, "SpamComplaint", "SpamComplaint"), "complaint"),
    "postmark opened": (POSTMARK, lambda message: postmark(message, "Open", ""), ""),
    "mailgun hard": ("/mail/webhooks/mailgun/tracking/", mailgun, "hard"),
    "mailgun temporary": (
        "/mail/webhooks/mailgun/tracking/", lambda message: mailgun(message, severity="temporary"), "soft",
    ),
    "mailgun spam": (
        "/mail/webhooks/mailgun/tracking/", lambda message: mailgun(message, event="complained"), "complaint",
    ),
    "brevo hard": ("/mail/webhooks/brevo/tracking/", brevo, "hard"),
    "brevo soft": ("/mail/webhooks/brevo/tracking/", lambda message: brevo(message, "soft_bounce"), "soft"),
    "brevo spam": ("/mail/webhooks/brevo/tracking/", lambda message: brevo(message, "spam"), "complaint"),
    "mailjet hard": ("/mail/webhooks/mailjet/tracking/", mailjet, "hard"),
    "mailjet soft": ("/mail/webhooks/mailjet/tracking/", lambda message: mailjet(message, hard_bounce=False), "soft"),
    "sparkpost hard": ("/mail/webhooks/sparkpost/tracking/", lambda message: sparkpost(message, "10"), "hard"),
    "sparkpost full": ("/mail/webhooks/sparkpost/tracking/", lambda message: sparkpost(message, "22"), "soft"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_each_provider_says(message, name) -> None:
    url, body, kind = CASES[name]
    assert call(url, body(message)) == 200
    assert bounce_of(message) == kind
    assert bool(undeliverable([message.to_email])) is (kind in ("hard", "complaint"))


def test_a_replay_changes_nothing(message) -> None:
    call(POSTMARK, postmark(message))
    before = Suppression.objects.values().get()
    assert call(POSTMARK, postmark(message)) == 200
    assert Suppression.objects.values().get() == before


@pytest.mark.parametrize("secret", ["", "mail:wrong", "mail:", SECRET.upper()])
def test_without_the_secret_nothing_happens(message, secret, caplog) -> None:
    assert call(POSTMARK, postmark(message), secret) == 400
    assert bounce_of(message) == ""
    assert "A webhook was refused" in caplog.text


def test_a_wrong_signature_is_refused_beside_a_right_secret(message) -> None:
    body = mailgun(message)
    body["signature"]["signature"] = "0" * 64
    assert call("/mail/webhooks/mailgun/tracking/", body) == 400
    assert call("/mail/webhooks/mandrill/", b"mandrill_events=%5B%5D") == 400
    assert bounce_of(message) == ""


def test_only_the_providers_named_are_routed(site, message, settings) -> None:
    site(["mailgun"])
    assert call(POSTMARK, postmark(message)) == 404
    assert call("/mail/webhooks/mailgun/tracking/", mailgun(message)) == 200
    settings.ANYMAIL = {}
    site(["postmark"])
    assert call(POSTMARK, postmark(message)) == 404, "no secret, no door"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    site(["amazon_ses", "../postmark"])
    assert call(POSTMARK, postmark(message)) == 404


BAD = {
    "not JSON": b"{",
    "not UTF-8": b"\xff\xfe\x00{",
    "a number": b"1",
    "null": b"null",
    "a list of nothing": b"[]",
    "an empty object": b"{}",
    "nested": b"[" * 100_000,
    "metadata that is none": json.dumps({"RecordType": "Bounce", "Type": "HardBounce", "Metadata": [1]}).encode(),
    "10 MB": b'{"RecordType": "' + b"x" * 10_000_000 + b'"}',
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_changes_nothing_and_is_no_fault_of_ours(message, name, caplog) -> None:
    for provider in PROVIDERS:
        for end in ("tracking/", "inbound/", ""):
            assert call(f"/mail/webhooks/{provider}/{end}", BAD[name]) in (200, 400, 404)
    assert bounce_of(message) == ""
    assert not Suppression.objects.exists()
    assert "@" not in "".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    "named", ["", "no-uuid", "00000000-0000-4000-8000-000000000000", "' OR 1=1 --", None, 7, ["x"]]
)
def test_a_message_that_is_not_ours_changes_nothing(message, named) -> None:
    assert call(POSTMARK, postmark(message, Metadata={"message": named}, MessageID="x")) == 200
    assert not Suppression.objects.exists()


def test_a_bounce_of_another_recipient_changes_nothing(message) -> None:
    assert call(POSTMARK, postmark(message, Email="other@example.org")) == 200
    assert bounce_of(message) == ""


@time_machine.travel(NOON, tick=False)
def test_a_report_received_through_a_provider(message) -> None:
    report = delivery_report(message).decode()
    inbound = {"RawEmail": report, "Headers": [], "OriginalRecipient": return_path(message), "MessageID": "x"}
    url = "/mail/webhooks/postmark/inbound/"
    forged = inbound | {"OriginalRecipient": return_path(OutboundMessage())[:-40] + "@bounces.practice.example"}
    assert call(url, forged) == 200
    assert bounce_of(message) == ""
    assert call(url, inbound, secret="mail:wrong") == 400
    assert bounce_of(message) == ""
    assert call(url, inbound) == 200
    assert bounce_of(message) == "hard"


def test_each_message_carries_its_name_for_the_providers_in_use(site, practice, settings) -> None:
    site(["postmark", "sparkpost"])
    message = make_message(practice=practice)
    outbox.send_due(NOON)
    sent = mail.outbox[0].message()
    assert sent["X-PM-Metadata-message"] == str(message.pk)
    assert json.loads(sent["X-MSYS-API"]) == {"metadata": {"message": str(message.pk)}}
    assert "X-Mailgun-Variables" not in sent
    settings.EMAIL_WEBHOOKS = []
    assert metadata_headers(message) == {}


@pytest.mark.parametrize(
    ("own", "faults"),
    [
        ({}, []),
        ({"EMAIL_WEBHOOKS": ["postmark"], "ANYMAIL": {"WEBHOOK_SECRET": SECRET}}, []),
        ({"EMAIL_WEBHOOKS": ["postmark"], "ANYMAIL": {}}, ["practice.E005"]),
        ({"EMAIL_WEBHOOKS": ["postmark"], "ANYMAIL": {"WEBHOOK_SECRET": "short"}}, ["practice.E005"]),
        ({"EMAIL_WEBHOOKS": ["mailgun"], "ANYMAIL": {"WEBHOOK_SECRET": SECRET}}, ["practice.E006"]),
        ({"EMAIL_WEBHOOKS": ["pidgeon"], "ANYMAIL": {"WEBHOOK_SECRET": SECRET}}, ["practice.E004"]),
        ({"EMAIL_RETURN_PATH_DOMAIN": "no domain"}, ["practice.E007"]),
    ],
)
def test_the_checks_say_what_is_missing(settings, own, faults) -> None:
    for name, value in {"EMAIL_WEBHOOKS": [], "ANYMAIL": {}, "EMAIL_RETURN_PATH_DOMAIN": "", **own}.items():
        setattr(settings, name, value)
    ours = {"practice.E004", "practice.E005", "practice.E006", "practice.E007"}
    assert [fault.id for fault in run_checks() if fault.id in ours] == faults
