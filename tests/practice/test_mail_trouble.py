"""While mail is down every page of staff says so; while it works that costs nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from practice.mail.models import MailServer
from tests.make import NOON, make_practice
from tests.make_reminders import make_message

pytestmark = pytest.mark.django_db
SINCE = datetime(2026, 3, 16, 12, 3, tzinfo=UTC)


def down(**fields) -> MailServer:
    given = {"failures": 4, "down_since": SINCE, "paused_until": SINCE + timedelta(seconds=45), "reason": "421 busy"}
    return MailServer.objects.create(pk=1, **{**given, **fields})


@pytest.mark.parametrize("url", ["/clients/", "/messages/", "/reminders/", "/catalog/"])
def test_on_pages_of_staff(practice, jon, browse, url) -> None:
    down()
    make_message(practice=practice)
    make_message(practice=make_practice("Elsewhere"))
    page = browse(jon).get(url, follow=True).content.decode()
    for words in ("Mail has been down since 16 Mar, 12:03", "421 busy", "Next try at 12:03:45", "1 message of yours"):
        assert words in page


def test_not_on_pages_of_clients_or_of_nobody(noor, client, browse) -> None:
    down()
    assert "421 busy" not in browse(noor).get("/me/").content.decode()
    assert "421 busy" not in client.get("/accounts/login/").content.decode()


def test_no_address_of_anybody_and_no_markup_comes_along(jon, browse) -> None:
    down(reason="450 <secret.person@elsewhere.example>: <script>busy</script>")
    page = browse(jon).get("/clients/").content.decode()
    assert "secret.person" not in page
    assert "<script>busy" not in page


def test_gone_when_mail_works_again(jon, browse) -> None:
    server = down()
    server.down_since = None
    server.save()
    assert "Mail has been down" not in browse(jon).get("/clients/").content.decode()


def test_it_costs_no_query_while_mail_works_and_two_while_it_does_not(jon, browse) -> None:
    browser = browse(jon)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get("/clients/")
        return len(asked)

    count()
    quiet = count()
    with CaptureQueriesContext(connection) as asked:
        browser.get("/clients/")
    assert not [query for query in asked.captured_queries if query["sql"].startswith('SELECT "practice_mailserver"')]
    down()
    assert count() - quiet <= 2
    assert NOON < SINCE
