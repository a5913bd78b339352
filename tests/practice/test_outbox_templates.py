"""The templates of mails: each language its own words, values escaped where they can hurt, no mail with a hole."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core import mail
from jinja2 import UndefinedError

from clients.roster.models import Client
from practice.mail import templates
from practice.mail.models import OutboundMessage
from practice.mail.outbox import send_due
from practice.mail.render import render
from practice.mail.templates import one_line, template
from routines.reminders.plan import plan_ahead
from routines.reminders.send import queue_due
from tests.make import NOON
from tests.make_reminders import make_message, make_running_plan

DUE = datetime(2026, 3, 17, 7, 30, tzinfo=UTC)
FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"


CATALOGUES = [language for language, _name in settings.LANGUAGES if language != settings.LANGUAGE_CODE]
SENTENCE = re.compile(r'_\("([^"]+)"\)')


def sources() -> dict[str, str]:
    return {str(path.relative_to(FOLDER)): path.read_text() for path in sorted(FOLDER.rglob("*.*"))}


def sentences() -> set[str]:
    return {sentence for source in sources().values() for sentence in SENTENCE.findall(source)}


@pytest.mark.parametrize(("name", "source"), sources().items())
def test_every_sentence_goes_through_gettext(name: str, source: str) -> None:
    """What is left of a template without its tags, its markup and its styles says nothing."""
    assert not _bare_words(source)
    assert source.count("_(") == len(SENTENCE.findall(source)), "whole sentences, which can be looked up beforehand"


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_sentence_is_said_in_every_language(language: str) -> None:
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "emails.po"
    said = {message.id: message for message in read_po(path.open("rb")) if message.id}
    assert said.keys() == sentences(), "run `make messages`"
    compiled = templates._catalogue(language)
    for sentence, message in said.items():
        assert message.string, sentence
        assert not message.fuzzy, sentence
        assert Counter(re.findall(r"%\(\w+\)s|%", message.string)) == Counter(re.findall(r"%\(\w+\)s|%", sentence))
        assert compiled.gettext(sentence) == message.string, "run `make messages`"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "subject", "html_language"),
    [
        ("de", "Noor, Zeit für Ihre Routine", "de"),
        ("de-at", "Noor, Zeit für Ihre Routine", "de-at"),
        ("es", "Noor, es hora de su rutina", "es"),
        ("en-gb", "Noor, time for your routine", "en-gb"),
        ("sv", "Noor, time for your routine", "sv"),
    ],
)
def test_a_reminder_speaks_the_clients_language(noor, jon, language, subject, html_language) -> None:
    Client.objects.for_practice(noor.practice).update(language=language)
    make_running_plan(Client.objects.for_practice(noor.practice).get(), jon)
    while plan_ahead(NOON):
        pass
    queue_due(DUE)
    email = render(OutboundMessage.objects.across_practices().get(kind="reminder"))
    assert email.subject == subject
    assert f'<html lang="{html_language}" dir="ltr">' in email.alternatives[0].content


def _bare_words(source: str) -> list[str]:
    for hidden in (r"\{#.*?#\}", r"<style>.*?</style>", r"\{\{.*?\}\}", r"\{%.*?%\}", r"<[^>]*>", r"&#?\w+;"):
        source = re.sub(hidden, " ", source, flags=re.S)
    return re.findall(r"[A-Za-z]{2,}", source)


def test_values_are_escaped_in_html_and_stay_as_they_are_in_plain_text() -> None:
    name = "R & B <b>"
    text = template("plan_ready/subject.txt").render(name=name)
    assert text.startswith(name)
    html = template("needs_attention/body.html").render(
        name=name, practice=name, url="https://p.example/?a=1&b=2", subject="s", language="en", direction="ltr"
    )
    assert "<b>" not in html
    assert "R &amp; B &lt;b&gt;" in html
    assert 'href="https://p.example/?a=1&amp;b=2"' in html


@pytest.mark.django_db
def test_a_mail_with_a_hole_does_not_leave() -> None:
    message = make_message(context={"url": "https://practice.example/"})
    with pytest.raises(UndefinedError):
        template("plan_ready/subject.txt").render(url="x")
    send_due(NOON)
    message = OutboundMessage.objects.across_practices().get(pk=message.pk)
    assert (message.state, message.tries) == ("queued", 1)
    assert not mail.outbox


@pytest.mark.parametrize(("text", "line"), [("a\r\nBcc: b", "a Bcc: b"), ("  a \x00 b  ", "a b"), ("x" * 9, "xxxx…")])
def test_one_line(text, line) -> None:
    assert one_line(text, 5 if text.startswith("x") else 20) == line
