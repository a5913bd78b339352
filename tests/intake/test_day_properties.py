"""The check of a day by its promises, on the questionnaire as shipped: whatever was said before, whatever is sent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from hypothesis import given as property_given
from hypothesis import strategies as st

from clients.intake.day_form import DayForm
from clients.intake.day_questions import BEFORE, DayQuestions
from clients.intake.field_values import values_stored
from clients.intake.sections import acts_on, nothing_value
from clients.screening.answers import NOT_SURE, Answer, validate_answer
from clients.screening.engine import applicable_questions
from clients.screening.entries import Question
from routines.catalog.markable import BodyPlaces
from tests.screening.examples import TODAY, answer_sets, answers_to, catalog, questionnaire, screening_document

RULES = questionnaire()
BODY = BodyPlaces(catalog())
DAILY = {question.slug: question for question in RULES.questions_at(BEFORE)}
DOCUMENTS = {entry["slug"]: entry for entry in screening_document()["questions"]}
TILES = [tile.slug for tile in RULES.before_each_session.tiles]


@st.composite
def days(draw: st.DrawFn) -> DayQuestions:
    """Somebody who has signed, then answered before sessions, today among them."""
    said = dict(draw(answer_sets()))
    for slug in draw(st.lists(st.sampled_from(sorted(DAILY)), max_size=5, unique=True)):
        said[slug] = draw(answers_to(DOCUMENTS[slug]))
    in_force = {
        slug: Answer(value, TODAY - timedelta(days=draw(st.integers(0, 9))))
        for slug, value in said.items()
        if value is not None
    }
    return DayQuestions(RULES, in_force, TODAY, BODY, is_whole_list=draw(st.booleans()))


@st.composite
def replies(draw: st.DrawFn) -> tuple[DayQuestions, DayForm, frozenset[str]]:
    """A day, what was sent on it, and which questions were on the screen."""
    day = draw(days())
    form = day.form()
    posted = QueryDict(mutable=True)
    touched = draw(st.sets(st.sampled_from(sorted(DAILY)), max_size=6)) | {"heel-arch-pain"}
    hidden = draw(st.sets(st.sampled_from(sorted(touched)), max_size=2))
    shown = [field for field in form.fields if field.question.slug not in hidden]
    posted.setlist("shown", [field.shown_as for field in shown])
    posted.setlist("open", draw(st.lists(st.sampled_from([*TILES, "moon"]), max_size=3)))
    posted.setlist("rest", draw(st.lists(st.sampled_from([*TILES, "moon"]), max_size=6)))
    for field in form.fields:
        slug = field.question.slug
        typed = field.typed
        if slug in touched:
            value = draw(answers_to(DOCUMENTS[slug]))
            typed = values_stored(field.question, value)
        posted.setlist(field.name, sorted(typed.chosen))
        posted.setlist(f"{field.name}-place", sorted(typed.places))
        posted[f"{field.name}-text"] = typed.text
    return day, day.read(posted), frozenset(field.question.slug for field in shown)


def counted(day: DayQuestions, values: Mapping[str, Any]) -> tuple[Question, ...]:
    answers = {**day.in_force, **{slug: Answer(value, TODAY) for slug, value in values.items()}}
    return applicable_questions(RULES, answers, BEFORE, today=TODAY)


def was_harmful(question: Question, last: Answer | None) -> bool:
    if last is None or last.value is None:
        return False
    _value, complaint = validate_answer(question, last.value, regions=BODY.slugs.regions)
    return bool(complaint) or last.value == NOT_SURE or acts_on(RULES, question, last.value, TODAY)


@property_given(replies())
def test_a_complete_check_answers_every_question_that_applies(
    reply: tuple[DayQuestions, DayForm, frozenset[str]],
) -> None:
    day, form, _shown = reply
    if form.is_complete:
        missing = {q.slug for q in counted(day, form.values) if q.required and form.values.get(q.slug) is None}
        assert missing == set()
    else:
        assert form.missing or form.in_need


@property_given(replies())
def test_nothing_is_lifted_that_was_not_answered_on_the_screen(
    reply: tuple[DayQuestions, DayForm, frozenset[str]],
) -> None:
    day, form, shown = reply
    said = form.reply
    assert said.shown <= shown
    for slug, value in said.values.items():
        if slug in said.shown:
            continue
        question, last = RULES.question_by_slug[slug], day.in_force.get(slug)
        if last is None or last.value is None:
            assert value == nothing_value(RULES, question, TODAY)
        else:
            assert value == last.value
            assert last.value != NOT_SURE
            assert not (question.group in ("red_flags", "today") and was_harmful(question, last)), "about now"
    for slug, last in day.in_force.items():  # nor by being left out of a check that goes through
        if form.is_complete and slug in DAILY and was_harmful(DAILY[slug], last) and slug not in said.shown:
            applies = slug in {question.slug for question in counted(day, said.values)}
            assert not applies or said.values.get(slug) == last.value


@property_given(days())
def test_every_question_that_applies_stands_in_its_tile_or_rests(day: DayQuestions) -> None:
    form = day.form()
    there = {field.question.slug: tile.tile.slug for tile in form.tiles for field in tile.fields}
    resting = RULES.before_each_session.rest_on
    for question in counted(day, form.values):
        if question.ask_if is not None:
            continue  # it comes with the answer that brings it up
        last = day.in_force.get(question.slug)
        if question.slug not in there:
            assert not day.is_whole_list
            assert last is not None
            assert last.value in resting[question.slug]
            assert not was_harmful(question, last)
        else:
            assert there[question.slug] in TILES


@property_given(st.sampled_from(sorted(DAILY)), days(), st.data())
def test_every_question_of_the_day_can_be_answered_through_its_tile(slug: str, day: DayQuestions, data: Any) -> None:
    """So each rule that looks at it is within reach of a tap."""
    fields = {field.question.slug: field for field in day.form().fields}
    if slug not in fields:
        return
    question, value = fields[slug].question, data.draw(answers_to(DOCUMENTS[slug]))
    typed = values_stored(question, value)
    readable, complaint = validate_answer(question, value, regions=BODY.slugs.regions)
    if complaint or readable is None or question.answer_type in ("date_or_none", "integer"):
        return
    posted = QueryDict(mutable=True)
    posted.setlist("shown", [slug])
    posted.setlist("open", TILES)
    posted.setlist(f"a-{slug}", sorted(typed.chosen))
    posted.setlist(f"a-{slug}-place", sorted(typed.places))
    form = day.read(posted)
    assert slug in form.reply.shown
    assert values_stored(question, form.values[slug]) == typed
