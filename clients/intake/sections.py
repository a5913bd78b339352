"""How the questionnaire is divided into pages, and what “none of these” answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from clients.screening.answers import NONE, Answer, AnswerValue, read_answer
from clients.screening.conditions import comparisons_in, holds
from clients.screening.engine import applicable_questions
from clients.screening.entries import Question
from clients.screening.group_titles import GROUP_TITLES
from clients.screening.questionnaire import Questionnaire

#: Groups that share a page, so that a healthy adult needs few taps. Red flags come right after the person.
PAGES = (
    ("consent", "person"),
    ("red_flags",),
    ("today", "pregnancy", "circulation"),
    ("heart", "blood", "diabetes_nerves", "bones_joints"),
    ("skin", "surgery_injury", "cancer"),
    ("general_health", "foot_complaint"),
)
#: Groups of which each question has a screen of its own, so that none is answered that was not on screen.
ONE_BY_ONE = frozenset({"red_flags"})
#: Questions whose answer may be a button: a tap on it answers and goes on.
ANSWERED_BY_BUTTON = frozenset({"yes_no", "side", "choice"})

#: Answers that say "nothing of this": only these may be given by "none of these", whatever the type of question.
NOTHING_VALUES: Mapping[str, AnswerValue] = {
    "yes_no": "no",
    "side": NONE,
    "multi_choice": [NONE],
    "body_location": [],
    "date_or_none": NONE,
    "scale_0_10": 0,
}
#: The options of a choice that say "nothing of this". Pregnancy has none on purpose: it must be asked on its own.
NOTHING_OPTIONS = (NONE, "normal")


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form; `number` counts from 1 and is all that its address tells."""

    number: int
    groups: tuple[str, ...]
    #: The one question of this screen; empty for a page that shows all of its questions.
    only: str = ""

    @property
    def is_one_by_one(self) -> bool:
        return not ONE_BY_ONE.isdisjoint(self.groups)

    @property
    def key(self) -> str:
        """What `groups_saved` holds of a page that was saved."""
        return self.groups[0]

    @property
    def title(self) -> str:
        return ", ".join(str(GROUP_TITLES.get(group, group.replace("_", " ").capitalize())) for group in self.groups)


def sections_of(questionnaire: Questionnaire) -> tuple[Section, ...]:
    """The pages in order. A group that is on none of them gets its own at the end, so that no group is left out."""
    asked = {question.group for question in questionnaire.questions_at("intake")}
    placed = {group for page in PAGES for group in page}
    pages = [tuple(group for group in page if group in asked) for page in PAGES]
    pages += [(group,) for group in questionnaire.groups if group in asked and group not in placed]
    return tuple(Section(number, page) for number, page in enumerate(filter(None, pages), 1))


def questions_in(questionnaire: Questionnaire, section: Section) -> tuple[Question, ...]:
    """The questions that this page may ask, in the order of its groups."""
    return tuple(
        question
        for group in section.groups
        for question in questionnaire.questions_at("intake")
        if question.group == group and section.only in ("", question.slug)
    )


def screen_of(questionnaire: Questionnaire, section: Section, place: int) -> Section | None:
    """The screen of the section's question at `place`, counted from 1; None where there is none."""
    questions = questions_in(questionnaire, section)
    return replace(section, only=questions[place - 1].slug) if 1 <= place <= len(questions) else None


def place_of(questionnaire: Questionnaire, section: Section, slug: str) -> int:
    """Where the question stands in a section that asks one by one, counted from 1; 0 on any other page."""
    slugs = [question.slug for question in questions_in(questionnaire, replace(section, only=""))]
    return slugs.index(slug) + 1 if section.is_one_by_one else 0


def applicable(
    questionnaire: Questionnaire, values: Mapping[str, AnswerValue | None], today: date
) -> tuple[Question, ...]:
    """The questions that apply now, given the answers so far, on every page."""
    answers = {slug: Answer(value, today) for slug, value in values.items() if value is not None}
    return applicable_questions(questionnaire, answers, "intake", today=today)


def nothing_value(questionnaire: Questionnaire, question: Question, today: date) -> AnswerValue | None:
    """What “none of these” answers here; None where it must not answer.

    Never an answer that a rule acts on (a missing consent, a pain that nobody has looked at).
    """
    if question.answer_type == "choice":
        value: AnswerValue | None = next(
            (option for option in NOTHING_OPTIONS if option in question.option_values), None
        )
    else:
        value = NOTHING_VALUES.get(question.answer_type)
    if value is None or question.min_marks or not _is_offered(question, value):
        return None
    return None if acts_on(questionnaire, question, value, today) else value


def _is_offered(question: Question, value: AnswerValue) -> bool:
    named = value if isinstance(value, list) else [value]
    return not question.options or set(named) <= question.option_values


def acts_on(questionnaire: Questionnaire, question: Question, value: AnswerValue, today: date) -> bool:
    """Whether a test of any rule holds for this answer, whatever else the rule asks for."""
    counted = {question.slug: read_answer(question, value).value}
    return any(
        holds(test, counted, today)
        for _question, rule in questionnaire.rules
        for test in comparisons_in(rule.when)
        if test.question == question.slug
    )


def unanswered(questions: Iterable[Question], values: Mapping[str, AnswerValue | None]) -> tuple[Question, ...]:
    """Required questions without an answer; an empty list of places is an answer where none has to be marked."""
    return tuple(
        question for question in questions if question.required and not is_answered(question, values.get(question.slug))
    )


def is_answered(question: Question, value: AnswerValue | None) -> bool:
    if value is None or value == "":
        return False
    if question.answer_type == "body_location" and isinstance(value, list):
        return len(value) >= (question.min_marks or 0)
    return bool(value != [])
