"""What the practice sees of one plan: the released phases with today's marked, sessions, versions, reminders."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from practice.core.clock import local_today
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.footmap.draw import Highlight
from routines.notices.matters import Matter
from routines.notices.unsettled import unsettled_of
from routines.plans.content import PhaseContent
from routines.plans.day import plan_day
from routines.plans.highlights import massaged_places
from routines.plans.models import Plan, PlanVersion
from routines.reminders.models import Reminder
from routines.sessions.models import RoutineSession
from routines.today.next_part import next_part

SESSIONS_A_PAGE = 12
VERSIONS_SHOWN = 8
REMINDERS_SHOWN = 6


@dataclass(frozen=True)
class PlanPage:
    plan: Plan
    phases: tuple[PhaseContent, ...]
    #: Index of the phase that the client is in, or of the first one before the plan begins.
    at_phase: int
    sessions: Page[RoutineSession]
    versions: list[PlanVersion]
    reminders: list[Reminder]
    #: What happened on days of this plan that nobody has settled yet.
    notices: list[Matter]
    #: The phase whose first day has come and that waits to be opened.
    waiting: PhaseContent | None
    #: Lets a "copy" that is sent twice make one draft.
    copy_key: uuid.UUID

    @property
    def highlights(self) -> list[Highlight]:
        return massaged_places(self.phases[self.at_phase].steps) if self.phases else []

    @property
    def more_versions(self) -> int:
        """How many older ones are not listed."""
        return self.versions[-1].number - 1 if len(self.versions) == VERSIONS_SHOWN else 0

    @property
    def catalog(self) -> Catalog:
        return current_catalog()


def read_plan(plan: Plan, *, at: datetime, page: str | None = None) -> PlanPage:
    """Read the page in six queries, whatever the number of sessions; in seven where a notice stands."""
    shown = plan.content_now if plan.current_version else None
    day = local_today(at, plan.client.time_zone)
    today = plan_day(shown, day).phase if shown else None
    sessions = RoutineSession.objects.for_practice(plan.client.practice_id).filter(plan=plan).order_by("-begun_at")
    versions = plan.versions.select_related("published_by__user", "screening").defer(
        "content", "checked_steps", "screening__findings"
    )
    return PlanPage(
        plan=plan,
        phases=plan.current_version.content.phases if plan.current_version else (),
        at_phase=shown.phases.index(today) if shown and today else 0,
        waiting=next_part(plan, day) if plan.is_published else None,
        sessions=Paginator(sessions, SESSIONS_A_PAGE).get_page(page),
        versions=list(versions.order_by("-number")[:VERSIONS_SHOWN]),
        reminders=list(
            plan.reminders.select_related("message").defer("message__context").order_by("-due_at")[:REMINDERS_SHOWN]
        ),
        notices=unsettled_of(plan.client, plan),
        copy_key=uuid.uuid4(),
    )
