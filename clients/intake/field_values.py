"""The values in a question's fields, and what they mean: posted or stored values to answers and back."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.screening.answers import NONE, NOT_SURE, AnswerValue, BodySite, places_in, validate_answer
from clients.screening.entries import Question
from practice.core.clock import OLDEST_YEARS

MARKED = "marked"
ON_DAY = "on"
NOTE_LENGTH = 500
#: Whole numbers that can be true; the questionnaire's own contradiction checks name the same limits.
BOUNDS = {"age": (0, 120), "pregnancy-weeks": (0, 43)}
ANY_NUMBER = (0, 999)
_WHOLE = re.compile(r"[+-]?\d{1,6}")


@dataclass(frozen=True, slots=True)
class FieldValues:
    """The values in the fields of one question."""

    chosen: frozenset[str] = frozenset()
    text: str = ""
    places: frozenset[str] = frozenset()
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.chosen or self.text or self.places)


def values_posted(question: Question, posted: QueryDict) -> FieldValues:
    """The fields of one question as they were posted."""
    name = f"a-{question.slug}"
    return FieldValues(
        chosen=frozenset(posted.getlist(name)),
        text=posted.get(f"{name}-text", "").strip()[:40],
        places=frozenset(posted.getlist(f"{name}-place")),
        note=posted.get(f"{name}-note", "").strip()[:NOTE_LENGTH],
    )


def values_stored(question: Question, value: AnswerValue | None, note: str = "") -> FieldValues:
    """The fields that a stored answer fills."""
    kind = question.answer_type
    if value is None:
        return FieldValues()
    if value == NOT_SURE:
        return FieldValues(frozenset({NOT_SURE}), note=note)
    if kind == "body_location":
        places = frozenset(f"{side}:{site['region']}" for site in places_in(value) for side in _each_side(site["side"]))
        return FieldValues(frozenset({MARKED if value else NONE}), places=places)
    if kind == "integer":
        return FieldValues(text=str(value))
    if kind in ("date", "date_or_none"):
        return FieldValues(frozenset({NONE})) if value == NONE else FieldValues(frozenset({ON_DAY}), text=str(value))
    return FieldValues(frozenset(map(str, value if isinstance(value, list) else [value])), note=note)


def _each_side(side: str) -> tuple[str, ...]:
    return ("left", "right") if side == "both" else (side,)


def read_field_values(
    question: Question, typed: FieldValues, *, today: date, regions: Collection[str]
) -> tuple[AnswerValue | None, str]:
    """Return (answer as stored, "") or (None, what to do about it); (None, "") where nothing was typed."""
    raw, error = _raw(question, typed)
    if error or raw is None:
        return None, error
    value, complaint = validate_answer(question, raw, regions=regions)
    if complaint:
        return None, complaint
    if isinstance(value, date):
        return _checked_day(value, today)
    if question.answer_type == "integer" and isinstance(value, int):
        least, most = BOUNDS.get(question.slug, ANY_NUMBER)
        if not least <= value <= most:
            return None, _("Please give a number from %(least)d to %(most)d.") % {"least": least, "most": most}
    return _stored(value), ""


def _checked_day(day: date, today: date) -> tuple[AnswerValue | None, str]:
    if day > today:
        return None, _("This day is still to come. Please give a past date.")
    if day.year < today.year - OLDEST_YEARS:
        return None, _("Please check the year.")
    return day.isoformat(), ""


def _stored(value: str | int | tuple[str, ...] | tuple[BodySite, ...] | None) -> AnswerValue | None:
    if not isinstance(value, tuple):
        return value
    sites = [{"side": item.side, "region": item.region} for item in value if isinstance(item, BodySite)]
    return sites or [item for item in value if isinstance(item, str)]


def _raw(question: Question, typed: FieldValues) -> tuple[AnswerValue | None, str]:
    kind = question.answer_type
    if kind == "body_location":
        return _raw_places(typed)
    if kind in ("date", "date_or_none"):
        return _raw_day(typed)
    if kind == "multi_choice":
        return sorted(typed.chosen) or None, ""
    if kind == "integer":
        if NOT_SURE in typed.chosen:
            return (None, _("Please choose either “not sure” or a number.")) if typed.text else (NOT_SURE, "")
        return (int(typed.text) if _WHOLE.fullmatch(typed.text) else typed.text or None), ""
    if len(typed.chosen) > 1:
        return None, _("Please choose one answer.")
    chosen = next(iter(typed.chosen), None)
    if kind == "scale_0_10" and chosen and _WHOLE.fullmatch(chosen):
        return int(chosen), ""
    return chosen, ""


def _raw_day(typed: FieldValues) -> tuple[AnswerValue | None, str]:
    chosen = typed.chosen & {NONE, NOT_SURE}
    if chosen and typed.text:
        return None, _("You gave a date and also another answer. Please keep one of them.")
    if chosen:
        return next(iter(chosen)), ""
    if typed.text:
        return typed.text, ""
    return (None, _("Please give the date.")) if ON_DAY in typed.chosen else (None, "")


def _raw_places(typed: FieldValues) -> tuple[AnswerValue | None, str]:
    chosen = typed.chosen & {NONE, NOT_SURE}
    if chosen and typed.places:
        return None, _("You marked places and also chose another answer. Please keep one of them.")
    if typed.places:
        sites = [dict(zip(("side", "region"), pair.split(":", 1), strict=False)) for pair in sorted(typed.places)]
        return sites, ""
    if NOT_SURE in chosen:
        return NOT_SURE, ""
    if NONE in chosen:
        return [], ""
    return (None, _("Please mark at least one place.")) if MARKED in typed.chosen else (None, "")
