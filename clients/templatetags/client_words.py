"""Clients in words and colours, for the practice's pages."""

from django import template
from django.utils.translation import gettext_lazy as _

from clients.roster.roster import IntakeState

register = template.Library()

#: Of ScreeningRecord.cause.
SCREENED_BECAUSE = {
    "intake": _("the client signed the intake"),
    "red flag": _("an urgent answer, before signing"),
    "letter": _("a letter was verified, not accepted or withdrawn"),
    "publish": _("a plan was released"),
    "resume": _("a plan was resumed"),
    "day questions": _("the client answered before a session"),
}
INTAKE_TONES = {
    IntakeState.SIGNED: "text-bg-success",
    IntakeState.INVITED: "text-bg-info",
    IntakeState.BEGUN: "text-bg-primary",
    IntakeState.LAPSED: "text-bg-warning",
}


@register.filter
def cause_words(cause: str) -> str:
    """What made us screen; a cause without words of its own as it was stored."""
    return str(SCREENED_BECAUSE.get(cause, cause))


@register.filter
def intake_tone(state: IntakeState) -> str:
    return INTAKE_TONES.get(state, "text-bg-secondary")
