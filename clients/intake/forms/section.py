"""One section of the questionnaire as a form: what was typed, what it means, and what is wrong with it.

Own code instead of django.forms: which questions there are depends on the answers, an answer is read by the screening
engine's own reader so that form and rules cannot disagree, and whatever was typed has to come back as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clients.intake.field_values import MARKED, Typed, read_typed, typed_from
from clients.intake.sections import GROUP_TITLES, Section, applicable, is_answered, nothing_value, questions_in
from clients.screening.answers import NOT_SURE
from clients.screening.body_places import BodyPlaces, Place
from clients.screening.entries import Option, Question
from clients.screening.questionnaire import Questionnaire

#: Questions whose wording asks for a few words beside the answer.
ASKS_FOR_WORDS = frozenset({"other-condition"})


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
    #: Asked for the first time of somebody who has answered before.
    is_new: bool = False
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
            groups.setdefault(str(place.group), []).append(place)
        return list(groups.items())

    def body_map(self) -> str:
        """The drawings to tap; drawn only where somebody has something to mark."""
        marked = [(side, region) for side, _colon, region in (pair.partition(":") for pair in self.typed.places)]
        return self.body.draw(self.question.slug, marked) if self.body else ""


class SectionForm:
    """The questions of one page that apply now. Build it from what is stored or from what was posted."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        section: Section,
        *,
        elsewhere: Mapping[str, Any],
        typed: Mapping[str, Typed],
        today: date,
        body: BodyPlaces,
        prefilled: Collection[str] = (),
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
            question.slug: read_typed(
                question, typed.get(question.slug, Typed()), today=self.today, regions=self.regions
            )
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
                asks.append(
                    Ask(
                        question,
                        entered,
                        value,
                        error,
                        is_left_over=slug not in apply,
                        is_prefilled=slug in self.prefilled,
                        body=self.body,
                    )
                )
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
            not ask.typed and nothing_value(self.questionnaire, ask.question, self.today) is not None
            for ask in self.asks
        )

    @property
    def slots(self) -> list[tuple[str, list[tuple[str, Ask | None]]]]:
        """Heading and questions of each group; a question that may still appear keeps its place, without an `Ask`."""
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
            ask
            for ask in self.asks
            if ask.question.required
            and not ask.error
            and not ask.is_left_over
            and not is_answered(ask.question, ask.value)
        ]
        for ask in missing:
            ask.error = _("Please answer this question.")
        return bool(missing)
