"""Who needs the therapist today, the most urgent first: stops, what hurt, letters to ask for, then all the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.roster.models import Client
from practice.tenancy.models import Member, Practice
from routines.first_page import pressing
from routines.first_page.pressing import UNCUT, first_matters, matters_page
from routines.first_page.standing import LETTERS, PLANS, STANDING, first_letters, first_plans

#: Rows per section; the rest is behind a link. Stops are all shown.
SHOWN = 8
PER_PAGE = 40


@dataclass(frozen=True)
class Section:
    """One kind of thing to see to. `rows` are the first SHOWN, or a page of them when the section is shown alone."""

    name: str
    rows: list[Any]
    has_more: bool = False
    page: Page[Any] | None = None

    @property
    def title(self) -> str:
        return str(TITLES[self.name])

    @property
    def is_pressing(self) -> bool:
        """Whether its rows are matters: screenings and notices."""
        return self.name in pressing.SECTIONS


@dataclass(frozen=True)
class Attention:
    """The sections that are not empty, most pressing first."""

    sections: list[Section]
    #: Stops, now or today, of other therapists' clients, where only one's own are shown.
    urgent_of_others: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.sections

    @property
    def count(self) -> str:
        """How many rows wait for the therapist, not for a client; "20+" when not all were read."""
        counted = [section for section in self.sections if section.name in COUNTED]
        total = sum(len(section.rows) for section in counted)
        return f"{total}+" if any(section.has_more for section in counted) else str(total or "")


def attention(practice: Practice, *, at: datetime, mine: Member | None = None) -> Attention:
    """Read the page: of all the practice's clients, or of those whose therapist is `mine`. Eight queries, whatever the
    number of clients."""
    matters = first_matters(practice, at=at, mine=mine, shown=SHOWN)
    found = {name: _of(find(practice, at), mine) for name, find in STANDING.items()}
    rows: dict[str, list[Any]] = {
        **matters.sections,
        **first_plans(found, at, SHOWN),
        **first_letters(found, at, SHOWN),
    }
    rows |= {name: list(queryset[: SHOWN + 1]) for name, queryset in found.items() if name not in PLANS + LETTERS}
    sections = [_cut(name, rows[name]) for name in SECTIONS if rows.get(name)]
    return Attention(sections, matters.urgent_of_others)


def attention_section(
    practice: Practice, name: str, *, at: datetime, number: str | None, mine: Member | None = None
) -> Section:
    """One section in full, a page at a time. Raises KeyError for an unknown name."""
    if name in pressing.SECTIONS:
        page, rows = matters_page(practice, name, at=at, mine=mine, number=number, size=PER_PAGE)
        return Section(name, rows, page=page)
    found = Paginator(_of(STANDING[name](practice, at), mine), PER_PAGE).get_page(number)
    return Section(name, list(found.object_list), page=found)


def _cut(name: str, rows: list[Any]) -> Section:
    if name in UNCUT:
        return Section(name, rows)
    return Section(name, rows[:SHOWN], has_more=len(rows) > SHOWN)


def _of(found: QuerySet[Any], mine: Member | None) -> QuerySet[Any]:
    if mine is None:
        return found
    return found.filter(therapist=mine) if found.model is Client else found.filter(client__therapist=mine)


#: Most pressing first.
SECTIONS: Iterable[str] = (
    "stop", "hurt", "not_now", "refer", "day", "findings", *STANDING, "resting",
)  # fmt: skip
TITLES = {
    "stop": _("Medical care first"),
    "hurt": _("It hurt, or something changed"),
    "not_now": _("No massage for now"),
    "refer": _("Needs a letter, and has a plan"),
    "day": _("Other days than planned"),
    "findings": _("Letters to ask for, answers to settle"),
    "intakes": _("New answers"),
    "letters": _("Letters to read"),
    "unreachable": _("E-mail that does not arrive"),
    "paused": _("Paused plans"),
    "expired": _("Plans whose answers are too old"),
    "ending": _("Letters running out"),
    "quiet": _("Plans without activity"),
    "drafts": _("Drafts in hand"),
    "waiting": _("Waiting for answers"),
    "resting": _("Seen to, resting"),
}
#: What waits for the therapist, not for a client.
COUNTED = frozenset(
    {"stop", "hurt", "not_now", "refer", "day", "findings", "intakes", "letters", "unreachable", "paused", "expired",
     "ending", "quiet"}
)  # fmt: skip
