"""The cookies that a browser keeps of us: out of reach of scripts and of other sites."""

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from practice.tenancy.models import Member


@pytest.fixture
def signed_in(jon: Member) -> Browser:
    browser = Browser()
    answer = browser.post(reverse("account_login"), {"login": jon.user.email, "password": "secret-enough-1"})
    assert answer.status_code == 302
    return browser


def test_no_script_reads_the_session_and_no_other_site_sends_it(signed_in: Browser) -> None:
    session = signed_in.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"] is True
    assert session["samesite"] == "Lax"
    assert session["max-age"] == 14 * 24 * 60 * 60


def test_the_token_of_forms_is_not_sent_by_other_sites(client: Browser, db: None) -> None:
    client.get(reverse("account_login"))
    assert client.cookies[settings.CSRF_COOKIE_NAME]["samesite"] == "Lax"
