"""The short questions before a session: what is taken as unchanged, what has to be asked, what was answered. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.intake.field_values import MARKED, Typed, read_typed, typed_from, typed_in
from clients.intake.forms.section import Ask
from clients.intake.sections import GROUP_TITLES, is_answered, nothing_value
from clients.intake.submit import ASKED_ANEW
from clients.screening.answer_text import answer_label
from clients.screening.answers import NOT_SURE, Answer, validate_answer
from clients.screening.body_places import BodyPlaces
from clients.screening.engine import applicable_questions
from clients.screening.entries import Moment, Question
from clients.screening.questionnaire import Questionnaire

BEFORE: Moment = "before_each_session"


@dataclass(frozen=True)
class DayLine:
    """One question with the answer that "nothing has changed" gives; None where it has to be asked."""

    question: Question
    value: Any
    said: str


@dataclass
class DayForm:
    """The questions of one day. Lines are taken as they stand, asks are open; `values` is what both say."""

    lines: list[DayLine]
    asks: list[Ask] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    #: Stands for the lines as they are shown: what is sent is what was read.
    mark: str = ""

    @property
    def is_complete(self) -> bool:
        return not any(ask.error for ask in self.asks) and not self.open

    @property
    def open(self) -> list[Ask]:
        return [ask for ask in self.asks if ask.question.required and not is_answered(ask.question, ask.value)]

    @property
    def in_need(self) -> list[Ask]:
        return [ask for ask in self.asks if ask.error]

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
        asked = {ask.question.slug for ask in self.asks}
        return [line for line in self.lines if line.question.slug not in asked and line.value is not None]


@dataclass(frozen=True)
class DayAsking:
    """Everything that the form of a day is made from."""

    questionnaire: Questionnaire
    standing: Mapping[str, Answer]
    today: date
    body: BodyPlaces

    @property
    def regions(self) -> frozenset[str]:
        return self.body.slugs.regions

    def form(self) -> DayForm:
        """As it is first shown. What speaks of now is "none"; everything else is as it was last said."""
        lines = [DayLine(question, self._unchanged(question), "") for question in self._day_questions({})]
        values = {line.question.slug: line.value for line in lines if line.value is not None}
        applying = {question.slug for question in self._day_questions(values)}
        lines = [
            DayLine(line.question, line.value, answer_label(line.question, line.value, place_names=self.body.names))
            for line in lines
            if line.question.slug in applying
        ]
        said = [(line.question.slug, line.value) for line in lines]
        mark = hashlib.sha256(repr((said, self.today)).encode()).hexdigest()[:16]
        kept = {line.question.slug: line.value for line in lines if line.value is not None}
        return DayForm(lines, values=kept, mark=mark)

    def _day_questions(self, values: Mapping[str, Any]) -> tuple[Question, ...]:
        answers = {**self.standing, **{slug: Answer(value) for slug, value in values.items()}}
        of_the_day = applicable_questions(self.questionnaire, answers, BEFORE, today=self.today)
        # What a new answer opens, such as the weeks of a pregnancy, is asked at once: left open it blocks the session.
        opened = [
            question
            for question in applicable_questions(self.questionnaire, answers, "intake", today=self.today)
            if question.required and question.slug not in self.standing and question not in of_the_day
        ]
        return (*of_the_day, *opened)

    def _unchanged(self, question: Question) -> Any:
        nothing = nothing_value(self.questionnaire, question, self.today)
        if nothing is not None and question.group in ASKED_ANEW:
            return nothing
        last = self.standing.get(question.slug)
        if last is None or last.value in (None, NOT_SURE):
            return nothing
        _value, complaint = validate_answer(question, last.value, regions=self.regions)
        return None if complaint else last.value

    def asked(self, slugs: Collection[str], posted: QueryDict | None = None) -> DayForm:
        """With these questions opened, as posted or empty; and with those that follow from the answers."""
        form = self.form()
        known = self.questionnaire.question_by_slug
        opened = {slug for slug in slugs if slug in known} | {line.question.slug for line in form.must_ask}
        values = {slug: value for slug, value in form.values.items() if slug not in opened}
        read: dict[str, Ask] = {}
        for slug, question in known.items():
            if slug in opened:  # in the questionnaire's order
                read[slug] = self._read(question, form.values.get(slug), posted)
                if read[slug].value is not None:
                    values[slug] = read[slug].value
        applying = self._day_questions(values)
        form.asks = []
        for question in applying:
            if question.slug in read:
                form.asks.append(read[question.slug])
            elif question.slug not in values:
                form.asks.append(Ask(question, Typed(), body=self.body))
        names = {question.slug for question in applying}
        form.lines = [line for line in form.lines if line.question.slug in names]
        form.values = {slug: value for slug, value in values.items() if slug in names}
        return form

    def _read(self, question: Question, last: Any, posted: QueryDict | None) -> Ask:
        if posted is None:
            marked = question.answer_type == "body_location"
            typed = Typed(frozenset({MARKED}), places=typed_from(question, last).places) if marked else Typed()
            return Ask(question, typed, body=self.body)
        typed = typed_in(question, posted)
        value, error = read_typed(question, typed, today=self.today, regions=self.regions)
        return Ask(question, typed, value, error, body=self.body)


def complain_of_missing(form: DayForm, shown: Collection[str]) -> None:
    """Write beside each question that was shown and left open that it needs an answer."""
    for ask in form.open:
        if ask.question.slug in shown and not ask.error:
            ask.error = _("Please answer this question.")
