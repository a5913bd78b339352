"""Who needs the therapist today: new answers, findings that stop or refer, paused plans, plans gone quiet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import Coalesce, RowNumber

from clients.consent.failing_addresses import unreachable_clients
from clients.letters.expiry import WARN_BEFORE
from clients.record.models import Clearance, Intake, ScreeningRecord
from clients.record.models.letter import ClearanceQuerySet
from clients.roster.models import Client
from practice.tenancy.models import Practice
from routines.plans.models import Plan, PlanQuerySet
from routines.sessions.models import RoutineSession

#: Rows per section; the rest is behind a link.
SHOWN = 8
PER_PAGE = 40


@dataclass(frozen=True)
class Section:
    """One kind of thing to see to. `rows` are the first SHOWN, or a page when it was asked for alone."""

    name: str
    rows: list
    has_more: bool = False
    page: Page | None = None


@dataclass(frozen=True)
class Attention:
    """Sections that hold something, most pressing first."""

    sections: list[Section]

    @property
    def is_empty(self) -> bool:
        return not self.sections

    @property
    def count(self) -> str:
        """How many wait for the therapist, not for a client; "20+" when not all were read."""
        pressing = [section for section in self.sections if section.name in PRESSING]
        total = sum(len(section.rows) for section in pressing)
        return f"{total}+" if any(section.has_more for section in pressing) else str(total or "")


def attention(practice: Practice, *, at: datetime) -> Attention:
    """One read a section at most, whatever the number of clients."""
    sections, resting = [], _first_resting(practice, at)
    for name, find in SECTIONS.items():
        rows = resting[name] if name in resting else list(find(practice, at)[: SHOWN + 1])
        if rows:
            sections.append(Section(name, rows[:SHOWN], has_more=len(rows) > SHOWN))
    return Attention(sections)


def attention_section(practice: Practice, name: str, *, at: datetime, page: str | None) -> Section:
    """One section in full, a page at a time. KeyError for a name that is none."""
    found = Paginator(SECTIONS[name](practice, at), PER_PAGE).get_page(page)
    return Section(name, list(found.object_list), page=found)


def _urgent(practice: Practice, at: datetime) -> QuerySet:
    """The last word on a client stops, refers or leaves something open, and no later intake was opened by them."""
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


def _new_intakes(practice: Practice, at: datetime) -> QuerySet:
    """Signed, not urgent, and no plan touched since."""
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


def _paused(practice: Practice, at: datetime) -> QuerySet:
    return _plans(practice).filter(state=Plan.State.SUSPENDED).order_by("state_changed_at", "pk")


def _expired(practice: Practice, at: datetime) -> QuerySet:
    """Running, but the answers behind it have aged: the client is shown a kind message instead."""
    return _plans(practice).running().filter(safe_until__lt=at.date()).order_by("safe_until", "pk")


def _first_resting(practice: Practice, at: datetime) -> dict[str, list]:
    """The first rows of two sections that cannot overlap, in one read: the page has room for twelve."""
    both = {"paused": _paused(practice, at), "expired": _expired(practice, at)}
    paused_at = Case(When(state=Plan.State.SUSPENDED, then=F("state_changed_at")))
    place = Window(RowNumber(), partition_by=F("state"), order_by=[paused_at, "safe_until", "pk"])
    found = (both["paused"] | both["expired"]).order_by().annotate(place=place).filter(place__lte=SHOWN + 1)
    rows: dict[str, list] = {name: [] for name in both}
    for plan in found.order_by("place"):
        rows["paused" if plan.state == Plan.State.SUSPENDED else "expired"].append(plan)
    return rows


def _quiet(practice: Practice, at: datetime) -> QuerySet:
    """Running and shown, with nothing logged for the practice's own number of days."""
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


def _drafts(practice: Practice, at: datetime) -> QuerySet:
    """Never released, or changed since the release."""
    return (
        _plans(practice)
        .filter(
            Q(state=Plan.State.DRAFT)
            | Q(state=Plan.State.PUBLISHED) & ~Q(revision=F("current_version__draft_revision"))
        )
        .order_by("-changed_at", "pk")
    )


def _waiting(practice: Practice, at: datetime) -> QuerySet:
    """No intake begun or none signed yet."""
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


def _unread_letters(practice: Practice, at: datetime) -> QuerySet:
    """Sent, and nobody has said yet whether they count."""
    return _letters(practice).undecided().order_by("recorded_at", "pk")


def _ending_letters(practice: Practice, at: datetime) -> QuerySet:
    """They count now and stop soon; no later letter stands in."""
    soon = (at.date(), at.date() + WARN_BEFORE)
    return _letters(practice).counting().filter(is_renewed=False, ends_on__range=soon).order_by("ends_on", "pk")


def _unreachable(practice: Practice, at: datetime) -> QuerySet:
    """Their address takes no mail: no reminder, no invitation and no letter's warning arrives."""
    return unreachable_clients(practice)


#: Most pressing first.
SECTIONS: dict[str, Callable[[Practice, datetime], QuerySet]] = {
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
PRESSING = frozenset({"urgent", "intakes", "letters", "unreachable", "paused", "expired", "ending", "quiet"})
