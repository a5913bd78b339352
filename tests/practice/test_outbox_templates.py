"""The templates of mails: each language its own words, values escaped where they can hurt, no mail with a hole."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.utils import translation
from django.utils.translation import templatize
from jinja2 import UndefinedError

from practice import outbox_templates
from practice.models import OutboundMessage
from practice.outbox import send_due
from practice.outbox_templates import one_line, template
from tests.make import NOON
from tests.make_reminders import make_message

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"


@pytest.fixture
def words(monkeypatch):
    """gettext that shouts its language."""
    outbox_templates._engine.cache_clear()
    monkeypatch.setattr(outbox_templates, "gettext", lambda text: f"{translation.get_language()}:{text}")
    yield
    outbox_templates._engine.cache_clear()


def test_each_language_has_its_own_words(words) -> None:
    for language in ("en", "de", "en"):
        with translation.override(language):
            assert template("reminder/subject.txt").render(name="Noor") == f"{language}:Noor, time for your routine"


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.*")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_sentence_goes_through_gettext(path, words) -> None:
    """What is left of a template without its tags, its markup and its styles says nothing."""
    source = outbox_templates._engine("en").loader.get_source(None, str(path.relative_to(FOLDER)))[0]
    assert outbox_templates._engine("en").compile(source)
    assert not _bare_words(source)
    # As makemessages reads it, which knows Django's tags and finds less than Jinja does.
    sentence = r'_\("[^"]+"\)'
    assert re.findall(sentence, templatize(source)) == re.findall(sentence, source)


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
