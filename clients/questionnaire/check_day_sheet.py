"""What is wrong with the short check before a session. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from clients.screening.questionnaire import Questionnaire

#: The drawings that a tile can have (templates/routines/sessions/_pictures.html).
PICTURES = frozenset({"chest", "leg", "skin", "ill", "pain"})


def day_sheet_faults(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Each fault as its field and what to do about it.

    Each question of the day stands in exactly one tile, so that none is left out of the short check.
    """
    sheet = questionnaire.before_each_session
    if sheet.whole_list_every_days < 1:
        yield "whole_list_every_days", _("At least one day is expected.")
    placed = [slug for tile in sheet.tiles for slug in tile.questions]
    of_the_day = {q.slug for q in questionnaire.questions if q.before_sessions or q.ask_again}
    for slug in sorted(of_the_day - set(placed)):
        yield "tiles", _("No tile asks “%(name)s”, which is asked before a session.") % {"name": slug}
    for slug in sorted(set(placed) - of_the_day):
        yield "tiles", _not_asked(slug)
    for slug in sorted({slug for slug in placed if placed.count(slug) > 1}):
        yield "tiles", _("“%(name)s” stands in two tiles.") % {"name": slug}
    for tile in sheet.tiles:
        if tile.picture not in PICTURES:
            names = {"name": tile.picture, "names": ", ".join(sorted(PICTURES))}
            yield "tiles", _("There is no picture “%(name)s”; there are: %(names)s.") % names
    yield from _named_answers(questionnaire, of_the_day)


def _named_answers(questionnaire: Questionnaire, of_the_day: Collection[str]) -> Iterator[tuple[str, str]]:
    sheet = questionnaire.before_each_session
    for field, names in (("rest_on", sheet.rest_on), ("in_short", sheet.in_short)):
        for slug in sorted(set(names) - set(of_the_day)):
            yield field, _not_asked(slug)
    for slug, values in sheet.rest_on.items():
        question = questionnaire.question_by_slug.get(slug)
        for value in sorted(set(values) - question.option_values) if question else ():
            yield f"rest_on.{slug}", _("“%(value)s” is not an answer to this question.") % {"value": value}


def _not_asked(slug: str) -> str:
    return _("“%(name)s” is not asked before a session.") % {"name": slug}
