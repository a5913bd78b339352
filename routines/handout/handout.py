"""The routine on paper: one A4 sheet or two, drawn by WeasyPrint from the frozen version. Nothing is fetched."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from practice.core.clock import local_today
from routines.catalog.types import Catalog
from routines.footmap.draw import Highlight
from routines.plans.day import plan_day
from routines.plans.highlights import frozen_highlights
from routines.plans.models import Plan, PlanVersion
from routines.rechecking.recheck import shown_now

SHEET = Path(settings.BASE_DIR) / "templates" / "routines" / "handout" / "handout.css"
#: Days on the log: two weeks fill one table.
LOG_DAYS = 14
#: The fonts are kept between sheets, and Pango's font map is not made for two threads at once.
_press = Lock()


@dataclass(frozen=True)
class Handout:
    """What one sheet says. It covers the phase of `day`, or the first one to come, or the last one there was."""

    plan: Plan
    version: PlanVersion
    day: date

    @property
    def content(self) -> dict[str, Any]:
        return self.version.content

    @cached_property
    def phase(self) -> dict[str, Any]:
        phases = self.content["phases"]
        number = (self.day - self._day_zero).days
        return next((phase for phase in phases if phase["to_day"] is None or number <= phase["to_day"]), phases[-1])

    @property
    def _day_zero(self) -> date:
        return date.fromisoformat(self.content["starts_on"]) - timedelta(days=1)

    @property
    def first(self) -> date:
        return self._day_zero + timedelta(days=self.phase["from_day"])

    @property
    def last(self) -> date | None:
        return self._day_zero + timedelta(days=self.phase["to_day"]) if self.phase["to_day"] else None

    @property
    def later(self) -> dict[str, Any] | None:
        """The phase after this one: its sheet is printed when it comes."""
        phases = self.content["phases"]
        place = phases.index(self.phase)
        return phases[place + 1] if place + 1 < len(phases) else None

    @property
    def later_first(self) -> date | None:
        return self._day_zero + timedelta(days=self.later["from_day"]) if self.later else None

    @property
    def seconds(self) -> int:
        return sum((step["seconds"] or 0) * (2 if step["side"] == "both" else 1) for step in self.phase["steps"])

    @property
    def highlights(self) -> list[Highlight]:
        return frozen_highlights(self.phase["steps"])

    @cached_property
    def log_days(self) -> list[date]:
        """The days of two weeks from `day` on, or from the phase's first day, that ask for something."""
        start = max(self.day, self.first)
        days = (start + timedelta(days=offset) for offset in range(LOG_DAYS))
        return [
            one for one in days if plan_day(self.content, one).phase is self.phase and plan_day(self.content, one).times
        ]

    @property
    def check_url(self) -> str:
        return settings.SITE_URL + reverse("routines:handout_check", args=[self.version.code])

    @property
    def qr(self) -> SafeString:
        """Inline, dark modules only, so that it prints on any paper."""
        code = segno.make(self.check_url, error="m", boost_error=False)
        return mark_safe(code.svg_inline(scale=1, border=0, omitsize=True))  # noqa: S308 - made of numbers by segno


def handout_of(plan: Plan, *, at: datetime) -> Handout:
    """Today's sheet. Ask `shown_now` first."""
    if plan.current_version is None:
        raise ValueError("A plan without a released version has no handout.")
    return Handout(plan, plan.current_version, local_today(at, plan.client.time_zone))


def draw_handout(handout: Handout, catalog: Catalog, rules: tuple[str, ...]) -> bytes:
    """The PDF's bytes; the same for the same version, day and names."""
    client = handout.plan.client
    with translation.override(client.language):
        html = render_to_string(
            "routines/handout/sheet.html",
            {
                "handout": handout,
                "client": client,
                "practice": client.practice,
                "catalog": catalog,
                "stop_rules": rules,
            },
        )
    with _press:
        return _printed(html)


# The same words make the same sheet, so the words are the key. In memory only: a sheet tells of somebody's health.
@lru_cache(maxsize=32)
def _printed(html: str) -> bytes:
    return HTML(string=html, url_fetcher=FetchNothing()).write_pdf(
        stylesheets=[_sheet()],
        font_config=_fonts(),
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        pdf_tags=True,
    )


class FetchNothing(URLFetcher):
    """The sheet carries everything; an address in it is not followed."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        raise ValueError("A handout fetches nothing.")


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@lru_cache(maxsize=1)
def _sheet() -> CSS:
    return CSS(string=SHEET.read_text(), font_config=_fonts(), url_fetcher=FetchNothing())


def is_current(version: PlanVersion | None, *, at: datetime) -> bool:
    """Whether a printed version may still be followed."""
    if version is None:
        return False
    plan = version.plan
    return plan.current_version_id == version.pk and bool(shown_now(plan, at=at))
