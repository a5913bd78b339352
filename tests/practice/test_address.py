"""Nobody takes an address that is not proved to be theirs."""

import pytest

from practice.tenancy.models import User


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_send", "action_remove"])
def test_an_address_is_not_changed_by_oneself(client, mira, action) -> None:
    client.post("/accounts/login/", {"login": "mira@example.org", "password": "secret-enough-1"})
    for what in ("action_add", action):
        client.post("/accounts/email/", {what: "", "email": "victim@example.org"})
    mira.user.refresh_from_db()
    assert mira.user.email == "mira@example.org"
    assert not User.objects.filter(emailaddress__email="victim@example.org").exists()


def test_the_page_says_how_to_change_it(client, browse, noor) -> None:
    assert "tell your practice" in browse(noor).get("/accounts/email/").content.decode()
    assert "/accounts/login/" in client.get("/accounts/email/")["Location"]
