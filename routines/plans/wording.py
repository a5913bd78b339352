"""A linter for what therapists write to clients: no health claims, no promise of a cure."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

#: After the UK advertising code's guidance on reflexology (ASA/CAP): claims that need evidence the field lacks.
CLAIMS = (
    r"treat(s|ed|ing|ment of)?",
    r"cur(e|es|ed|ing)",
    r"heal(s|ed|ing)?",
    r"detox\w*",
    r"diagnos\w*",
    r"boost(s|ed|ing)?",
    r"flush(es)? (out )?toxins?",
    r"toxins?",
    r"slags?",
    r"improves? circulation",
    r"strengthens? (the )?immun\w*",
    r"lowers? blood pressure",
    r"instead of (your )?(medicine|medication|doctor)",
    r"stop (taking )?(your )?(medicine|medication)",
    r"indicates?",
    r"guarantee\w*",
)
#: Named so that a title or note does not carry a diagnosis onto a lock screen or a fridge door.
CONDITIONS = (
    r"plantar fasci\w+",
    r"fasciitis",
    r"arthritis",
    r"diabet\w+",
    r"cancer\w*",
    r"thrombosis",
    r"neuropath\w+",
    r"depress\w+",
    r"asthma",
    r"hypertension",
    r"insomnia",
    r"migraines?",
    r"sciatica",
    r"gout",
    r"epilep\w+",
)
_CLAIM = re.compile(rf"\b({'|'.join(CLAIMS)})\b", re.IGNORECASE)
_CONDITION = re.compile(rf"\b({'|'.join(CONDITIONS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class WordingFault:
    words: str
    message: str


def check_wording(text: str, *, title: bool = False) -> list[WordingFault]:
    """Claims anywhere; names of conditions only where `title` (titles reach printers, calendars and e-mail)."""
    faults = [
        WordingFault(
            match.group(0),
            _(
                "“%(words)s” is a health claim. Say what the client does or may feel, "
                "such as “a calm few minutes for your feet”."
            )
            % {"words": match.group(0)},
        )
        for match in _CLAIM.finditer(text)
    ]
    if title:
        faults += [
            WordingFault(
                match.group(0),
                _(
                    "“%(words)s” names a condition. Titles are seen by others: use a place, "
                    "such as “Heel and arch comfort”."
                )
                % {"words": match.group(0)},
            )
            for match in _CONDITION.finditer(text)
        ]
    return faults
