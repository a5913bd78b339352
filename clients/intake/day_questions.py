"""The questions before a session, by tiles: what is carried on, what has to be asked, what was answered. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.intake.day_form import DayForm, TileForm
from clients.intake.day_standing import Standing, standing_of
from clients.intake.day_tiles import complete_tiles, follows
from clients.intake.field_values import FieldValues, read_field_values, values_posted, values_stored
from clients.intake.forms.section import QuestionField
from clients.intake.sections import is_answered, nothing_value
from clients.screening.answer_text import answer_label
from clients.screening.answers import Answer, AnswerValue
from clients.screening.engine import applicable_questions
from clients.screening.entries import DayTile, Moment, Question
from clients.screening.questionnaire import Questionnaire
from routines.catalog.markable import BodyPlaces

BEFORE: Moment = "before_each_session"


@dataclass(frozen=True)
class _Said:
    """What was sent: the fields of the questions that were on the screen, and what was said of whole tiles."""

    typed: Mapping[str, FieldValues] = field(default_factory=dict)
    opened: frozenset[str] = frozenset()
    rest: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DayQuestions:
    """Everything that the check of a day is made from."""

    questionnaire: Questionnaire
    in_force: Mapping[str, Answer]
    today: date
    body: BodyPlaces
    #: Whether every question is written out today and gone through.
    is_whole_list: bool = False
    #: Questions to ask whatever was said of them: due again, or their answer of another day has lapsed.
    due: frozenset[str] = frozenset()

    def form(self) -> DayForm:
        """The check as first shown."""
        return self._form(_Said())

    def read(self, posted: QueryDict) -> DayForm:
        """The check as it was sent. Answers to questions that were not on the screen are not looked at."""
        known = self.questionnaire.question_by_slug
        shown = self.shown_in(posted) & known.keys()
        typed = {slug: values_posted(known[slug], posted) for slug in shown}
        return self._form(_Said(typed, frozenset(posted.getlist("open")), frozenset(posted.getlist("rest"))))

    @staticmethod
    def shown_in(posted: QueryDict) -> frozenset[str]:
        """The questions that were on the screen from which this was sent."""
        return frozenset(name.partition(":")[0] for name in posted.getlist("shown"))

    def good_day(self) -> DayForm:
        """The check of somebody with whom nothing is wrong: “none” to what has to be asked, the rest as before."""
        nothing = {question.slug: nothing_value(self.questionnaire, question, self.today) for question in self._placed}
        typed = {
            slug: values_stored(self.questionnaire.question_by_slug[slug], value)
            for slug, value in nothing.items()
            if value is not None and self._standing(slug).must_ask
        }
        return self._form(_Said(typed, rest=frozenset(tile.slug for tile in self._tiles)))

    @cached_property
    def _tiles(self) -> tuple[DayTile, ...]:
        return complete_tiles(self.questionnaire)

    @cached_property
    def _placed(self) -> tuple[Question, ...]:
        known = self.questionnaire.question_by_slug
        return tuple(known[slug] for tile in self._tiles for slug in tile.questions)

    @cached_property
    def _fresh(self) -> frozenset[str]:
        return frozenset(slug for tile in self._tiles if tile.is_fresh for slug in tile.questions)

    @cached_property
    def _standings(self) -> dict[str, Standing]:
        found = {}
        for question in self._placed:
            slug = question.slug
            standing = standing_of(
                self.questionnaire, question, self.in_force.get(slug), self.today, self.body.slugs.regions
            )
            if slug in self._fresh or slug in self.due:
                standing = Standing(None, must_ask=True, is_harmful=standing.is_harmful)
            found[slug] = standing
        return found

    def _standing(self, slug: str) -> Standing:
        return self._standings[slug]

    @cached_property
    def _waiting(self) -> frozenset[str]:
        """Questions whose answer in force counts no more until they are answered today."""
        return frozenset(
            question.slug
            for question in self._placed
            if self._standing(question.slug).must_ask and (question.before_sessions or question.slug in self.due)
        )

    def _rests(self, question: Question) -> bool:
        """Whether it is left alone today because of what was last answered, such as “does not apply”."""
        resting = self.questionnaire.before_each_session.rest_on.get(question.slug, ())
        standing = self._standing(question.slug)
        return not (self.is_whole_list or standing.must_ask or standing.is_harmful) and standing.value in resting

    def _applying(self, values: Mapping[str, AnswerValue]) -> dict[str, Question]:
        """The questions of this day, given the answers so far."""
        kept = {slug: answer for slug, answer in self.in_force.items() if slug not in self._waiting}
        answers = {**kept, **{slug: Answer(value, self.today) for slug, value in values.items()}}
        of_the_day = applicable_questions(self.questionnaire, answers, BEFORE, today=self.today)
        # What a new answer opens, such as the weeks of a pregnancy, is asked at once: open, it blocks the session.
        others = [
            question
            for question in applicable_questions(self.questionnaire, answers, "intake", today=self.today)
            if question.slug in self.due or (question.required and question.slug not in self.in_force)
        ]
        return {question.slug: question for question in (*of_the_day, *others)}

    def _form(self, said: _Said) -> DayForm:
        read = {slug: self._read(slug, typed) for slug, typed in said.typed.items()}
        answered = self._answered(read, said)
        values, applying = self._settle(answered)
        tiles = [self._tile(tile, applying, read, answered, said) for tile in self._tiles]
        # An opened tile is gone through: what stands in it is answered, or said to be as before.
        missing = {
            question.question.slug
            for tile in tiles
            for question in tile.fields
            if self._lacks(question, tile, answered)
        }
        return DayForm(
            [tile for tile in tiles if tile.is_shown],
            values={slug: value for slug, value in values.items() if slug not in missing},
            missing=frozenset(missing),
            may_rest=frozenset(slug for slug in missing if not self._standing(slug).must_ask),
            answered=frozenset(answered) & applying.keys(),
            is_whole_list=self.is_whole_list,
            etag=self._etag,
        )

    def _settle(self, answered: Mapping[str, AnswerValue]) -> tuple[dict[str, AnswerValue], dict[str, Question]]:
        """What is said of each question that applies; an answer counts only while its question does."""
        carried = {
            slug: standing.value
            for slug, standing in self._standings.items()
            if standing.value is not None and not standing.must_ask
        }
        values = {**carried, **answered}
        while True:
            applying = self._applying(values)
            left = {slug: value for slug, value in values.items() if slug in applying}
            if left == values:
                return values, applying
            values = left

    def _answered(self, read: Mapping[str, QuestionField], said: _Said) -> dict[str, AnswerValue]:
        """What was answered. A drawing sent back as it was filled in says nothing while its tile is closed."""
        tile_of = {slug: tile.slug for tile in self._tiles for slug in tile.questions}
        return {
            slug: each.value
            for slug, each in read.items()
            if each.value is not None
            and is_answered(each.question, each.value)
            and (each.typed != self._first_typed(each.question) or tile_of[slug] in said.opened or self.is_whole_list)
        }

    def _read(self, slug: str, typed: FieldValues) -> QuestionField:
        question = self.questionnaire.question_by_slug[slug]
        value, error = read_field_values(question, typed, today=self.today, regions=self.body.slugs.regions)
        return QuestionField(question, typed, value, error, body=self.body)

    def _first_typed(self, question: Question) -> FieldValues:
        """Marked places are shown as they were, so that one more can be added; everything else begins empty."""
        standing = self._standing(question.slug)
        if question.answer_type == "body_location" and standing.value:
            return values_stored(question, standing.value)
        return FieldValues()

    def _tile(
        self,
        tile: DayTile,
        applying: Mapping[str, Question],
        read: Mapping[str, QuestionField],
        answered: Mapping[str, AnswerValue],
        said: _Said,
    ) -> TileForm:
        shown = TileForm(tile, says_rest=tile.slug in said.rest)
        asked: set[str] = set()
        for slug in tile.questions:
            if (
                tile.is_fresh
                or slug in self._asked_at_once
                or follows(self.questionnaire.question_by_slug[slug]) & asked
            ):
                asked.add(slug)
            slots, question = shown.asked if slug in asked else shown.offered, applying.get(slug)
            if question is None:
                if self._may_follow(slug):
                    slots.append((slug, None))
            elif not self._rests(question):
                typed = self._first_typed(question)
                slots.append((slug, read.get(slug) or QuestionField(question, typed, body=self.body)))
                standing = self._standing(slug)
                if standing.is_harmful and standing.value is not None and slug not in answered:
                    shown.still.append(self._in_words(question, standing.value))
        shown.is_open = self._is_open(shown, answered, said)
        return shown

    def _is_open(self, shown: TileForm, answered: Mapping[str, AnswerValue], said: _Said) -> bool:
        if self.is_whole_list or shown.tile.slug in said.opened:
            return shown.can_open
        return any(
            each is not None and (slug in answered or each.error or self._standing(slug).must_ask)
            for slug, each in shown.offered
        )

    @cached_property
    def _asked_at_once(self) -> frozenset[str]:
        """Those that have to be asked before anything is said; what follows from an answer stands beside it."""
        _values, applying = self._settle({})
        return frozenset(slug for slug in applying if self._standing(slug).must_ask)

    def _may_follow(self, slug: str) -> bool:
        question = self.questionnaire.question_by_slug[slug]
        return question.ask_if is not None and (question.before_sessions or slug not in self.in_force)

    def _lacks(self, shown: QuestionField, tile: TileForm, answered: Mapping[str, AnswerValue]) -> bool:
        slug, standing = shown.question.slug, self._standing(shown.question.slug)
        if slug in answered or not (shown.question.required or standing.is_harmful):
            return False
        return standing.must_ask or (tile.is_open and not tile.says_rest)

    def _in_words(self, question: Question, value: AnswerValue) -> str:
        """“open skin: Heel (left)”, by the question's short name where it has one."""
        name = self.questionnaire.before_each_session.in_short.get(question.slug, question.question)
        if value == "yes":
            return name
        said = answer_label(question, value, place_names=self.body.names)
        return _("%(question)s: %(answer)s") % {"question": name, "answer": said}

    @cached_property
    def _etag(self) -> str:
        _values, applying = self._settle({})
        stands = [(slug, self._standing(slug), self._rests(question)) for slug, question in applying.items()]
        whole = (self.questionnaire.version, self._tiles, stands, self.is_whole_list, self.today)
        return hashlib.sha256(repr(whole).encode()).hexdigest()[:16]
