"""Answers to a questionnaire: their types, and reading what was given without ever guessing in the client's favour."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol, TypeGuard

from django.utils.translation import gettext as _

AnswerType = Literal[
    "yes_no", "choice", "multi_choice", "side", "date", "date_or_none", "integer", "scale_0_10", "body_location"
]
ONE_OF_OPTIONS = frozenset({"yes_no", "choice", "side"})
DATES = frozenset({"date", "date_or_none"})
NUMBERS = frozenset({"integer", "scale_0_10"})
SITE_SIDES = frozenset({"left", "right", "both"})
NOT_SURE = "not_sure"
NONE = "none"

AnswerValue = str | int | list[str] | list[dict[str, str]]
"""An answer as it is typed, stored and handed on: a word, a number, an ISO date, several words, or places as
`{side, region}`. A missing answer is None where one may be missing."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class BodySite:
    """A place on the body that the client marked; `side` "both" is left and right."""

    side: str
    region: str

    @property
    def sides(self) -> frozenset[str]:
        return frozenset({"left", "right"}) if self.side == "both" else frozenset({self.side})


CountedValue = str | int | date | tuple[str, ...] | tuple[BodySite, ...]
"""An answer as rules test it: a word, a number, a day, the words chosen or the places marked, both in order."""


def places_in(value: AnswerValue) -> list[dict[str, str]]:
    """The places of a stored answer, each `{side, region}`; none of an answer in words or numbers."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


class Answer(NamedTuple):
    """An answer as stored or typed, and the day it was given; without a day it counts as given today."""

    value: AnswerValue | None
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as the engine counts it.

    `value` is None when nothing can be counted. `unsure` says that "not sure" was chosen. `malformed` says that
    something in it is not an answer that the question offers ("not sure" included, where that is not offered): such an
    answer is incomplete, yet the parts that are offered still count, so that a damaged answer never hides a risk.
    """

    value: CountedValue | None = None
    unsure: bool = False
    malformed: bool = False

    @property
    def is_definite(self) -> bool:
        """Whether it is a value and nothing else: all that was answered counts."""
        return self.value is not None and not self.unsure and not self.malformed


class AnswerableQuestion(Protocol):
    """What reading an answer needs to know of a question."""

    @property
    def answer_type(self) -> str: ...
    @property
    def option_values(self) -> frozenset[str]: ...
    @property
    def may_be_unsure(self) -> bool: ...
    @property
    def min_marks(self) -> int | None: ...
    @property
    def required(self) -> bool: ...


MISSING = Reading()


def read_answer(question: AnswerableQuestion, raw: object, *, regions: Collection[str] | None = None) -> Reading:
    """Read a given value by the question's type. Never raises, nor takes an unreadable value for a harmless one.

    Without `regions` any region name is taken, because the catalog is not known here.
    """
    if raw is None or raw == "":
        return MISSING
    if isinstance(raw, str) and raw == NOT_SURE:
        return Reading(unsure=True, malformed=not question.may_be_unsure)
    kind = question.answer_type
    if isinstance(raw, str) and raw == NONE and not _offers_none(question):
        return MISSING  # "none" to a question that has no such answer: nothing was answered.
    if kind in ONE_OF_OPTIONS:
        if isinstance(raw, str) and raw in question.option_values:
            return Reading(raw)
    elif kind == "multi_choice":
        return _read_choices(question, raw)
    elif kind in NUMBERS:
        if isinstance(raw, int) and not isinstance(raw, bool) and (kind == "integer" or 0 <= raw <= 10):
            return Reading(raw)
    elif kind in DATES:
        if raw == NONE:
            return Reading(NONE)
        day = read_date(raw)
        if day is not None:
            return Reading(day)
    elif kind == "body_location":
        return _read_sites(raw, regions)
    return Reading(malformed=True)


def _offers_none(question: AnswerableQuestion) -> bool:
    if question.answer_type == "date_or_none":
        return True
    return question.answer_type in ONE_OF_OPTIONS and NONE in question.option_values


def read_date(raw: object) -> date | None:
    """The calendar day that is meant, only from a date or text of the form YYYY-MM-DD; None for anything else."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    return _read_iso(raw) if isinstance(raw, str) else None


@lru_cache(maxsize=4096)  # the answers of an intake were mostly given on one day, which each of them carries
def _read_iso(text: str) -> date | None:
    if text.isascii() and _ISO_DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return None


def _is_list(raw: object) -> TypeGuard[Iterable[object]]:
    # The usual two types first: isinstance with an abstract class is slow, and re-screening asks a million times.
    return isinstance(raw, list | tuple) or (
        isinstance(raw, Sequence | set | frozenset) and not isinstance(raw, str | bytes)
    )


def _read_choices(question: AnswerableQuestion, raw: object) -> Reading:
    """A single option not in a list is malformed, but still counts."""
    items = list(raw) if _is_list(raw) else [raw]
    malformed = not _is_list(raw)
    unsure = False
    values: list[str] = []
    for item in items:
        if isinstance(item, str) and item == NOT_SURE and question.may_be_unsure:
            unsure = True
        elif isinstance(item, str) and item in question.option_values:
            if item not in values:
                values.append(item)
        else:
            malformed = True
    if malformed and set(values) <= {NONE}:
        values = []
    return Reading(tuple(sorted(values)) or None, unsure=unsure, malformed=malformed)


def _read_sites(raw: object, regions: Collection[str] | None) -> Reading:
    """An unknown region or side makes the answer malformed; the other places still count."""
    if not _is_list(raw):
        return Reading(malformed=True)
    sites: set[BodySite] = set()
    malformed = False
    for item in raw:
        side: object
        region: object
        if isinstance(item, BodySite):
            side, region = item.side, item.region
        elif isinstance(item, Mapping):
            side, region = item.get("side"), item.get("region")
        else:
            side = region = None
        known = isinstance(region, str) and region != "" and (regions is None or region in regions)
        if known and isinstance(region, str) and isinstance(side, str) and side in SITE_SIDES:
            sites.add(BodySite(side, region))
        else:
            malformed = True
    if malformed and not sites:
        return Reading(malformed=True)
    return Reading(tuple(sorted(sites, key=lambda site: (site.region, site.side))), malformed=malformed)


def validate_answer(
    question: AnswerableQuestion, raw: object, *, regions: Collection[str] | None = None
) -> tuple[CountedValue | None, str | None]:
    """Return (value, None) for an answer that the question offers, or (None, what to do about it) for any other."""
    reading = read_answer(question, raw, regions=regions)
    if reading.malformed:
        return None, _complaint(question)
    if reading.unsure:
        if reading.value:
            return None, _("Please choose either “not sure” or the ones that fit.")
        return NOT_SURE, None
    value = reading.value
    if value is None:
        return None, _("Please answer this question.") if question.required else None
    if isinstance(value, tuple):
        if question.answer_type == "multi_choice" and NONE in value and len(value) > 1:
            return None, _("Please choose either “none of these” or the ones that fit.")
        if question.answer_type == "body_location" and len(value) < (question.min_marks or 0):
            return None, _("Please mark at least one place.")
    return value, None


def _complaint(question: AnswerableQuestion) -> str:
    kind = question.answer_type
    if kind == "integer":
        return _("Please give a whole number.")
    if kind == "scale_0_10":
        return _("Please give a whole number from 0 to 10.")
    if kind in DATES:
        return _("Please give a date that exists.")
    if kind == "body_location":
        return _("Please mark places on the foot or leg, each with a side.")
    return _("Please choose one of the answers offered.")
