"""The short questions before a session: what is taken as unchanged, what has to be asked, what was answered. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.intake.field_values import MARKED, FieldValues, read_field_values, values_posted, values_stored
from clients.intake.forms.section import QuestionField
from clients.intake.sections import is_answered, nothing_value
from clients.intake.submit import ASKED_ANEW
from clients.record.day_answers import DayReply
from clients.screening.answer_text import answer_label
from clients.screening.answers import NOT_SURE, Answer, validate_answer
from clients.screening.engine import applicable_questions
from clients.screening.entries import Moment, Question
from clients.screening.group_titles import GROUP_TITLES
from clients.screening.questionnaire import Questionnaire
from routines.catalog.markable import BodyPlaces

BEFORE: Moment = "before_each_session"


@dataclass(frozen=True)
class DayLine:
    """One question with the answer that "nothing has changed" gives; None where the question has to be asked."""

    question: Question
    value: Any
    said: str


@dataclass
class DayForm:
    """The questions of one day: `lines` are taken as they are, `fields` are open, and `values` is what both say."""

    lines: list[DayLine]
    fields: list[QuestionField] = dataclasses.field(default_factory=list)
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    #: A digest of the lines as they are shown, so that what is sent is what was read.
    etag: str = ""

    @property
    def is_complete(self) -> bool:
        return not any(field.error for field in self.fields) and not self.open

    @property
    def open(self) -> list[QuestionField]:
        return [
            field for field in self.fields if field.question.required and not is_answered(field.question, field.value)
        ]

    @property
    def reply(self) -> DayReply:
        """What the form says; of a complete one only."""
        shown = {field.question.slug for field in self.fields if field.value is not None}
        return DayReply(self.values, frozenset(shown))

    @property
    def in_need(self) -> list[QuestionField]:
        return [field for field in self.fields if field.error]

    @property
    def must_ask(self) -> list[DayLine]:
        return [line for line in self.lines if line.value is None and line.question.required]

    @property
    def groups(self) -> list[tuple[str, list[DayLine]]]:
        """The lines that one tap answers, under the headings of the questionnaire."""
        groups: dict[str, list[DayLine]] = {}
        for line in self.lines:
            if line.value is not None:
                groups.setdefault(line.question.group, []).append(line)
        return [(str(GROUP_TITLES.get(group, group)), lines) for group, lines in groups.items()]

    @property
    def taken(self) -> list[DayLine]:
        asked = {field.question.slug for field in self.fields}
        return [line for line in self.lines if line.question.slug not in asked and line.value is not None]


@dataclass(frozen=True)
class DayQuestions:
    """Everything that the form of a day is made from."""

    questionnaire: Questionnaire
    in_force: Mapping[str, Answer]
    today: date
    body: BodyPlaces

    @property
    def regions(self) -> frozenset[str]:
        return self.body.slugs.regions

    def form(self) -> DayForm:
        """The form as first shown. Questions about now are answered "none"; all others as they last were."""
        lines = [DayLine(question, self._unchanged(question), "") for question in self._day_questions({})]
        values = {line.question.slug: line.value for line in lines if line.value is not None}
        applying = {question.slug for question in self._day_questions(values)}
        lines = [
            DayLine(line.question, line.value, answer_label(line.question, line.value, place_names=self.body.names))
            for line in lines
            if line.question.slug in applying
        ]
        said = [(line.question.slug, line.value) for line in lines]
        etag = hashlib.sha256(repr((said, self.today)).encode()).hexdigest()[:16]
        kept = {line.question.slug: line.value for line in lines if line.value is not None}
        return DayForm(lines, values=kept, etag=etag)

    def _day_questions(self, values: Mapping[str, Any]) -> tuple[Question, ...]:
        answers = {**self.in_force, **{slug: Answer(value) for slug, value in values.items()}}
        of_the_day = applicable_questions(self.questionnaire, answers, BEFORE, today=self.today)
        # What a new answer opens, such as the weeks of a pregnancy, is asked at once: open, it blocks the session.
        opened = [
            question
            for question in applicable_questions(self.questionnaire, answers, "intake", today=self.today)
            if question.required and question.slug not in self.in_force and question not in of_the_day
        ]
        return (*of_the_day, *opened)

    def _unchanged(self, question: Question) -> Any:
        nothing = nothing_value(self.questionnaire, question, self.today)
        if nothing is not None and question.group in ASKED_ANEW:
            return nothing
        last = self.in_force.get(question.slug)
        if last is None or last.value in (None, NOT_SURE):
            return nothing
        _value, complaint = validate_answer(question, last.value, regions=self.regions)
        return None if complaint else last.value

    def with_opened(self, slugs: Collection[str], posted: QueryDict | None = None) -> DayForm:
        """The form with these questions opened, as posted or empty, and with those that follow from the answers."""
        form = self.form()
        known = self.questionnaire.question_by_slug
        opened = {slug for slug in slugs if slug in known} | {line.question.slug for line in form.must_ask}
        values = {slug: value for slug, value in form.values.items() if slug not in opened}
        read: dict[str, QuestionField] = {}
        for slug, question in known.items():
            if slug in opened:  # in the questionnaire's order
                read[slug] = self._read(question, form.values.get(slug), posted)
                if read[slug].value is not None:
                    values[slug] = read[slug].value
        applying = self._day_questions(values)
        form.fields = []
        for question in applying:
            if question.slug in read:
                form.fields.append(read[question.slug])
            elif question.slug not in values:
                form.fields.append(QuestionField(question, FieldValues(), body=self.body))
        names = {question.slug for question in applying}
        form.lines = [line for line in form.lines if line.question.slug in names]
        form.values = {slug: value for slug, value in values.items() if slug in names}
        return form

    def _read(self, question: Question, last: Any, posted: QueryDict | None) -> QuestionField:
        if posted is None:
            marked = question.answer_type == "body_location"
            typed = (
                FieldValues(frozenset({MARKED}), places=values_stored(question, last).places)
                if marked
                else FieldValues()
            )
            return QuestionField(question, typed, body=self.body)
        typed = values_posted(question, posted)
        value, error = read_field_values(question, typed, today=self.today, regions=self.regions)
        return QuestionField(question, typed, value, error, body=self.body)


def complain_of_missing(form: DayForm, shown: Collection[str]) -> None:
    """Put “needs an answer” beside each question that was shown and left open."""
    for field in form.open:
        if field.question.slug in shown and not field.error:
            field.error = _("Please answer this question.")
