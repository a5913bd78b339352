from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clients.screening.absent_places import SIDES, Pair, absent_names
from clients.screening.answers import BodySite
from practice.core.forms.edit_conflict import RevisionForm
from routines.catalog.markable import BodyPlaces
from routines.catalog.place_rows import PlaceRow


class AbsentPlacesForm(RevisionForm):
    """Which places are not there, as "side:region". Places that the catalog lost can be kept or taken out."""

    place = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": _("Please mark places of the list.")}
    )

    def __init__(self, *args: Any, body: BodyPlaces, kept: frozenset[Pair], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {(side, place.slug) for place in body.places for side in SIDES}
        #: Value and words of each place that is marked and that the catalog lost.
        self.lost = [(_text(pair), absent_names([BodySite(*pair)], {})[0]) for pair in sorted(kept - offered)]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (_text(pair), _text(pair)) for pair in sorted(offered | kept)
        ]

    @property
    def marked(self) -> frozenset[str]:
        """What is ticked, whether it can be saved or not."""
        return frozenset(self["place"].value() or ())

    def folded(self, groups: list[tuple[str, list[PlaceRow]]]) -> list[tuple[str, list[PlaceRow], bool]]:
        """Each group of the list, and whether it is open: the first is, and those with something ticked."""
        ticked = {pair_of(text)[1] for text in self.marked}
        return [
            (heading, rows, number == 0 or any(row.place.slug in ticked for row in rows))
            for number, (heading, rows) in enumerate(groups)
        ]

    @property
    def pairs(self) -> frozenset[Pair]:
        return frozenset(pair_of(text) for text in self.cleaned_data["place"])

    def meet_newer(self, saved: Any) -> None:
        """Keep what was ticked and say that the saved list differs; saving again keeps what was ticked."""
        posted = cast(QueryDict, self.data).copy()
        posted[self.add_prefix("revision")] = str(saved.revision)
        self.data = posted
        self.add_error(
            None,
            _(
                "Someone changed this record while you had it open. What you ticked is still here. "
                "Save again to keep it."
            ),
        )


def pair_of(text: str) -> Pair:
    side, _colon, region = text.partition(":")
    return side, region


def texts_of(pairs: frozenset[Pair]) -> list[str]:
    return [_text(pair) for pair in sorted(pairs)]


def _text(pair: Pair) -> str:
    return ":".join(pair)
