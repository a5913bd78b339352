"""Questions and answers in the words that people read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.screening.answers import NONE, NOT_SURE, AnswerValue, BodySite, CountedValue, read_date
from clients.screening.entries import Question
from routines.catalog.markable import body_places


def side_name(side: str) -> str:
    return {"left": _("left"), "right": _("right"), "both": _("both sides")}.get(side, side)


def answer_label(
    question: Question, value: AnswerValue | CountedValue | None, *, place_names: Mapping[str, str] | None = None
) -> str:
    """An answer as stored or as counted, in words; “Not answered” for a missing one, never an empty text."""
    if value is None or value == "":
        return _("Not answered")
    if value == NOT_SURE:
        return _("Not sure")
    if question.answer_type == "body_location":
        return _sites_label(value, place_names)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_option_label(question, item) for item in value) or _("None")
    if question.answer_type in ("date", "date_or_none"):
        day = value if isinstance(value, date) else read_date(value)
        return date_format(day, "j F Y") if day else _("None")
    if question.answer_type == "scale_0_10":
        return _("%(number)s of 10") % {"number": value}
    return _option_label(question, value)


def _option_label(question: Question, value: object) -> str:
    for option in question.options:
        if option.value == value:
            return option.label
    return {NONE: _("None"), "yes": _("Yes"), "no": _("No"), NOT_SURE: _("Not sure")}.get(str(value)) or side_name(
        str(value)
    )


def _sites_label(sites: Any, place_names: Mapping[str, str] | None) -> str:
    if sites == NONE or not sites:
        return _("Nowhere")
    names = place_names if place_names is not None else body_places().names
    pairs = [
        (site.side, site.region) if isinstance(site, BodySite) else (site["side"], site["region"]) for site in sites
    ]
    return "; ".join(f"{names.get(region, region)} ({side_name(side)})" for side, region in pairs)
