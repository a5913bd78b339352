"""What became of a day's steps, in words: for the therapist's notice and the client's page."""

from django.utils.translation import gettext as _

from clients.screening.answer_text import side_name
from routines.today.day_verdict import DayChange
from routines.today.todays_plan import TodaysPlan


def change_words(today: TodaysPlan) -> list[str]:
    """“Heel (left): left out”, one line for each step and side, then what is added."""
    words = [_changed(change) for change in today.changes]
    words += [
        _("%(technique)s, %(place)s: added") % {"technique": step.technique_name, "place": step.place}
        for step in today.added
    ]
    return list(dict.fromkeys(words))


def _changed(change: DayChange) -> str:
    place = change.place if change.side == "none" else f"{change.place} ({side_name(change.side)})"
    return _("%(place)s: %(change)s") % {"place": place, "change": state_words(change.state)}


def state_words(state: str) -> str:
    """A step's state in words; the levels and seconds in it are for the log."""
    kind = state.partition(":")[0]
    return {
        "excluded": _("left out"),
        "blocked": _("left out"),
        "reduce_pressure": _("more gently"),
        "shorten": _("shorter"),
    }.get(kind, kind)
