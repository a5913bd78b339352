"""What became of a day's steps, in words: for the therapist's notice and the client's page."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from routines.today.todays_plan import TodaysPlan

EXCLUDED, SOFTER, SHORTER = "excluded", "reduce_pressure", "shorten"


def change_words(today: TodaysPlan) -> list[str]:
    """“Left foot: Heel, Arch left out”, a line for each side and change, then what is added."""
    places: dict[tuple[str, str], list[str]] = {}
    for change in today.changes:
        kind = change.state.partition(":")[0]
        kind = EXCLUDED if kind == "blocked" else kind
        places.setdefault((change.side, kind), []).append(change.place)
    words = [_changed(side, kind, ", ".join(dict.fromkeys(found))) for (side, kind), found in places.items()]
    for step in today.added:
        words.append(_line(step.side, _("added: %(what)s") % {"what": f"{step.tool_name or step.technique_name}"}))
    return words


def _changed(side: str, kind: str, places: str) -> str:
    words = {
        EXCLUDED: _("%(places)s left out"),
        SOFTER: _("%(places)s more gently"),
        SHORTER: _("%(places)s shorter"),
    }[kind]
    return _line(side, words % {"places": places})


def _line(side: str, words: str) -> str:
    feet = {"left": _("Left foot"), "right": _("Right foot"), "both": _("Both feet")}.get(side)
    return (
        pgettext("a side and what changed there", "%(side)s: %(words)s") % {"side": feet, "words": words}
        if feet
        else words
    )
