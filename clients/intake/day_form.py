"""The short check before a session as it is shown: its tiles, their questions, and what all of it says. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clients.intake.forms.section import QuestionField
from clients.record.day_answers import DayReply
from clients.screening.answers import AnswerValue
from clients.screening.entries import DayTile

#: A question, or its empty place in the page where a follow-up may still appear.
Slot = tuple[str, QuestionField | None]


@dataclass
class TileForm:
    """One tile: `asked` stands on the screen whatever is said of the tile, `offered` opens with it."""

    tile: DayTile
    asked: list[Slot] = dataclasses.field(default_factory=list)
    offered: list[Slot] = dataclasses.field(default_factory=list)
    #: What was said before and is carried on, in words.
    still: list[str] = dataclasses.field(default_factory=list)
    is_open: bool = False
    #: "The rest is as before", said inside the opened tile.
    says_rest: bool = False

    @property
    def fields(self) -> Iterator[QuestionField]:
        return (field for _slug, field in (*self.asked, *self.offered) if field)

    @property
    def can_open(self) -> bool:
        return any(field for _slug, field in self.offered)

    @property
    def is_shown(self) -> bool:
        return any(True for _field in self.fields)

    @property
    def in_need(self) -> bool:
        return any(field.error for field in self.fields)


@dataclass
class DayForm:
    """The check of one day; `values` is what it says of every question that applies, as far as it is answered."""

    tiles: list[TileForm]
    values: dict[str, AnswerValue] = dataclasses.field(default_factory=dict)
    #: Questions that still need an answer.
    missing: frozenset[str] = frozenset()
    #: Those of them that "the rest is as before" would answer too.
    may_rest: frozenset[str] = frozenset()
    #: Questions that were on the screen and answered one by one.
    answered: frozenset[str] = frozenset()
    is_whole_list: bool = False
    #: A digest of the check as first shown, so that what is sent is what was read.
    etag: str = ""

    @property
    def fields(self) -> list[QuestionField]:
        return [field for tile in self.tiles for field in tile.fields]

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.in_need

    @property
    def in_need(self) -> list[QuestionField]:
        return [field for field in self.fields if field.error]

    @property
    def reply(self) -> DayReply:
        """What a complete form says."""
        as_before = tuple(tile.tile.slug for tile in self.tiles if tile.can_open and not tile.is_open)
        return DayReply(self.values, self.answered, as_before, self.is_whole_list)

    def first_unseen(self, shown: Collection[str]) -> QuestionField | None:
        """The first open question that was not on the screen: an answer has just brought it up."""
        unseen = self.missing - set(shown)
        return next((field for field in self.fields if field.question.slug in unseen), None)

    def changed(self, shown: Collection[str]) -> list[Slot]:
        """The questions whose part of the page is not as it was shown: they came, went, or opened their drawings."""
        slots = [slot for tile in self.tiles for slot in (*tile.asked, *tile.offered)]
        there = {key.partition(":")[0] for key in shown}
        return [
            (slug, field)
            for slug, field in slots
            if (field.shown_as not in shown if field is not None else slug in there)
        ]


def complain_of_missing(form: DayForm, shown: Collection[str]) -> None:
    """Put “needs an answer” beside each question that was shown and left open."""
    for field in form.fields:
        slug = field.question.slug
        if slug in form.missing and slug in shown and not field.error:
            field.error = (
                _("Please answer, or tick below that all else is as before.")
                if slug in form.may_rest
                else _("Please answer this question.")
            )
