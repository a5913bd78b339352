"""Messages of the demo travel over real SMTP and come back as they left."""

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from practice.mail import demo_mailbox
from tests.services import mail_server

AT = datetime(2026, 3, 16, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.DEMO_MAIL_DIR = tmp_path / "mail"
    return settings.DEMO_MAIL_DIR


def letter(subject: str = "Your routine is ready", text: str = "Good morning, Noor.\n", html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "routines@localhost", "noor@example.org", subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_a_message_sent_over_smtp_is_kept(folder: Path) -> None:
    before = datetime.now(UTC)
    sent = letter("Für 足 🦶", "Größe — 你好\n" * 400, "<p>Größe 🦶</p>")
    with mail_server(folder) as url, smtplib.SMTP("127.0.0.1", urlsplit(url).port) as line:
        line.send_message(sent)
        line.send_message(letter())
    newest, first = demo_mailbox.messages()
    assert newest.subject == "Your routine is ready"
    assert newest.html == ""
    assert first.subject == "Für 足 🦶"
    assert first.to == "noor@example.org"
    assert first.text.splitlines() == ["Größe — 你好"] * 400
    assert first.html.strip() == "<p>Größe 🦶</p>"
    assert before - timedelta(seconds=1) <= first.at <= newest.at


def test_newest_first_and_no_more_than_asked() -> None:
    for minute in (5, 1, 3):
        demo_mailbox.store(letter(f"minute {minute}").as_bytes(), AT + timedelta(minutes=minute))
    assert [mail.subject for mail in demo_mailbox.messages(limit=2)] == ["minute 5", "minute 3"]
    assert demo_mailbox.messages()[0].at == AT + timedelta(minutes=5)


def test_found_by_its_id_and_by_nothing_else(folder: Path) -> None:
    kept = demo_mailbox.store(letter().as_bytes(), AT)
    (folder.parent / "secret.eml").write_bytes(letter("secret").as_bytes())
    found = demo_mailbox.message(kept)
    assert found is not None
    assert found.subject == "Your routine is ready"
    for wrong in ("../secret", "secret", kept.replace("2026", "2025"), ""):
        assert demo_mailbox.message(wrong) is None


def test_kept_for_this_account_alone(folder: Path) -> None:
    kept = demo_mailbox.store(letter().as_bytes(), AT)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / f"{kept}.eml").stat().st_mode & 0o777 == 0o600


def test_an_empty_post_office_has_no_messages() -> None:
    assert demo_mailbox.messages() == []


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe broken", b"Subject: x\r\nContent-Type: text/plain; charset=nope\r\n\r\n\xe9"]
)
def test_a_malformed_message_does_not_hide_the_others(raw: bytes) -> None:
    demo_mailbox.store(raw, AT)
    demo_mailbox.store(letter().as_bytes(), AT + timedelta(minutes=1))
    found = demo_mailbox.messages()
    assert len(found) == 2
    assert found[0].subject == "Your routine is ready"
