"""What a client sees today: each running plan's day, what was done, and why a plan may not be shown."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction

from practice.audit import audit
from practice.audit.models import AuditEntry
from practice.core.clock import local_today
from practice.tenancy.models import User
from routines.footmap.draw import Highlight
from routines.plans.day import DayPlan, next_day, plan_day
from routines.plans.highlights import frozen_highlights
from routines.plans.models import Plan
from routines.plans.visibility import Showing
from routines.rechecking.recheck import shown_now
from routines.sessions.models import RoutineSession

WEEK = 7
#: Causes of a rest that newer answers of the client can settle; the therapist gives the routine back.
ANSWERABLE = frozenset({"day questions", "intake", "red flag", "rules", "time"})


@dataclass(frozen=True)
class WeekDay:
    day: date
    is_today: bool
    is_rest: bool
    is_done: bool


@dataclass(frozen=True)
class PhaseView:
    """One phase of a plan with the calendar days that it covers; `last` None: open end."""

    phase: dict[str, Any]
    first: date
    last: date | None
    is_now: bool
    element_id: str

    @property
    def highlights(self) -> list[Highlight]:
        return frozen_highlights(self.phase["steps"])


@dataclass
class TodayPlan:
    """One plan on the client's own day. `day` is None when the plan may not be shown."""

    plan: Plan
    showing: Showing
    today: date
    day: DayPlan | None
    upcoming: DayPlan | None
    sessions: list[RoutineSession]
    week: list[WeekDay]

    @property
    def title(self) -> str:
        """As released; a draft's new title is not the client's to see yet."""
        return self.plan.current_version.content["title"] if self.plan.current_version else ""

    @property
    def done_today(self) -> int:
        return sum(session.local_day == self.today and session.state == "done" for session in self.sessions)

    @property
    def open_session(self) -> RoutineSession | None:
        now = (self.today, self.plan.current_version_id)
        return next((s for s in self.sessions if s.state == "begun" and (s.local_day, s.version_id) == now), None)

    @property
    def blocked_session(self) -> RoutineSession | None:
        """The last session, where the answers of its day forbade it: its page says what to do."""
        last = max(self.sessions, key=lambda session: session.begun_at, default=None)
        return last if last and last.state == "blocked" else None

    @property
    def rests_by(self) -> str:
        """What put the routine to rest, as far as its client can do something about it; else nothing."""
        cause = (self.plan.state_reason or {}).get("cause") if self.plan.state == Plan.State.SUSPENDED else ""
        return cause if cause in ANSWERABLE else ""

    @property
    def is_complete(self) -> bool:
        return bool(self.day and self.day.times and self.done_today >= len(self.day.times))

    @property
    def highlights(self) -> list[Highlight]:
        return frozen_highlights(self.day.steps) if self.day else []

    @property
    def element_id(self) -> str:
        """Unique among the maps of one page."""
        return f"map-{self.plan.pk.hex[:8]}"

    @property
    def is_before_start(self) -> bool:
        return bool(self.day and self.day.number < 1)

    @cached_property
    def phases(self) -> list[PhaseView]:
        if self.day is None or self.plan.current_version is None:
            return []
        content = self.plan.current_version.content
        begins = date.fromisoformat(content["starts_on"]) - timedelta(days=1)
        return [
            PhaseView(
                phase,
                begins + timedelta(days=phase["from_day"]),
                begins + timedelta(days=phase["to_day"]) if phase["to_day"] else None,
                phase is self.day.phase,
                f"{self.element_id}-{number}",
            )
            for number, phase in enumerate(content["phases"], 1)
        ]


def own_plans(user: User) -> list[Plan]:
    """A person's released plans, newest first. Drafts and ended ones are not theirs to see."""
    shown = (Plan.State.PUBLISHED, Plan.State.SUSPENDED)
    found = Plan.objects.of_user(user).filter(state__in=shown)
    return list(found.select_related("client__practice", "current_version").order_by("-current_version__published_at"))


def todays_plans(user: User, *, at: datetime) -> list[TodayPlan]:
    """Two reads, whatever the number of plans."""
    plans = own_plans(user)
    since = at.date() - timedelta(days=WEEK + 1)
    sessions: dict[object, list[RoutineSession]] = {plan.pk: [] for plan in plans}
    for session in RoutineSession.objects.across_practices().filter(plan__in=plans, local_day__gte=since):
        sessions[session.plan_id].append(session)
    return [today_of(plan, sessions[plan.pk], at=at) for plan in plans]


def today_of(plan: Plan, sessions: list[RoutineSession], *, at: datetime) -> TodayPlan:
    today = local_today(at, plan.client.time_zone)
    showing = shown_now(plan, at=at)
    if not showing or plan.current_version is None:
        return TodayPlan(plan, showing, today, None, None, sessions, [])
    content = plan.current_version.content
    day = plan_day(content, today)
    done = {session.local_day for session in sessions if session.state == "done"}
    monday = today - timedelta(days=today.isoweekday() - 1)
    week = [
        WeekDay(one, one == today, not plan_day(content, one).times, one in done)
        for one in (monday + timedelta(days=offset) for offset in range(WEEK))
    ]
    upcoming = next_day(content, today, within=366) if day.is_rest_day else None
    return TodayPlan(plan, showing, today, day, upcoming, sessions, week)


def note_opened(plans: list[TodayPlan], *, by: User, at: datetime) -> None:
    """One audit line a day for each plan that the client opened, however often the page is loaded."""
    shown = [today.plan for today in plans if today.showing]
    if not shown:
        return
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    noted = set(
        AuditEntry.objects.across_practices()
        .filter(by=by, action="plan.opened", at__gte=midnight, client_ref__in={plan.client_id for plan in shown})
        .values_list("subject_id", flat=True)
    )
    fresh = [plan for plan in shown if plan.pk not in noted]
    if not fresh:
        return
    with transaction.atomic():
        for plan in fresh:
            audit.record(by, "plan.opened", plan, practice=plan.client.practice, client_ref=plan.client_id)
