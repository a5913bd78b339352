"""The link in the invitation: what it opens, when it closes, and what it tells."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clients.roster import emails
from clients.roster.invitation import SESSION_KEY, begun_in, digest, send_invitation, use_invitation
from clients.roster.models import Client, Invitation
from clients.roster.roster import archive_client
from practice.audit.models import AuditEntry
from practice.mail.models import OutboundMessage
from practice.mail.render import render


@pytest.fixture
def link(noor, jon) -> str:
    """The path of a link that was just sent."""
    _invitation, url = send_invitation(noor, by=jon, at=timezone.now())
    return url.removeprefix("http://testserver")


def the(client: Client) -> Invitation:
    return Invitation.objects.for_practice(client.practice).latest("sent_at")


def lines(client: Client) -> list[str]:
    return [entry.action for entry in AuditEntry.objects.for_practice(client.practice).order_by("id")]


# ---- Sending


def test_only_the_digest_is_kept(noor, link) -> None:
    token = link.strip("/").rpartition("/")[2]
    assert len(token) >= 43
    assert the(noor).token_digest == digest(token)
    stored = " ".join(str(value) for value in Invitation.objects.for_practice(noor.practice).values().get().values())
    assert token not in stored


def test_the_message_names_no_health_and_closes_with_the_link(noor, jon, link) -> None:
    message = OutboundMessage.objects.for_practice(noor.practice).get()
    assert (message.kind, message.to_email, message.client_ref) == ("intake_invitation", noor.email, noor.pk)
    assert message.context["url"].endswith(link)
    assert message.expires_at == the(noor).expires_at
    assert not emails.invitation_still_open([message], timezone.now())
    archive_client(noor, by=jon, at=timezone.now())
    assert emails.invitation_still_open([message], timezone.now())


def test_the_mail_guard_sees_revoked_expired_and_used(noor, jon, link) -> None:
    message = OutboundMessage.objects.for_practice(noor.practice).get()
    late = timezone.now() + timedelta(days=15)
    assert "expired" in emails.invitation_still_open([message], late)[message.pk]
    use_invitation(the(noor), at=timezone.now())
    assert "used" in emails.invitation_still_open([message], timezone.now())[message.pk]


def test_sending_again_closes_the_older_link(browse, client, dana, noor, link) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        browse(dana).post(f"/clients/{noor.pk}/invitation/")
        assert client.get(link).status_code == 410
    assert lines(noor) == ["invitation.sent", "invitation.revoked", "invitation.sent"]


def test_pressing_send_twice_sends_one(browse, dana, noor) -> None:
    browser = browse(dana)
    browser.post(f"/clients/{noor.pk}/invitation/")
    page = browser.post(f"/clients/{noor.pk}/invitation/", follow=True)
    assert "a moment ago" in page.content.decode()
    assert OutboundMessage.objects.for_practice(noor.practice).count() == 1


def test_archived_clients_are_not_invited(browse, dana, noor) -> None:
    archive_client(noor, by=dana, at=timezone.now())
    page = browse(dana).post(f"/clients/{noor.pk}/invitation/", follow=True)
    assert "archived" in page.content.decode()
    assert not OutboundMessage.objects.for_practice(noor.practice).exists()


def test_revoke(browse, client, dana, rex, noor, link) -> None:
    url = f"/invitations/{the(noor).pk}/revoke/"
    assert client.post(url).status_code == 302
    assert browse(rex).post(url).status_code == 404
    assert browse(noor).post(url).status_code == 403
    assert client.get(link).status_code == 200
    for _twice in range(2):
        assert browse(dana).post(url).status_code == 302
    assert client.get(link).status_code == 410
    assert lines(noor).count("invitation.revoked") == 1


# ---- Opening


def test_looking_changes_nothing(client, noor, link) -> None:
    for _scanner in range(3):
        page = client.get(link)
        assert page.status_code == 200
    assert the(noor).opened_at is None
    assert SESSION_KEY not in client.session
    assert "invitation.opened" not in lines(noor)
    assert client.head(link).status_code == 200


def test_the_door_tells_nobody_its_address_and_nothing_of_the_person(client, noor, link) -> None:
    page = client.get(link)
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]
    text = page.content.decode()
    assert "Noor" not in text
    assert noor.email not in text
    assert "Stillwater" in text


def test_begin_opens_this_intake_and_no_account(client, noor, link) -> None:
    before = client.session.session_key
    answer = client.post(link)
    assert answer["Location"] == reverse("clients:intake_begin")
    assert client.session.session_key != before
    assert begun_in(client.session, at=timezone.now()) == the(noor)
    assert "_auth_user_id" not in client.session
    assert client.get("/me/account/").status_code == 302
    assert client.get("/clients/").status_code == 302
    assert lines(noor)[-1] == "invitation.opened"
    client.post(link)
    assert lines(noor).count("invitation.opened") == 1


def test_someone_else_who_is_signed_in_is_signed_out(browse, dana, noor, link) -> None:
    browser = browse(dana)
    assert "Dana Okafor" in browser.get(link).content.decode()
    browser.post(link)
    assert "_auth_user_id" not in browser.session
    assert browser.session[SESSION_KEY] == str(the(noor).pk)


def test_the_client_stays_signed_in(browse, noor, link) -> None:
    browser = browse(noor)
    browser.post(link)
    assert browser.session["_auth_user_id"] == str(noor.user.pk)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("revoked", "no longer opens"),
        ("expired", "has expired"),
        ("used", "already sent"),
        ("archived", "no longer opens"),
    ],
)
def test_closed_links_say_what_to_do(client, noor, jon, link, state, words, method) -> None:
    invitation = the(noor)
    now = timezone.now()
    if state == "archived":
        archive_client(noor, by=jon, at=now)
    else:
        column = {"revoked": "revoked_at", "expired": "expires_at", "used": "used_at"}[state]
        Invitation.objects.across_practices().filter(pk=invitation.pk).update(**{column: now - timedelta(seconds=1)})
    page = getattr(client, method)(link)
    assert page.status_code == 410
    assert words in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("token", ["x", "0" * 43, "%00", "字", "a" * 5000, "../../etc"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_links_are_calm(client, db, token, method) -> None:
    page = getattr(client, method)(f"/i/{token}/")
    assert page.status_code == 404


def test_unknown_link_says_what_to_do(client, db) -> None:
    assert "ask your practice" in client.get(f"/i/{'0' * 43}/").content.decode()


def test_a_link_opens_to_the_last_day_and_then_not(client, noor, link) -> None:
    ends = the(noor).expires_at
    with time_machine.travel(ends - timedelta(seconds=2)):
        assert client.get(link).status_code == 200
    with time_machine.travel(ends + timedelta(seconds=2)):
        assert client.get(link).status_code == 410


def test_a_begun_intake_closes_with_its_link(client, noor, jon, link) -> None:
    client.post(link)
    archive_client(noor, by=jon, at=timezone.now())
    assert begun_in(client.session, at=timezone.now()) is None


@pytest.mark.parametrize("kept", [{}, {SESSION_KEY: ""}, {SESSION_KEY: "x"}, {SESSION_KEY: None}])
def test_a_session_without_an_invitation(db, kept) -> None:
    assert begun_in(kept, at=timezone.now()) is None


def test_the_page_has_no_script_or_style_of_its_own(client, link) -> None:
    text = client.get(link).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert " style=" not in text
    assert not re.search(r"\son\w+=", text)


def test_the_message_reads_in_both_forms(noor, link) -> None:
    email = render(OutboundMessage.objects.for_practice(noor.practice).get())
    subject, text, html = email.subject, email.body, email.alternatives[0].content
    for body in (text, html):
        assert "Noor" in body
        assert link in body
        assert "Stillwater" in body
    assert "Stillwater" in subject
    assert not re.search("health|screening|pain|symptom", subject + text.partition("-- ")[0], re.IGNORECASE)


def test_the_last_day_is_the_clients_own(noor, jon) -> None:
    """The link of 16 March 12:00 UTC ends on the 31st where the client lives."""
    Client.objects.for_practice(noor.practice).update(time_zone="Pacific/Kiritimati", language="de")
    with time_machine.travel("2026-03-16T12:00:00Z"):
        send_invitation(Client.objects.for_practice(noor.practice).get(), by=jon, at=timezone.now())
    assert "31. März 2026" in OutboundMessage.objects.for_practice(noor.practice).get().context["open_until"]
