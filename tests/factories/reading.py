"""What a page says, and how much it asks of the database."""

from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext


def queries(browser: Browser, path: str) -> int:
    """Queries of one page; not the savepoints, which only a test's own transaction brings."""
    with CaptureQueriesContext(connection) as seen:
        page = browser.get(path)
    assert page.status_code == 200, path
    return sum("SAVEPOINT" not in query["sql"] for query in seen.captured_queries)


def html_of(answer: HttpResponse) -> str:
    """The page on one line, so that what is looked for in it does not hang on how its template is laid out."""
    return " ".join(answer.content.decode().split())
