"""Outcomes in a therapist's words: the one place for their names, and for what to do about each."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.screening.entries import Outcome

#: Beside these stands the rules' own word, such as REFER.
OUTCOME_NAMES: Mapping[Outcome, Promise] = {
    "CLEAR": _("nothing found"),
    "CAUTION": _("look at a note"),
    "RESTRICT": _("with limits"),
    "INCOMPLETE": _("answers missing"),
    "REFER": _("needs a letter"),
    "STOP": _("no massage now"),
}
#: What an outcome means for a plan, whoever it is about.
OUTCOME_MEANINGS: Mapping[Outcome, Promise] = {
    "CLEAR": _("A plan can be released."),
    "CAUTION": _("A plan can be released. Read the note first."),
    "RESTRICT": _("A plan can be released once every step keeps to the limits."),
    "INCOMPLETE": _("No plan until the open answers are settled."),
    "REFER": _("No plan until a health professional's letter is on file and counts."),
    "STOP": _("No massage, and no letter lifts it: the answer has to change."),
}
#: How soon, for a stop.
URGENCY_NAMES: Mapping[str, Promise] = {
    "emergency": _("emergency"),
    "same_day": _("same day"),
    "defer": _("not now"),
}
URGENCY_MEANINGS: Mapping[str, Promise] = {
    "emergency": _("They should call the emergency number now."),
    "same_day": _("They should see a doctor today."),
    "defer": _("No massage for the time being. Ask again when it is over."),
}
_TO_DO: Mapping[tuple[str, str], Promise] = {
    ("STOP", "emergency"): _("Make sure that %(name)s has called %(number)s. No massage until a doctor has looked."),
    ("STOP", "same_day"): _("Ask %(name)s to see a doctor today. No massage until then."),
    ("STOP", ""): _("No massage for %(name)s now. Ask again when it is over."),
    ("REFER", ""): _("Ask %(name)s for a letter. No massage until you have read it."),
    ("INCOMPLETE", ""): _("Settle the open answers with %(name)s. No plan until then."),
    ("RESTRICT", ""): _("A plan is possible for %(name)s, within the limits below."),
    ("CAUTION", ""): _("A plan is possible for %(name)s. Read the note below first."),
    ("CLEAR", ""): _("A plan is possible for %(name)s."),
}


def what_to_do(outcome: str, urgency: str, *, name: str, emergency_number: str) -> str:
    """The first sentence that a therapist reads about an outcome: whom to ask for what. Empty for an unknown one."""
    words = _TO_DO.get((outcome, urgency)) or _TO_DO.get((outcome, ""))
    return str(words) % {"name": name, "number": emergency_number} if words else ""
