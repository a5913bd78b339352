"""The demo's mailbox shows what left, keeps a mail's own markup in its cage, and is not there outside the demo."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from django.urls import reverse

from practice.mail import demo_mailbox


@pytest.fixture(autouse=True)
def mailbox(settings, tmp_path):
    settings.DEMO_MAIL_DIR = tmp_path / "mail"


def keep(
    subject: str = "Hello", html: str = "<html><head></head><body><script>alert(1)</script><p>Hi</p></body></html>"
) -> str:
    message = EmailMessage()
    message["To"], message["Subject"] = "noor@example.org", subject
    message.set_content("Plain http://testserver/me/")
    message.add_alternative(html, subtype="html")
    return demo_mailbox.store(message.as_bytes(), datetime.now(UTC))


def test_newest_first_and_new_ones_by_themselves(client, db) -> None:
    keep("First"), keep("Second <b>👣</b>")
    page = client.get("/demo/mail/").content.decode()
    assert page.index("Second &lt;b&gt;👣") < page.index("First")
    assert 'hx-trigger="every 5s"' in page
    fragment = client.get("/demo/mail/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "First" in fragment


def test_the_markup_runs_nothing_and_is_framed_only_by_us(client, db) -> None:
    name = keep()
    page = client.get(reverse("practice:demo_mail_message", args=[name]))
    assert "alert(1)" not in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    framed = client.get(reverse("practice:demo_mail_html", args=[name]))
    policy = framed["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert framed["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["nope", "20260101T000000000000-" + "0" * 32])
def test_unknown_mail(client, db, name) -> None:
    for view in ("practice:demo_mail_message", "practice:demo_mail_html"):
        assert client.get(reverse(view, args=[name])).status_code == 404


def test_an_empty_box_says_what_comes(client, db) -> None:
    assert "within two minutes" in client.get("/demo/mail/").content.decode()


def test_outside_the_demo_there_is_no_such_page(client, db, settings) -> None:
    name = keep()
    settings.DEMO = False
    assert client.get("/demo/mail/").status_code == 404
    for view in ("practice:demo_mail_message", "practice:demo_mail_html"):
        assert client.get(reverse(view, args=[name])).status_code == 404
