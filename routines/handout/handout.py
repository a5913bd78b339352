"""The routine on paper: one A4 sheet or two, drawn by WeasyPrint from the frozen version, in fonts of its own."""

import hashlib
from dataclasses import dataclass, replace
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

from clients.assessment.assess import assess
from practice.core.clock import local_today
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.footmap.draw import Highlight
from routines.handout.fonts import Face, FetchFonts, faces_for, only_own_fonts, with_fonts
from routines.plans.content import PhaseContent, PlanContent
from routines.plans.day import plan_day
from routines.plans.highlights import massaged_places
from routines.plans.models import Plan, PlanVersion
from routines.plans.waiting import as_opened
from routines.rechecking.recheck import checked_visibility
from routines.today.todays_plan import TodaysPlan, judged, read_todays_plan

SHEET = Path(settings.BASE_DIR) / "templates" / "routines" / "handout" / "handout.css"
#: Days on the log: two weeks fill one table.
LOG_DAYS = 14
#: The fonts are kept between sheets, and Pango's font map is not made for two threads at once.
_press = Lock()


@dataclass(frozen=True)
class Handout:
    """What one sheet says: about the phase of `day`, else the next one to come, else the last one there was."""

    plan: Plan
    version: PlanVersion
    day: date
    #: The printed phase under the client's answers of now.
    now: TodaysPlan

    @property
    def rests(self) -> bool:
        """Whether nothing of the routine may be done now, so that there is no sheet to print."""
        return self.now.rests

    @property
    def is_changed(self) -> bool:
        """Whether the sheet shows less, or other, than was released."""
        return self.now.is_changed

    @cached_property
    def content(self) -> PlanContent:
        return as_opened(self.version.content, self.plan.opened)

    @cached_property
    def phase(self) -> PhaseContent:
        """As it may be done now."""
        return self.now.day.phase or self._released

    @cached_property
    def _released(self) -> PhaseContent:
        return printed_phase(self.content, self.day)

    @property
    def first(self) -> date:
        return self.content.date_of(self.phase.from_day)

    @property
    def last(self) -> date | None:
        return self.content.date_of(self.phase.to_day) if self.phase.to_day else None

    @property
    def later(self) -> PhaseContent | None:
        """The phase after this one; its sheet is printed when it begins."""
        phases = self.content.phases
        place = phases.index(self._released)
        return phases[place + 1] if place + 1 < len(phases) else None

    @property
    def later_first(self) -> date | None:
        return self.content.date_of(self.later.from_day) if self.later else None

    @property
    def seconds(self) -> int:
        return self.phase.seconds

    @property
    def highlights(self) -> list[Highlight]:
        return massaged_places(self.phase.steps)

    @cached_property
    def log_days(self) -> list[date]:
        """The days with something to do in the two weeks from `day`, or from the phase's first day, on."""
        start = max(self.day, self.first)
        days = (start + timedelta(days=offset) for offset in range(LOG_DAYS))
        return [
            one
            for one in days
            if plan_day(self.content, one).phase is self._released and plan_day(self.content, one).times
        ]

    @property
    def check_url(self) -> str:
        return settings.SITE_URL + reverse("routines:handout_check", args=[self.version.code])

    @property
    def qr(self) -> SafeString:
        """The QR code as inline SVG, dark modules only, so that it prints on any paper."""
        code = segno.make(self.check_url, error="m", boost_error=False)
        return mark_safe(code.svg_inline(scale=1, border=0, omitsize=True))  # noqa: S308 - made of numbers by segno


def handout_of(plan: Plan, *, at: datetime) -> Handout:
    """Today's sheet. Ask `checked_visibility` first. Raises ValueError for a plan that was never released."""
    if plan.current_version is None:
        raise ValueError("A plan without a released version has no handout.")
    content, zone = plan.content_now, plan.client.time_zone
    day = plan_day(content, local_today(at, zone))
    printed = replace(day, phase=printed_phase(content, day.day))
    now = judged(printed, assess(plan.client, at=at), current_catalog(), time_zone=zone)
    return Handout(plan, plan.current_version, day.day, now)


def printed_phase(content: PlanContent, day: date) -> PhaseContent:
    """The phase of the day, else the next one to come, else the last one there was."""
    phases, number = content.phases, content.day_number(day)
    return next((phase for phase in phases if phase.to_day is None or number <= phase.to_day), phases[-1])


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


# The same words make the same sheet, so they are the key. In memory only: a sheet is about somebody's health.
@lru_cache(maxsize=32)
def _printed(html: str) -> bytes:
    pdf: bytes = HTML(string=html, url_fetcher=FetchNothing()).write_pdf(
        stylesheets=[_sheet(faces_for(html))],
        font_config=_fonts(),
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        pdf_tags=True,
    )
    return pdf


class FetchNothing(URLFetcher):
    """Fetches nothing: the sheet's text holds everything, and no address in it is followed."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        raise ValueError("A handout fetches nothing.")


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    with only_own_fonts():
        return FontConfiguration()


@lru_cache(maxsize=8)
def _sheet(faces: tuple[Face, ...]) -> CSS:
    return CSS(string=with_fonts(SHEET.read_text(), faces), font_config=_fonts(), url_fetcher=FetchFonts())


def is_current(version: PlanVersion | None, *, at: datetime) -> bool:
    """Whether a printed version may still be followed."""
    if version is None:
        return False
    plan = version.plan
    return plan.current_version_id == version.pk and bool(checked_visibility(plan, at=at))


def is_as_printed(version: PlanVersion | None, *, at: datetime) -> bool:
    """Whether the day follows the released version as it is: today's answers have changed nothing of it."""
    if version is None:
        return False
    plan = version.plan
    plan.current_version = version
    return not read_todays_plan(plan, at=at).is_changed
