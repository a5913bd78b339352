"""The palette keeps WCAG AA in both themes, and no page of ours needs an inline style or script."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from clients.roster.models import Client as Person
from practice.mail.templates import template
from practice.tenancy.models import Member

ROOT = Path(settings.BASE_DIR)
TOKENS = (ROOT / "practice/static/practice/tokens.css").read_text()
VERDICTS = ("fig", "moss", "ochre", "ember", "lake", "red", "slate")
TEXT = [
    *[(ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "ground", "raised", "sunken")],
    *[(f"{name}-ink", f"{name}-tint", 4.5) for name in VERDICTS],
    *[("ink", f"{name}-tint", 4.5) for name in VERDICTS],
    *[("fig-ink", ground, 4.5) for ground in ("paper", "ground", "raised")],
    *[("red-ink", ground, 4.5) for ground in ("paper", "ground", "raised")],
    ("on-fig", "fig", 4.5),
    ("on-fig", "fig-deep", 4.5),
    ("on-moss", "moss", 4.5),
    ("on-moss", "moss-deep", 4.5),
    ("on-stop", "stop", 4.5),
    ("ink-2", "fig-tint", 4.5),
    *[(line, ground, 3.0) for line in ("line-strong", "fig", "stop") for ground in ("paper", "ground", "raised")],
]


def palette(theme: str) -> dict[str, str]:
    block = re.search(rf'\[data-bs-theme="{theme}"\] \{{\s*color-scheme.*?\n\}}', TOKENS, re.S)
    assert block
    return dict(re.findall(r"--sp-([a-z0-9-]+): (#[0-9a-f]{6});", block.group(0)))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_pair_reaches_aa(theme: str) -> None:
    colours = palette(theme)
    weak = []
    for text, ground, least in TEXT:
        light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
        ratio = (light + 0.05) / (dark + 0.05)
        if ratio < least:
            weak.append(f"{text} on {ground}: {ratio:.2f} < {least}")
    assert weak == []


def page_templates() -> list[Path]:
    return [path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts]


def test_no_page_template_needs_an_inline_style_or_script() -> None:
    """E-mails may: mail programs read nothing else. PDF sheets bring their own file of styles."""
    faults = []
    for path in page_templates():
        source = path.read_text()
        inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", source)
        handlers = re.findall(r"<[a-z][^>]*\s(?:style|on[a-z]+)\s*=", source)
        if inline or handlers or "<style" in source or "hx-on" in source:
            faults.append(str(path.relative_to(ROOT)))
    assert faults == []


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_neither_request_nor_database(name: str) -> None:
    """No `db` mark: a query here fails the test."""
    page = get_template(name).render()
    assert "<h1>" in page
    assert 'href="/"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "account_request_login_code"])
def test_sign_in_pages_are_ours_and_strict(client: Client, name: str) -> None:
    """Landmarks, a way past the navigation, and a policy without unsafe-inline or unsafe-eval."""
    answer = client.get(reverse(name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<main id="content"' in page
    assert 'class="skip-link" href="#content"' in page
    assert "practice/tokens.css" in page
    assert '"allowEval":false' in page
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_landing_shows_the_demo_accounts_with_their_passwords(client: Client) -> None:
    page = client.get(reverse("home")).content.decode()
    for account in settings.DEMO_ACCOUNTS:
        assert account["email"] in page
    assert settings.DEMO_PASSWORD in page


@pytest.mark.django_db
def test_account_pages_wear_the_frame_of_the_person(browse: Callable, jon: Member, noor: Person) -> None:
    assert "shell-staff" in browse(jon).get(reverse("mfa_index")).content.decode()
    assert "shell-client" in browse(noor).get(reverse("mfa_index")).content.decode()


def test_mail_layout_reads_without_pictures_and_carries_the_disclaimer() -> None:
    context = {"practice": "Harbour <b>Street", "language": "en", "direction": "ltr"}
    for name in ("_layout.html", "_layout.txt"):
        mail = template(name).render(context)
        assert "Not medical advice" in mail
        assert "<img" not in mail
    assert "Harbour &lt;b&gt;Street" in template("_layout.html").render(context)
    assert "Harbour <b>Street" in template("_layout.txt").render(context)


def test_an_expired_sign_in_moves_the_whole_page(client, db) -> None:
    answer = client.get("/clients/", headers={"hx-request": "true", "hx-current-url": "http://testserver/clients/?q=a"})
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/clients/%3Fq%3Da"


def test_pages_of_a_person_are_not_kept(browse, jon) -> None:
    assert "no-store" in browse(jon).get("/clients/")["Cache-Control"]
