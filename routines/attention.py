"""Who needs the therapist today: new answers, findings that stop or refer, paused plans, plans gone quiet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from clients.models import Client, Intake, ScreeningRecord
from practice.models import Practice
from routines.models import Plan, RoutineSession

#: Rows per section; the rest is a number and a link.
SHOWN = 15


@dataclass(frozen=True)
class Attention:
    """Sections of the first page, most pressing first. Each is a list of rows, cut at SHOWN."""

    urgent: list[ScreeningRecord]
    new_intakes: list[Intake]
    paused: list[Plan]
    quiet: list[Plan]
    drafts: list[Plan]
    waiting: list[Client]

    @property
    def is_empty(self) -> bool:
        return not any((self.urgent, self.new_intakes, self.paused, self.quiet, self.drafts, self.waiting))

    @property
    def count(self) -> int:
        return len(self.urgent) + len(self.new_intakes) + len(self.paused) + len(self.quiet)


def attention(practice: Practice, *, at: datetime) -> Attention:
    """Six reads, whatever the number of clients."""
    plans = Plan.objects.for_practice(practice).with_client().filter(client__archived_at=None)
    handled = Plan.objects.across_practices().filter(
        client=OuterRef("client_id"), changed_at__gte=OuterRef("submitted_at")
    )
    intakes = Intake.objects.for_practice(practice).submitted().filter(client__archived_at=None)
    newest = (
        Intake.objects.across_practices().filter(client=OuterRef("client_id")).submitted().order_by("-submitted_at")
    )
    last_record = ScreeningRecord.objects.across_practices().filter(client=OuterRef("client_id")).order_by("-made_at")
    records = ScreeningRecord.objects.for_practice(practice).filter(
        pk=Subquery(last_record.values("pk")[:1]), client__archived_at=None, overall__in=["STOP", "REFER", "INCOMPLETE"]
    )
    quiet_before = at - timedelta(days=practice.quiet_after_days)
    last_session = RoutineSession.objects.across_practices().filter(plan=OuterRef("pk")).order_by("-begun_at")
    running = plans.running().annotate(
        last_activity=Coalesce(Subquery(last_session.values("begun_at")[:1]), "current_version__published_at")
    )
    invited = (
        Client.objects.for_practice(practice)
        .active()
        .filter(intakes__isnull=True)
        .annotate(invited_at=Max("invitations__sent_at", filter=Q(invitations__revoked_at=None)))
    )
    return Attention(
        urgent=list(records.select_related("client").defer("findings").order_by("-made_at")[:SHOWN]),
        new_intakes=list(
            intakes.filter(
                ~Exists(handled),
                ~Exists(records.filter(client=OuterRef("client_id"))),
                pk=Subquery(newest.values("pk")[:1]),
            )
            .select_related("client")
            .defer("answers", "signature")
            .order_by("submitted_at")[:SHOWN]
        ),
        paused=list(plans.filter(state=Plan.State.SUSPENDED).order_by("state_changed_at")[:SHOWN]),
        quiet=list(running.filter(last_activity__lt=quiet_before).order_by("last_activity")[:SHOWN]),
        drafts=list(plans.filter(state=Plan.State.DRAFT).order_by("-changed_at")[:SHOWN]),
        waiting=list(invited.order_by("invited_at", "registered_at")[:SHOWN]),
    )
