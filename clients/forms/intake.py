"""One section of the questionnaire as a form: what was typed, what it means, and what is wrong with it.

Own code instead of django.forms: which questions there are depends on the answers, an answer is read by the screening
engine's own reader so that form and rules cannot disagree, and whatever was typed has to come back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.answers import NONE, NOT_SURE, Mark, read_date, validate_answer
from clients.body_places import BodyPlaces, Place
from clients.intake_sections import GROUP_TITLES, Section, applicable, is_answered, nothing_value, questions_in
from clients.questionnaire import Questionnaire
from clients.questionnaire_entries import Option, Question

MARKED = "marked"
ON_DAY = "on"
OLDEST_YEARS = 120
NOTE_LENGTH = 500
#: Whole numbers that can be true; the questionnaire's own contradiction checks name the same ends.
BOUNDS = {"age": (0, 120), "pregnancy-weeks": (0, 43)}
ANY_NUMBER = (0, 999)
#: Questions whose wording asks for a few words beside the answer.
ASKS_FOR_WORDS = frozenset({"other-condition"})
_WHOLE = re.compile(r"[+-]?\d{1,6}")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of one question."""

    chosen: frozenset[str] = frozenset()
    text: str = ""
    places: frozenset[str] = frozenset()
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.chosen or self.text or self.places)


@dataclass
class Ask:
    """One question as it is shown: with what was typed, what that means, and the words beside it."""

    question: Question
    typed: Typed
    value: Any = None
    error: str = ""
    #: The answer that reached us from another device or tab meanwhile, in words.
    newer: str = ""
    #: Answered, but the answers before it say that it does not apply any more.
    is_left_over: bool = False
    is_prefilled: bool = False
    body: BodyPlaces | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return f"a-{self.question.slug}"

    @property
    def options(self) -> tuple[Option, ...]:
        """The tiles: the question's options, and “not sure” wherever the question takes it."""
        options = self.question.options
        if self.question.may_be_unsure and all(option.value != NOT_SURE for option in options):
            return (*options, Option(NOT_SURE, _("Not sure")))
        return options

    @property
    def shown_as(self) -> str:
        """Names this part of the page as it looks, so that a save can tell whether it has to be drawn again."""
        opened = self.question.answer_type == "body_location" and self.shows_places
        return f"{self.question.slug}{':places' if opened else ''}{':left-over' if self.is_left_over else ''}"

    @property
    def scale(self) -> tuple[str, ...]:
        return tuple(str(number) for number in range(11))

    @property
    def follows_up(self) -> bool:
        return self.question.ask_if is not None

    @property
    def offers_not_sure(self) -> bool:
        return self.question.may_be_unsure

    @property
    def asks_for_words(self) -> bool:
        return self.question.slug in ASKS_FOR_WORDS

    @property
    def shows_places(self) -> bool:
        return MARKED in self.typed.chosen or bool(self.typed.places)

    @property
    def place_groups(self) -> list[tuple[str, list[Place]]]:
        groups: dict[str, list[Place]] = {}
        for place in self.body.places if self.body else ():
            groups.setdefault(place.group, []).append(place)
        return list(groups.items())

    def body_map(self) -> str:
        """The drawings to tap; drawn only where somebody has something to mark."""
        marked = [(side, region) for side, _colon, region in (pair.partition(":") for pair in self.typed.places)]
        return self.body.draw(self.question.slug, marked) if self.body else ""


def typed_in(question: Question, posted: QueryDict) -> Typed:
    """The fields of one question as they were posted."""
    name = f"a-{question.slug}"
    return Typed(
        chosen=frozenset(posted.getlist(name)),
        text=posted.get(f"{name}-text", "").strip()[:40],
        places=frozenset(posted.getlist(f"{name}-place")),
        note=posted.get(f"{name}-note", "").strip()[:NOTE_LENGTH],
    )


def typed_from(question: Question, value: Any, note: str = "") -> Typed:
    """The fields that a stored answer fills."""
    kind = question.answer_type
    if value is None:
        return Typed()
    if value == NOT_SURE:
        return Typed(frozenset({NOT_SURE}), note=note)
    if kind == "body_location":
        places = frozenset(f"{side}:{mark['region']}" for mark in value for side in _each_side(mark["side"]))
        return Typed(frozenset({MARKED if value else NONE}), places=places)
    if kind == "integer":
        return Typed(text=str(value))
    if kind in ("date", "date_or_none"):
        return Typed(frozenset({NONE})) if value == NONE else Typed(frozenset({ON_DAY}), text=str(value))
    return Typed(frozenset(map(str, value if isinstance(value, list) else [value])), note=note)


def _each_side(side: str) -> tuple[str, ...]:
    return ("left", "right") if side == "both" else (side,)


def read_typed(question: Question, typed: Typed, *, today: date, regions: Collection[str]) -> tuple[Any, str]:
    """(answer as stored, "") or (None, what to do about it); (None, "") where nothing was typed."""
    raw, error = _raw(question, typed)
    if error or raw is None:
        return None, error
    value, complaint = validate_answer(question, raw, regions=regions)
    if complaint:
        return None, complaint
    if isinstance(value, date):
        return _checked_day(value, today)
    if question.answer_type == "integer" and value != NOT_SURE:
        least, most = BOUNDS.get(question.slug, ANY_NUMBER)
        if not least <= value <= most:
            return None, _("Please give a number from %(least)d to %(most)d.") % {"least": least, "most": most}
    return _stored(value), ""


def _checked_day(day: date, today: date) -> tuple[Any, str]:
    if day > today:
        return None, _("This day is still to come. Please give a past date.")
    if day.year < today.year - OLDEST_YEARS:
        return None, _("Please check the year.")
    return day.isoformat(), ""


def _stored(value: Any) -> Any:
    if isinstance(value, tuple):
        return [{"side": item.side, "region": item.region} if isinstance(item, Mark) else item for item in value]
    return value


def _raw(question: Question, typed: Typed) -> tuple[Any, str]:
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


def _raw_day(typed: Typed) -> tuple[Any, str]:
    chosen = typed.chosen & {NONE, NOT_SURE}
    if chosen and typed.text:
        return None, _("You gave a date and also another answer. Please keep one of them.")
    if chosen:
        return next(iter(chosen)), ""
    if typed.text:
        return read_date(typed.text) or typed.text, ""
    return (None, _("Please give the date.")) if ON_DAY in typed.chosen else (None, "")


def _raw_places(typed: Typed) -> tuple[Any, str]:
    chosen = typed.chosen & {NONE, NOT_SURE}
    if chosen and typed.places:
        return None, _("You marked places and also chose another answer. Please keep one of them.")
    if typed.places:
        marks = [dict(zip(("side", "region"), pair.split(":", 1), strict=False)) for pair in sorted(typed.places)]
        return marks, ""
    if NOT_SURE in chosen:
        return NOT_SURE, ""
    if NONE in chosen:
        return [], ""
    return (None, _("Please mark at least one place.")) if MARKED in typed.chosen else (None, "")


class SectionForm:
    """The questions of one page that apply now. Build it from what is stored or from what was posted."""

    def __init__(
        self, questionnaire: Questionnaire, section: Section, *, elsewhere: Mapping[str, Any], typed: Mapping[str, Typed],
        today: date, body: BodyPlaces, prefilled: Collection[str] = (),
    ) -> None:
        self.questionnaire, self.section, self.today, self.body = questionnaire, section, today, body
        self.elsewhere, self.prefilled = elsewhere, prefilled
        self.tab = self.warning = ""
        self.strangers: list[str] = []
        self.regions = body.slugs.regions
        self.asks = self._ask(typed)

    def _ask(self, typed: Mapping[str, Typed]) -> list[Ask]:
        questions = questions_in(self.questionnaire, self.section)
        read = {
            question.slug: read_typed(question, typed.get(question.slug, Typed()), today=self.today, regions=self.regions)
            for question in questions
        }
        values = {**self.elsewhere, **{slug: value for slug, (value, _error) in read.items()}}
        apply = {question.slug for question in applicable(self.questionnaire, values, self.today)}
        asks = []
        for question in questions:
            slug = question.slug
            entered = typed.get(slug, Typed())
            if slug in apply or entered:
                value, error = read[slug]
                asks.append(Ask(
                    question, entered, value, error,
                    is_left_over=slug not in apply, is_prefilled=slug in self.prefilled, body=self.body,
                ))
        return asks

    def filled_with_nothing(self) -> SectionForm:
        """The same page with “none of these” ticked wherever nothing was typed; what was typed stays."""
        typed = {ask.question.slug: ask.typed for ask in self.asks}
        for ask in self.asks:
            nothing = nothing_value(self.questionnaire, ask.question, self.today)
            if not ask.typed and nothing is not None:
                typed[ask.question.slug] = typed_from(ask.question, nothing)
        filled = SectionForm(
            self.questionnaire, self.section, elsewhere=self.elsewhere, typed=typed, today=self.today, body=self.body
        )
        filled.tab = self.tab
        return filled

    @property
    def offers_nothing(self) -> bool:
        """Whether "none of these" would answer anything that is still open."""
        return any(
            not ask.typed and nothing_value(self.questionnaire, ask.question, self.today) is not None for ask in self.asks
        )

    @property
    def slots(self) -> list[tuple[str, list[tuple[str, Ask | None]]]]:
        """Heading and questions of each group of the page, with a place kept for each question that does not show now and may appear."""
        shown = {ask.question.slug: ask for ask in self.asks}
        slots: dict[str, list[tuple[str, Ask | None]]] = {group: [] for group in self.section.groups}
        for question in questions_in(self.questionnaire, self.section):
            slots[question.group].append((question.slug, shown.get(question.slug)))
        return [(str(GROUP_TITLES.get(group, group)), places) for group, places in slots.items() if places]

    @property
    def has_answers(self) -> bool:
        return any(ask.typed for ask in self.asks)

    @property
    def in_need(self) -> list[Ask]:
        """Questions with a fault, or with another answer from elsewhere."""
        return [ask for ask in self.asks if ask.error or ask.newer]

    def complain_of_missing(self) -> bool:
        """Write beside each open question that it needs an answer; whether there was one."""
        missing = [
            ask for ask in self.asks
            if ask.question.required and not ask.error and not ask.is_left_over and not is_answered(ask.question, ask.value)
        ]
        for ask in missing:
            ask.error = _("Please answer this question.")
        return bool(missing)
