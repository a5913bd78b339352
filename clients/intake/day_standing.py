"""What a question of the day means while nobody answers it: carried on as it was last said, or to be asked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from clients.intake.sections import acts_on, nothing_value
from clients.intake.submit import ASKED_ANEW
from clients.screening.answers import NOT_SURE, Answer, AnswerValue, validate_answer
from clients.screening.entries import Question
from clients.screening.questionnaire import Questionnaire


@dataclass(frozen=True)
class Standing:
    """The answer that "as before" gives, or None where there is none to give."""

    value: AnswerValue | None
    #: Whether it has to be answered in so many words, whatever is said of its tile.
    must_ask: bool = False
    #: Whether a rule acts on the answer in force, or it cannot be told; "as before" never lifts such an answer.
    is_harmful: bool = False


def standing_of(
    questionnaire: Questionnaire, question: Question, last: Answer | None, today: date, regions: Collection[str]
) -> Standing:
    """How a question stands with the answer in force.

    An answer that a rule acts on is carried on, except one about now, such as a red flag: that is asked anew. So is
    what was never answered although the intake asks it, and what was answered "not sure".
    """
    if last is None or last.value is None:
        nothing = nothing_value(questionnaire, question, today)
        is_new = nothing is None or not question.only_before_sessions
        return Standing(nothing, must_ask=question.required and is_new)
    _value, complaint = validate_answer(question, last.value, regions=regions)
    if complaint or last.value == NOT_SURE:
        return Standing(None, must_ask=True, is_harmful=True)
    if not acts_on(questionnaire, question, last.value, today):
        return Standing(last.value)
    if question.group in ASKED_ANEW:
        return Standing(None, must_ask=True, is_harmful=True)
    return Standing(last.value, is_harmful=True)


def due_again(
    questionnaire: Questionnaire, in_force: Mapping[str, Answer], worked_on: Collection[str], today: date
) -> frozenset[str]:
    """The questions that `ask_again` brings back today; `worked_on` are the regions that the routine touches."""
    return frozenset(
        question.slug
        for question in questionnaire.questions
        if (again := question.ask_again)
        and not set(again.on_regions).isdisjoint(worked_on)
        and _age(in_force.get(question.slug), today, unknown=again.every_days) >= again.every_days
    )


def _age(answer: Answer | None, today: date, *, unknown: int) -> int:
    """In days; an answer without a day counts as given today."""
    if answer is None or answer.value is None:
        return unknown
    return (today - (answer.given_on or today)).days


def is_whole_list_due(questionnaire: Questionnaire, last: date | None, today: date) -> bool:
    """Whether every question is written out today; `last` is the day on which they were gone through before."""
    return last is None or (today - last).days >= questionnaire.before_each_session.whole_list_every_days
