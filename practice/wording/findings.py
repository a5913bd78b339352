"""One finding in a text, and how it is told to the person who wrote it."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

Kind = Literal["claim", "condition", "medicine", "diagnosis", "guarantee"]
#: What no plan leaves the house with. A condition is only looked for in titles, which calendars and mails show.
STOPPING: frozenset[Kind] = frozenset({"medicine", "diagnosis", "condition"})


@dataclass(frozen=True)
class Finding:
    """What was found: its kind, the words as they stand in the text, and a wording to put in their place."""

    kind: Kind
    words: str
    suggestion: str

    @property
    def stops(self) -> bool:
        """Whether a plan with it may not be released."""
        return self.kind in STOPPING

    @property
    def message(self) -> str:
        """The finding in words for whoever wrote the text."""
        return _told(self.kind) % {"words": self.words, "suggestion": self.suggestion}


def _told(kind: Kind) -> str:
    told: dict[Kind, str] = {
        "claim": _("“%(words)s” is a health claim. Say what the client does or may feel, such as: %(suggestion)s"),
        "condition": _(
            "“%(words)s” names a condition. Titles are seen by others: use a place, such as: %(suggestion)s"
        ),
        "medicine": _(
            "“%(words)s” is advice on medicine or medical care, which is the doctor's to give. "
            "Leave it out, or write: %(suggestion)s"
        ),
        "diagnosis": _("“%(words)s” reads an illness from the foot. Leave it out, or say what to do: %(suggestion)s"),
        "guarantee": _("“%(words)s” promises a result. Say what many people feel, such as: %(suggestion)s"),
    }
    return told[kind]
