"""What a client sees today: each running plan's day, what was done, and why a plan may not be shown."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from practice.clock import local_today
from practice.models import User
from routines.day_plan import DayPlan, next_day, plan_day
from routines.footmap import Highlight
from routines.models import Plan, RoutineSession
from routines.plan_map import frozen_highlights
from routines.showing import Showing, may_show

WEEK = 7


@dataclass(frozen=True)
class WeekDay:
    day: date
    is_today: bool
    is_rest: bool
    is_done: bool


@dataclass(frozen=True)
class TodayPlan:
    """One plan on the client's own day."""

    plan: Plan
    showing: Showing
    today: date
    day: DayPlan | None
    upcoming: DayPlan | None
    sessions: list[RoutineSession]
    week: list[WeekDay]

    @property
    def done_today(self) -> int:
        return sum(session.local_day == self.today and session.state == "done" for session in self.sessions)

    @property
    def open_session(self) -> RoutineSession | None:
        return next((s for s in self.sessions if s.state == "begun" and s.local_day == self.today), None)

    @property
    def is_complete(self) -> bool:
        return bool(self.day and self.day.times) and self.done_today >= len(self.day.times)  # type: ignore[union-attr]

    @property
    def highlights(self) -> list[Highlight]:
        return frozen_highlights(self.day.steps) if self.day else []

    @property
    def element_id(self) -> str:
        """Unique among the maps of one page."""
        return f"map-{self.plan.pk.hex[:8]}"

    @property
    def next_time(self) -> str | None:
        """The first of today's times that is not yet covered by a done session."""
        times = self.day.times if self.day else ()
        return times[self.done_today] if self.done_today < len(times) else None


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
    for session in RoutineSession.objects.across_practices().filter(plan__in=sessions, local_day__gte=since):
        sessions[session.plan_id].append(session)
    return [today_of(plan, sessions[plan.pk], at=at) for plan in plans]


def today_of(plan: Plan, sessions: list[RoutineSession], *, at: datetime) -> TodayPlan:
    today = local_today(at, plan.client.time_zone)
    showing = may_show(plan, at=at)
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
    upcoming = next_day(content, today) if day.is_rest_day else None
    return TodayPlan(plan, showing, today, day, upcoming, sessions, week)


