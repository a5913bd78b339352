"""What a draft says to the client, held against the rules of wording."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from practice.wording.check import check_in_any
from practice.wording.findings import Finding
from routines.plans.models import Plan, PlanPhase

#: Protocols bring their titles and steps in the catalog's language, whatever the client's is.
CATALOG_LANGUAGE = "en"
#: A plan's title and a phase's name stand in calendars, mails and on print, where others look.
TITLES = frozenset({"title", "name", "focus"})


@dataclass(frozen=True)
class WordingNote:
    """A finding, and the field of the plan, phase or step that it stands in."""

    owner: uuid.UUID
    field: str
    place: str
    finding: Finding

    def __str__(self) -> str:
        return f"{self.place}: {self.finding.message}"


@dataclass(frozen=True)
class DraftWording:
    """Every finding in a draft. Those that stop forbid its release; the others warn."""

    outside_steps: tuple[WordingNote, ...]
    in_steps: Mapping[uuid.UUID, tuple[WordingNote, ...]]

    def of(self, owner: uuid.UUID) -> dict[str, list[Finding]]:
        """The findings of a plan, phase or step by field."""
        found: dict[str, list[Finding]] = {}
        for note in (*self.outside_steps, *self.of_step(owner)):
            if note.owner == owner:
                found.setdefault(note.field, []).append(note.finding)
        return found

    def of_step(self, step: uuid.UUID) -> tuple[WordingNote, ...]:
        return self.in_steps.get(step, ())

    def stopping(self, step: uuid.UUID) -> list[str]:
        """What forbids the release of this step, in words."""
        return [note.finding.message for note in self.of_step(step) if note.finding.stops]

    def stopping_outside_steps(self) -> Iterator[str]:
        return (str(note) for note in self.outside_steps if note.finding.stops)

    @property
    def warnings(self) -> list[WordingNote]:
        """What may be released and had better be said otherwise."""
        notes = (*self.outside_steps, *(note for notes in self.in_steps.values() for note in notes))
        return [note for note in notes if not note.finding.stops]


def check_draft_wording(plan: Plan, phases: Iterable[PlanPhase]) -> DraftWording:
    """Title, note, phases and steps. Pure; the steps of `phases` and the plan's client must have been read."""
    languages = (plan.client.language, CATALOG_LANGUAGE)
    of_plan = {"title": (_("Title"), plan.title), "note_to_client": (_("Note to the client"), plan.note_to_client)}
    outside = list(_notes(plan.pk, languages, of_plan))
    in_steps: dict[uuid.UUID, tuple[WordingNote, ...]] = {}
    for phase in phases:
        named = phase.name or _("Routine")
        of_phase = {"name": (_("Name of a phase"), phase.name), "focus": (named, phase.focus)}
        outside += _notes(phase.pk, languages, of_phase)
        for number, step in enumerate(phase.steps.all(), 1):
            place = _("%(phase)s, step %(number)d") % {"phase": named, "number": number}
            if notes := tuple(_notes(step.pk, languages, {"label": (place, step.label), "note": (place, step.note)})):
                in_steps[step.pk] = notes
    return DraftWording(tuple(outside), in_steps)


def _notes(owner: uuid.UUID, languages: Iterable[str], texts: Mapping[str, tuple[str, str]]) -> Iterator[WordingNote]:
    for field, (place, text) in texts.items():
        for finding in check_in_any(text, languages, title=field in TITLES) if text else ():
            yield WordingNote(owner, field, place, finding)
