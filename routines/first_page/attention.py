"""Who needs the therapist today: new answers, findings that stop or refer, paused plans, plans gone quiet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext_lazy as _

from clients.consent.failing_addresses import unreachable_clients
from clients.letters.expiry import WARN_BEFORE
from clients.record.models import Clearance, Intake, ScreeningRecord
from clients.record.models.letter import ClearanceQuerySet
from clients.roster.models import Client
from clients.roster.models.client import ClientQuerySet
from practice.tenancy.models import Practice
from routines.plans.models import Plan, PlanQuerySet
from routines.sessions.models import RoutineSession

#: Rows per section; the rest is behind a link.
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


@dataclass(frozen=True)
class Attention:
    """The sections that are not empty, most pressing first."""

    sections: list[Section]

    @property
    def is_empty(self) -> bool:
        return not self.sections

    @property
    def count(self) -> str:
        """How many rows wait for the therapist, not for a client; "20+" when not all were read."""
        pressing = [section for section in self.sections if section.name in PRESSING]
        total = sum(len(section.rows) for section in pressing)
        return f"{total}+" if any(section.has_more for section in pressing) else str(total or "")


def attention(practice: Practice, *, at: datetime) -> Attention:
    """Read the page: at most one query a section, whatever the number of clients."""
    sections, resting = [], _first_resting(practice, at)
    for name, find in SECTIONS.items():
        rows = resting[name] if name in resting else list(find(practice, at)[: SHOWN + 1])
        if rows:
            sections.append(Section(name, rows[:SHOWN], has_more=len(rows) > SHOWN))
    return Attention(sections)


def attention_section(practice: Practice, name: str, *, at: datetime, page: str | None) -> Section:
    """One section in full, a page at a time. Raises KeyError for an unknown name."""
    found = Paginator(SECTIONS[name](practice, at), PER_PAGE).get_page(page)
    return Section(name, list(found.object_list), page=found)


def _urgent(practice: Practice, at: datetime) -> QuerySet[ScreeningRecord]:
    """The last screening of each active client, where it stops, refers or leaves something open."""
    last = ScreeningRecord.objects.across_practices().filter(client=OuterRef("client_id")).order_by("-made_at", "-pk")
    return (
        ScreeningRecord.objects.for_practice(practice)
        .filter(
            pk=Subquery(last.values("pk")[:1]), client__archived_at=None, overall__in=["STOP", "REFER", "INCOMPLETE"]
        )
        .select_related("client")
        .defer("findings")
        .order_by("-made_at", "pk")
    )


def _new_intakes(practice: Practice, at: datetime) -> QuerySet[Intake]:
    """Intakes that are signed, not urgent, and after which no plan was touched."""
    handled = Plan.objects.across_practices().filter(
        client=OuterRef("client_id"), changed_at__gte=OuterRef("submitted_at")
    )
    newest = (
        Intake.objects.across_practices().filter(client=OuterRef("client_id")).submitted().order_by("-submitted_at")
    )
    screened = ScreeningRecord.objects.across_practices().filter(intake=OuterRef("pk")).order_by("-made_at", "-pk")
    return (
        Intake.objects.for_practice(practice)
        .submitted()
        .filter(
            ~Exists(handled),
            ~Exists(_urgent(practice, at).filter(client=OuterRef("client_id"))),
            client__archived_at=None,
            pk=Subquery(newest.values("pk")[:1]),
        )
        .annotate(outcome=Subquery(screened.values("overall")[:1]))
        .select_related("client")
        .defer("answers", "signature")
        .order_by("submitted_at", "pk")
    )


def _plans(practice: Practice) -> PlanQuerySet:
    return Plan.objects.for_practice(practice).with_client().filter(client__archived_at=None)


def _paused(practice: Practice, at: datetime) -> PlanQuerySet:
    return _plans(practice).filter(state=Plan.State.SUSPENDED).order_by("state_changed_at", "pk")


def _expired(practice: Practice, at: datetime) -> PlanQuerySet:
    """Running plans whose answers have aged: the client is shown a kind message instead."""
    return _plans(practice).running().filter(safe_until__lt=at.date()).order_by("safe_until", "pk")


def _first_resting(practice: Practice, at: datetime) -> dict[str, list[Plan]]:
    """The first rows of two sections that cannot overlap, in one query: the page has room for twelve."""
    both = {"paused": _paused(practice, at), "expired": _expired(practice, at)}
    paused_at = Case(When(state=Plan.State.SUSPENDED, then=F("state_changed_at")))
    place = Window(RowNumber(), partition_by=F("state"), order_by=[paused_at, "safe_until", "pk"])
    found = (both["paused"] | both["expired"]).order_by().annotate(place=place).filter(place__lte=SHOWN + 1)
    rows: dict[str, list[Plan]] = {name: [] for name in both}
    for plan in found.order_by("place"):
        rows["paused" if plan.state == Plan.State.SUSPENDED else "expired"].append(plan)
    return rows


def _quiet(practice: Practice, at: datetime) -> PlanQuerySet:
    """Plans that are running and shown, with nothing logged for the practice's own number of days."""
    quiet_before = at - timedelta(days=practice.quiet_after_days)
    last_session = RoutineSession.objects.across_practices().filter(plan=OuterRef("pk")).order_by("-begun_at")
    return (
        _plans(practice)
        .running()
        .exclude(safe_until__lt=at.date())
        .annotate(
            last_activity=Coalesce(Subquery(last_session.values("begun_at")[:1]), "current_version__published_at")
        )
        .filter(last_activity__lt=quiet_before)
        .order_by("last_activity", "pk")
    )


def _drafts(practice: Practice, at: datetime) -> PlanQuerySet:
    """Drafts that were never released, or changed since the release."""
    return (
        _plans(practice)
        .filter(
            Q(state=Plan.State.DRAFT)
            | Q(state=Plan.State.PUBLISHED) & ~Q(revision=F("current_version__draft_revision"))
        )
        .order_by("-changed_at", "pk")
    )


def _waiting(practice: Practice, at: datetime) -> ClientQuerySet:
    """Clients who have not begun an intake, or not signed it yet."""
    return (
        Client.objects.for_practice(practice)
        .active()
        .filter(~Exists(Intake.objects.across_practices().filter(client=OuterRef("pk")).submitted()))
        .annotate(
            invited_at=Max("invitations__sent_at", filter=Q(invitations__revoked_at=None)),
            begun=Exists(Intake.objects.across_practices().filter(client=OuterRef("pk"))),
        )
        .order_by("invited_at", "registered_at", "pk")
    )


def _letters(practice: Practice) -> ClearanceQuerySet:
    found = Clearance.objects.for_practice(practice).filter(client__archived_at=None)
    return found.select_related("client").defer("content")


def _unread_letters(practice: Practice, at: datetime) -> ClearanceQuerySet:
    """Letters that were sent, and that nobody has verified or refused yet."""
    return _letters(practice).undecided().order_by("recorded_at", "pk")


def _ending_letters(practice: Practice, at: datetime) -> ClearanceQuerySet:
    """Letters that count now and end soon, with no later letter to replace them."""
    soon = (at.date(), at.date() + WARN_BEFORE)
    return _letters(practice).counting().filter(is_renewed=False, ends_on__range=soon).order_by("ends_on", "pk")


def _unreachable(practice: Practice, at: datetime) -> ClientQuerySet:
    """Clients whose address refuses mail: no reminder, invitation or warning about a letter arrives."""
    return unreachable_clients(practice)


#: Most pressing first.
SECTIONS: dict[str, Callable[[Practice, datetime], QuerySet[Any]]] = {
    "urgent": _urgent,
    "intakes": _new_intakes,
    "letters": _unread_letters,
    "unreachable": _unreachable,
    "paused": _paused,
    "expired": _expired,
    "ending": _ending_letters,
    "quiet": _quiet,
    "drafts": _drafts,
    "waiting": _waiting,
}
TITLES = {
    "urgent": _("Findings to look at first"),
    "intakes": _("New answers"),
    "letters": _("Letters to read"),
    "unreachable": _("E-mail that does not arrive"),
    "paused": _("Paused plans"),
    "expired": _("Plans whose answers are too old"),
    "ending": _("Letters running out"),
    "quiet": _("Plans without activity"),
    "drafts": _("Drafts in hand"),
    "waiting": _("Waiting for answers"),
}
PRESSING = frozenset({"urgent", "intakes", "letters", "unreachable", "paused", "expired", "ending", "quiet"})
