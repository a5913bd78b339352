"""Messages about signing in and about a seat: readable, in both forms, telling a locked screen nothing."""

import pytest

from practice.mail.models import OutboundMessage
from practice.mail.render import render
from practice.staff import emails

ACCOUNT = {
    "account/email/login_code": ("sign_in_code", {"code": "R7K-9QX"}),
    "account/email/password_reset_key": ("password_reset", {"password_reset_url": "http://testserver/reset/xyz/"}),
    "account/email/email_confirmation": ("confirm_email", {"activate_url": "http://testserver/confirm/xyz/"}),
    "account/email/email_confirmation_signup": ("confirm_email", {"code": "R7K-9QX"}),
}


def rendered(message: OutboundMessage) -> tuple[str, str, str]:
    email = render(message)
    return email.subject, email.body, email.alternatives[0].content


@pytest.mark.parametrize("prefix", ACCOUNT)
def test_each_message_carries_its_key_in_the_body_only(db, prefix) -> None:
    kind, context = ACCOUNT[prefix]
    message = emails.account_message(prefix, "noor@example.org", {**context, "user": object(), "request": object()})
    assert message.kind == kind
    subject, text, html = rendered(message)
    key = next(iter(context.values()))
    assert key in text
    assert key in html
    assert key not in subject
    assert len(subject.strip().splitlines()) == 1
    assert OutboundMessage.objects.across_practices().count() == 1


def test_a_code_asked_for_on_the_page_is_queued(client, mira) -> None:
    client.post("/accounts/login/code/", {"email": "MIRA@example.org"})
    message = OutboundMessage.objects.across_practices().get()
    assert (message.kind, message.to_email) == ("sign_in_code", "mira@example.org")
    assert message.context["code"]


def test_an_unknown_address_sends_nothing_and_looks_the_same(client, mira) -> None:
    known = client.post("/accounts/login/code/", {"email": "mira@example.org"})
    unknown = client.post("/accounts/login/code/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert OutboundMessage.objects.across_practices().count() == 1


def test_staff_invitation_reads(mira) -> None:
    message = emails.staff_invitation(mira, url="http://testserver/accounts/login/code/")
    _subject, text, html = rendered(message)
    for body in (text, html):
        assert "Stillwater" in body
        assert "http://testserver/accounts/login/code/" in body
