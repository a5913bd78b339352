"""An intake in words: every answer by section, for its last page and for reading what was signed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from clients.intake.sections import Section, applicable, place_of, questions_in, sections_of
from clients.intake.submit import unanswered_in, values_of
from clients.questionnaire.versions import questionnaire_of
from clients.record.models import Intake
from clients.screening.answer_text import answer_label
from clients.screening.answers import AnswerValue
from clients.screening.entries import Question
from clients.screening.group_titles import GROUP_TITLES


@dataclass(frozen=True, slots=True)
class Line:
    question: Question
    answer: str
    note: str
    is_missing: bool
    #: Where it is asked on a screen of its own; 0 where it shares a page.
    place: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """The answers of one group, and the section in which they can be changed."""

    title: str
    section: Section
    lines: tuple[Line, ...]


def read_intake(intake: Intake, *, today: date, place_names: Mapping[str, str]) -> list[Block]:
    """The questions that apply or were answered, in the order of the form. Open ones are shown as open."""
    questionnaire = questionnaire_of(intake.questionnaire)
    values = values_of(intake)
    apply = {question.slug for question in applicable(questionnaire, values, today)}
    missing = {question.slug for question in unanswered_in(intake, today)}
    blocks = []
    for section in sections_of(questionnaire):
        for group in section.groups:
            lines = tuple(
                _line(intake, question, values, missing, place_names, place_of(questionnaire, section, question.slug))
                for question in questions_in(questionnaire, section)
                if question.group == group and (question.slug in apply or question.slug in values)
            )
            if lines:
                blocks.append(Block(str(GROUP_TITLES.get(group, group)), section, lines))
    return blocks


def _line(
    intake: Intake,
    question: Question,
    values: Mapping[str, AnswerValue],
    missing: Collection[str],
    names: Mapping[str, str],
    place: int,
) -> Line:
    entry = intake.answers.get(question.slug)
    answer = answer_label(question, values.get(question.slug), place_names=names)
    note = entry.get("note", "") if entry and question.slug in values else ""
    return Line(question, answer, note, question.slug in missing, place)
