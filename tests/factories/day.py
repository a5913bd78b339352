"""The questions before a session, answered as a client does."""

from datetime import datetime
from typing import Any

from django.test import Client as Browser

from clients.record.day_answers import DayReply
from routines.plans.models import Plan
from routines.sessions.day_answers import day_questions, questions_of_day
from routines.sessions.models import RoutineSession


def day_reply(session: RoutineSession, *, at: datetime, **changed: Any) -> DayReply:
    """A good day, each question shown and answered, apart from what has changed; slugs with underscores."""
    said = {slug.replace("_", "-"): value for slug, value in changed.items()}
    values = {**day_questions(session, at=at).good_day().values, **said}
    return DayReply(values, frozenset(values))


def check_reply(plan: Plan, *, at: datetime, **changed: Any) -> DayReply:
    """The same without a session."""
    said = {slug.replace("_", "-"): value for slug, value in changed.items()}
    values = {**questions_of_day(plan, at=at).good_day().values, **said}
    return DayReply(values, frozenset(values))


def day_page(browser: Browser, run: str) -> Any:
    """The check that stands before the routine at `run`; its answer is the page itself."""
    return browser.get(run, follow=True)


def nothing_changed(browser: Browser, run: str) -> Any:
    """No pain and all as before, where the check still stands before the routine."""
    page = day_page(browser, run)
    if page.context is None or "form" not in page.context:
        return page
    return all_as_before(browser, page)


def all_as_before(browser: Browser, page: Any, **fields: Any) -> Any:
    """No pain; of the whole list, what stands in each tile is as before. `fields` come on top."""
    tiles = [tile.tile.slug for tile in page.context["form"].tiles]
    return tell(browser, page, **{"a-heel-arch-pain": "0", "rest": tiles, **fields})


def say(browser: Browser, run: str, **answers: Any) -> Any:
    """Open the tiles of these answers and give them, all else as before; slugs with underscores."""
    page = day_page(browser, run)
    given = {slug.replace("_", "-"): value for slug, value in answers.items()}
    opened = [
        tile.tile.slug
        for tile in page.context["form"].tiles
        if any(field.question.slug in given for field in tile.fields)
    ]
    fields: dict[str, Any] = {}
    for slug, value in given.items():
        fields |= value if isinstance(value, dict) else {f"a-{slug}": value}
    return all_as_before(browser, page, open=opened, **fields)


def tell(browser: Browser, page: Any, **fields: Any) -> Any:
    """Send the page's form as a browser does, with these fields in the place of its own."""
    form = page.context["form"]
    data: dict[str, Any] = {
        "etag": form.etag,
        "shown": [field.shown_as for field in form.fields],
        "open": [tile.tile.slug for tile in form.tiles if tile.is_open],
        "rest": [tile.tile.slug for tile in form.tiles if tile.says_rest],
    }
    for field in form.fields:
        data[field.name] = list(field.typed.chosen)
        data[f"{field.name}-place"] = list(field.typed.places)
        data[f"{field.name}-text"] = field.typed.text
    return browser.post(page.request["PATH_INFO"], {**data, **fields})
