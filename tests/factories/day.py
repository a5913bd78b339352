"""The questions before a session, answered as a client does."""

from datetime import datetime
from typing import Any

from django.test import Client as Browser

from clients.record.day_answers import DayReply
from routines.sessions.day_answers import day_questions
from routines.sessions.models import RoutineSession


def day_reply(session: RoutineSession, *, at: datetime, **changed: Any) -> DayReply:
    """A good day, each question shown and answered, apart from what has changed; slugs with underscores."""
    said = {slug.replace("_", "-"): value for slug, value in changed.items()}
    values = {**day_questions(session, at=at).form().values, **said}
    return DayReply(values, frozenset(values))


def day_page(browser: Browser, run: str) -> Any:
    """The questions that stand before the routine at `run`; its answer is the page itself."""
    return browser.get(run, follow=True)


def nothing_changed(browser: Browser, run: str) -> Any:
    """One tap, where the questions still stand before the routine."""
    page = day_page(browser, run)
    if page.context is None or "form" not in page.context:
        return page
    return tell(browser, page)


def tell(browser: Browser, page: Any, **fields: Any) -> Any:
    """Send the page's form with these fields on top."""
    form = page.context["form"]
    data = {"etag": form.etag, "asked": [field.question.slug for field in form.fields], **fields}
    return browser.post(page.request["PATH_INFO"], data)
