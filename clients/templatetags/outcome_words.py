"""Outcomes and urgency in a therapist's words, and telephone numbers as links."""

import re
from datetime import date
from typing import cast

from django import template

from clients.screening.answers import read_date
from clients.screening.entries import Outcome
from clients.screening.outcome_words import OUTCOME_MEANINGS, OUTCOME_NAMES, URGENCY_MEANINGS, URGENCY_NAMES

register = template.Library()


@register.filter
def outcome_name(outcome: str) -> str:
    """REFER: "needs a letter"."""
    return str(OUTCOME_NAMES.get(cast("Outcome", outcome), outcome))


@register.filter
def outcome_meaning(outcome: str) -> str:
    return str(OUTCOME_MEANINGS.get(cast("Outcome", outcome), ""))


@register.filter
def urgency_name(urgency: str) -> str:
    return str(URGENCY_NAMES.get(urgency, ""))


@register.filter
def urgency_meaning(urgency: str) -> str:
    return str(URGENCY_MEANINGS.get(urgency, ""))


@register.filter
def as_day(iso: str) -> date | None:
    """The day that a stored finding names; None where it names none."""
    return read_date(iso)


@register.filter
def as_dialled(phone: str) -> str:
    """What stands behind "tel:" for a number as a person writes it, "+44 (0)20 7946 0018": no spaces, no signs."""
    digits = re.sub(r"[^\d+]", "", phone.replace("(0)", ""))
    return digits[:1] + digits[1:].replace("+", "")
