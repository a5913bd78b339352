"""What else waits for the therapist: new answers, letters, paused and quiet plans, drafts, unsigned intakes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from clients.consent.failing_addresses import unreachable_clients
from clients.letters.expiry import WARN_BEFORE
from clients.record.models import Clearance, Intake, ScreeningRecord
from clients.record.models.letter import ClearanceQuerySet
from clients.roster.models import Client
from clients.roster.models.client import ClientQuerySet
from practice.tenancy.models import Practice
from routines.first_page.pressing import urgent_screenings
from routines.plans.models import Plan, PlanQuerySet
from routines.sessions.models import RoutineSession


def new_intakes(practice: Practice, at: datetime) -> QuerySet[Intake]:
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
            ~Exists(urgent_screenings(practice).filter(client=OuterRef("client_id"))),
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


def paused(practice: Practice, at: datetime) -> PlanQuerySet:
    return _plans(practice).filter(state=Plan.State.SUSPENDED).order_by("state_changed_at", "pk")


def expired(practice: Practice, at: datetime) -> PlanQuerySet:
    """Running plans whose answers have aged: the client is shown a kind message instead."""
    return _plans(practice).running().filter(safe_until__lt=at.date()).order_by("safe_until", "pk")


def quiet(practice: Practice, at: datetime) -> QuerySet[Any]:
    """Plans that are running and shown, with nothing logged for the practice's own number of days."""
    quiet_before = at - timedelta(days=practice.quiet_after_days)
    found = _with_activity(_plans(practice).running()).exclude(safe_until__lt=at.date())
    return found.filter(last_activity__lt=quiet_before).order_by("last_activity", "pk")


def _with_activity(plans: PlanQuerySet) -> QuerySet[Any]:
    last_session = RoutineSession.objects.across_practices().filter(plan=OuterRef("pk")).order_by("-begun_at")
    return plans.annotate(
        last_activity=Coalesce(Subquery(last_session.values("begun_at")[:1]), "current_version__published_at")
    )


def drafts(practice: Practice, at: datetime) -> PlanQuerySet:
    """Drafts that were never released, or changed since the release."""
    return (
        _plans(practice)
        .filter(
            Q(state=Plan.State.DRAFT)
            | Q(state=Plan.State.PUBLISHED) & ~Q(revision=F("current_version__draft_revision"))
        )
        .order_by("-changed_at", "pk")
    )


def waiting(practice: Practice, at: datetime) -> ClientQuerySet:
    """Clients who have not begun an intake, or not signed it yet; whom an answer in it has stopped stands elsewhere."""
    return (
        Client.objects.for_practice(practice)
        .active()
        .filter(
            ~Exists(Intake.objects.across_practices().filter(client=OuterRef("pk")).submitted()),
            ~Exists(urgent_screenings(practice).filter(client=OuterRef("pk"))),
        )
        .annotate(
            invited_at=Max("invitations__sent_at", filter=Q(invitations__revoked_at=None)),
            begun=Exists(Intake.objects.across_practices().filter(client=OuterRef("pk"))),
        )
        .order_by("invited_at", "registered_at", "pk")
    )


def _letters(practice: Practice) -> ClearanceQuerySet:
    found = Clearance.objects.for_practice(practice).filter(client__archived_at=None)
    return found.select_related("client").defer("content")


def unread_letters(practice: Practice, at: datetime) -> ClearanceQuerySet:
    """Letters that were sent, and that nobody has verified or refused yet."""
    return _letters(practice).undecided().order_by("recorded_at", "pk")


def ending_letters(practice: Practice, at: datetime) -> ClearanceQuerySet:
    """Letters that count now and end soon, with no later letter to replace them."""
    soon = (at.date(), at.date() + WARN_BEFORE)
    return _letters(practice).counting().filter(is_renewed=False, ends_on__range=soon).order_by("ends_on", "pk")


def unreachable(practice: Practice, at: datetime) -> ClientQuerySet:
    """Clients whose address refuses mail: no reminder, invitation or warning about a letter arrives."""
    return unreachable_clients(practice)


#: The most pressing first, after what `pressing` finds.
STANDING: dict[str, Callable[[Practice, datetime], QuerySet[Any]]] = {
    "intakes": new_intakes,
    "letters": unread_letters,
    "unreachable": unreachable,
    "paused": paused,
    "expired": expired,
    "ending": ending_letters,
    "quiet": quiet,
    "drafts": drafts,
    "waiting": waiting,
}
#: Sections of one kind of row. Each group is one query, since a page has room for twelve.
PLANS = ("paused", "expired", "quiet", "drafts")
LETTERS = ("letters", "ending")


def first_plans(found: dict[str, QuerySet[Any]], at: datetime, shown: int) -> dict[str, list[Plan]]:
    """The first rows of PLANS, `shown` and one more of each. A draft may be among the others too."""
    section = Case(
        When(state=Plan.State.SUSPENDED, then=Value("paused")),
        When(safe_until__lt=at.date(), then=Value("expired")),
        default=Value("quiet"),
        output_field=CharField(),
    )
    paused_at = Case(When(section="paused", then=F("state_changed_at")))
    aged_on = Case(When(section="expired", then=F("safe_until")))
    rests = Q(*(Q(pk__in=found[name].order_by().values("pk")) for name in PLANS[:3]), _connector=Q.OR)
    is_draft = Q(pk__in=found["drafts"].order_by().values("pk"))
    rows = _with_activity(Plan.objects.across_practices().with_client()).filter(rests | is_draft)
    rows = rows.annotate(section=section, rests=_flag(rests), is_draft=_flag(is_draft)).annotate(
        place=_place(["rests", "section"], [paused_at, aged_on, "last_activity", "pk"]),
        draft_place=_place(["is_draft"], ["-changed_at", "pk"]),
    )
    is_first, is_first_draft = Q(rests=True, place__lte=shown + 1), Q(is_draft=True, draft_place__lte=shown + 1)
    by_section: dict[str, list[Any]] = {name: [] for name in PLANS}
    for row in rows.filter(is_first | is_first_draft).order_by("place"):
        if row.rests and row.place <= shown + 1:
            by_section[row.section].append(row)
        if row.is_draft and row.draft_place <= shown + 1:
            by_section["drafts"].append(row)
    by_section["drafts"].sort(key=lambda row: row.draft_place)
    return by_section


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _place(partition: list[str], order: list[Any]) -> Window:
    return Window(RowNumber(), partition_by=[F(name) for name in partition], order_by=order)


def first_letters(found: dict[str, QuerySet[Any]], at: datetime, shown: int) -> dict[str, list[Clearance]]:
    """The first rows of LETTERS, `shown` and one more of each."""
    section = Case(When(verified_at=None, then=Value("letters")), default=Value("ending"), output_field=CharField())
    came = Case(When(verified_at=None, then=F("recorded_at")))
    rows = (found["letters"] | found["ending"]).order_by().annotate(section=section)
    rows = rows.annotate(place=_place(["section"], [came, "ends_on", "pk"])).filter(place__lte=shown + 1)
    by_section: dict[str, list[Any]] = {name: [] for name in LETTERS}
    for row in rows.order_by("place"):
        by_section[row.section].append(row)
    return by_section
