"""Where each question of the day stands: in its tile, a follow-up behind what it follows from. Pure."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from clients.screening.conditions import comparisons_in
from clients.screening.entries import DayTile, Question
from clients.screening.questionnaire import Questionnaire

MORE = "more"
"""The tile of what stands in no other: a new question of the intake that was not answered yet."""


def follows(question: Question) -> frozenset[str]:
    """The questions whose answers say whether this one applies."""
    return frozenset(test.question for test in comparisons_in(question.ask_if)) if question.ask_if else frozenset()


def complete_tiles(questionnaire: Questionnaire) -> tuple[DayTile, ...]:
    """The tiles of the questionnaire with the follow-ups of their questions, and one more for all others."""
    sheet = questionnaire.before_each_session.tiles
    placed = {slug: tile.slug for tile in sheet for slug in tile.questions}
    for question in questionnaire.questions:  # what a question follows from stands above it
        above = [placed[slug] for slug in placed if slug in follows(question)]
        placed.setdefault(question.slug, above[0] if above else MORE)
    more = DayTile(MORE, _("New questions"), MORE, ())
    return tuple(replace(tile, questions=_in_order(questionnaire, tile, placed)) for tile in (*sheet, more))


def _in_order(questionnaire: Questionnaire, tile: DayTile, placed: dict[str, str]) -> tuple[str, ...]:
    here = [question for question in questionnaire.questions if placed[question.slug] == tile.slug]
    own = [questionnaire.question_by_slug[slug] for slug in tile.questions]
    candidates = (*own, *(question for question in here if question not in own))
    order: dict[str, None] = {}

    def add(question: Question) -> None:
        order[question.slug] = None
        for behind in candidates:
            if question.slug in follows(behind) and behind.slug not in order:
                add(behind)

    inside = {question.slug for question in here}
    for first in sorted(candidates, key=lambda question: not follows(question).isdisjoint(inside)):
        if first.slug not in order:
            add(first)
    return tuple(order)
