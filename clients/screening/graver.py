"""Two answers to one question, given at once from two devices: what counts of both. Pure."""

from __future__ import annotations

from clients.screening.answers import NONE, AnswerValue
from clients.screening.entries import Question


def graver_of(question: Question, first: AnswerValue, second: AnswerValue) -> AnswerValue:
    """Both where both can be true: every place and choice, both sides, the higher number of a scale; else the first.

    Call it for an answer that a finding rests on, so that keeping the first never loosens anything.
    """
    if isinstance(first, list) and isinstance(second, list):
        joined = [*first, *(item for item in second if item not in first)]
        return [item for item in joined if item != NONE] or joined
    if question.answer_type == "side" and {first, second} == {"left", "right"}:
        return "both"
    if question.answer_type == "side" and "both" in (first, second):
        return "both"
    if question.answer_type == "scale_0_10" and isinstance(first, int) and isinstance(second, int):
        return max(first, second)
    return first
