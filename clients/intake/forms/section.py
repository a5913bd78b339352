"""One section of the questionnaire as a form: what was typed, what it means, and what is wrong with it.

Own code instead of django.forms: which questions there are depends on the answers, an answer is read by the screening
engine's own reader so that form and rules cannot disagree, and whatever was typed has to come back as it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.intake.field_values import MARKED, FieldValues, read_field_values, values_stored
from clients.intake.sections import (
    ANSWERED_BY_BUTTON,
    Section,
    applicable,
    is_answered,
    nothing_value,
    questions_in,
)
from clients.screening.answers import NONE, NOT_SURE, AnswerValue
from clients.screening.entries import Option, Question
from clients.screening.group_titles import GROUP_TITLES
from clients.screening.questionnaire import Questionnaire
from routines.catalog.markable import BodyPlaces
from routines.catalog.place_rows import PlaceRow, place_rows

#: Questions whose wording asks for a few words beside the answer.
ASKS_FOR_WORDS = frozenset({"other-condition"})


#: Where the answer is a side, the button says what its tap answers.
SIDE_BUTTONS = {
    "left": gettext_lazy("Yes, left"),
    "right": gettext_lazy("Yes, right"),
    "both": gettext_lazy("Yes, both"),
}
BUTTON_KINDS = ("no", "yes", "unsure")


@dataclass(frozen=True)
class AnswerButton:
    value: str
    label: str
    kind: str
    is_chosen: bool


@dataclass
class QuestionField:
    """One question as it is shown: what was typed, what that means, and the words beside it."""

    question: Question
    typed: FieldValues
    value: AnswerValue | None = None
    error: str = ""
    #: The answer that another device or tab saved meanwhile, in words.
    newer: str = ""
    #: Answered, but by the answers before it the question does not apply any more.
    is_left_over: bool = False
    is_prefilled: bool = False
    #: New to somebody who has answered before.
    is_new: bool = False
    body: BodyPlaces | None = dataclasses.field(default=None, repr=False)

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
    def buttons(self) -> list[AnswerButton]:
        """The options as buttons, each of which answers and goes on; the harmless answer first, “not sure” last.

        None where the answer is typed, marked or picked from several.
        """
        if self.question.answer_type not in ANSWERED_BY_BUTTON:
            return []
        buttons = [self._button(option) for option in self.options]
        return sorted(buttons, key=lambda button: BUTTON_KINDS.index(button.kind))

    def _button(self, option: Option) -> AnswerButton:
        label: str | Promise = option.label
        kind = "yes"
        if option.value == NOT_SURE:
            kind = "unsure"
        elif option.value in ("no", NONE):
            label, kind = _("No"), "no"
        elif self.question.answer_type == "side":
            label = SIDE_BUTTONS.get(option.value, option.label)
        return AnswerButton(option.value, str(label), kind, option.value in self.typed.chosen)

    @property
    def alone(self) -> tuple[str, ...]:
        """Values of the tiles that untick all others when one of them is ticked."""
        return ("none", NOT_SURE) if self.question.answer_type == "multi_choice" else ()

    @property
    def shown_as(self) -> str:
        """Identifies this part of the page as it looks, so that a save can tell whether it has to be drawn again."""
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
    def place_groups(self) -> list[tuple[str, list[PlaceRow]]]:
        return place_rows(self.body, marked=self.typed.places) if self.body else []

    def body_map(self) -> str:
        """The drawings to tap; made only where there is something to mark."""
        marked = [(side, region) for side, _colon, region in (pair.partition(":") for pair in self.typed.places)]
        return self.body.draw(self.question.slug, marked) if self.body else ""


class SectionForm:
    """The questions of one page that apply now. Build it from what is stored or from what was posted."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        section: Section,
        *,
        elsewhere: Mapping[str, AnswerValue],
        typed: Mapping[str, FieldValues],
        today: date,
        body: BodyPlaces,
        prefilled: Collection[str] = (),
    ) -> None:
        self.questionnaire, self.section, self.today, self.body = questionnaire, section, today, body
        self.elsewhere, self.prefilled = elsewhere, prefilled
        self.tab = self.warning = ""
        self.unknown_fields: list[str] = []
        self.regions = body.slugs.regions
        self.fields = self._question_fields(typed)

    def _question_fields(self, typed: Mapping[str, FieldValues]) -> list[QuestionField]:
        questions = questions_in(self.questionnaire, self.section)
        read = {
            question.slug: read_field_values(
                question, typed.get(question.slug, FieldValues()), today=self.today, regions=self.regions
            )
            for question in questions
        }
        values = {**self.elsewhere, **{slug: value for slug, (value, _error) in read.items()}}
        apply = {question.slug for question in applicable(self.questionnaire, values, self.today)}
        fields = []
        for question in questions:
            slug = question.slug
            entered = typed.get(slug, FieldValues())
            if slug in apply or entered:
                value, error = read[slug]
                fields.append(
                    QuestionField(
                        question,
                        entered,
                        value,
                        error,
                        is_left_over=slug not in apply,
                        is_prefilled=slug in self.prefilled,
                        body=self.body,
                    )
                )
        return fields

    def filled_with_nothing(self) -> SectionForm:
        """The same page with “none of these” ticked wherever nothing was typed; what was typed stays."""
        typed = {field.question.slug: field.typed for field in self.fields}
        for field in self.fields:
            nothing = nothing_value(self.questionnaire, field.question, self.today)
            if not field.typed and nothing is not None:
                typed[field.question.slug] = values_stored(field.question, nothing)
        filled = SectionForm(
            self.questionnaire, self.section, elsewhere=self.elsewhere, typed=typed, today=self.today, body=self.body
        )
        filled.tab, filled.unknown_fields = self.tab, self.unknown_fields
        return filled

    @property
    def offers_nothing(self) -> bool:
        """Whether “none of these” would answer any question that is still open."""
        return any(
            not field.typed and nothing_value(self.questionnaire, field.question, self.today) is not None
            for field in self.fields
        )

    @property
    def slots(self) -> list[tuple[str, list[tuple[str, QuestionField | None]]]]:
        """Heading and questions of each group; a question that may still appear keeps its place, with None."""
        shown = {field.question.slug: field for field in self.fields}
        slots: dict[str, list[tuple[str, QuestionField | None]]] = {group: [] for group in self.section.groups}
        for question in questions_in(self.questionnaire, self.section):
            slots[question.group].append((question.slug, shown.get(question.slug)))
        return [(str(GROUP_TITLES.get(group, group)), places) for group, places in slots.items() if places]

    @property
    def has_answers(self) -> bool:
        return any(field.typed for field in self.fields)

    @property
    def in_need(self) -> list[QuestionField]:
        """Questions with a fault, or with another answer from elsewhere."""
        return [field for field in self.fields if field.error or field.newer]

    def complain_of_missing(self) -> bool:
        """Put “needs an answer” beside each open question. Returns whether there was one."""
        missing = [
            field
            for field in self.fields
            if field.question.required
            and not field.error
            and not field.is_left_over
            and not is_answered(field.question, field.value)
        ]
        for field in missing:
            field.error = _("Please answer this question.")
        return bool(missing)
