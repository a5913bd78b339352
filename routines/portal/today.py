"""What a client sees today: each running plan's day, what was done, and why a plan may not be shown."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import transaction

from clients.assessment.assess import Assessment, assess, assess_many
from clients.roster.models import Client
from practice.audit import audit
from practice.audit.models import AuditEntry
from practice.core.clock import local_today
from practice.tenancy.models import User
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.footmap.draw import Highlight
from routines.plans.content import PhaseContent
from routines.plans.day import DayPlan, next_day, plan_day
from routines.plans.highlights import massaged_places
from routines.plans.models import Plan
from routines.plans.visibility import Visibility
from routines.rechecking.recheck import checked_visibility
from routines.sessions.log import is_left_over
from routines.sessions.models import RoutineSession
from routines.sessions.pause import CHANGED
from routines.today.back import back_words
from routines.today.next_part import ask_for_look, next_part
from routines.today.todays_plan import TodaysPlan, judged, todays_plan

WEEK = 7
#: Causes of a pause that newer answers of the client can settle; the therapist gives the routine back.
ANSWERABLE = frozenset({"day questions", "intake", "red flag", "rules", "time"})


@dataclass(frozen=True)
class WeekDay:
    day: date
    is_today: bool
    is_rest: bool
    is_done: bool


@dataclass(frozen=True)
class PhaseView:
    """One phase of a plan with the calendar days that it covers: `last` is None for an open end, and both while it
    waits to be opened, or follows one that does.
    """

    phase: PhaseContent
    first: date | None
    last: date | None
    is_now: bool
    element_id: str

    @property
    def highlights(self) -> list[Highlight]:
        return massaged_places(self.phase.steps)


@dataclass
class TodayPlan:
    """One plan on the client's own day. `day` is None when the plan may not be shown."""

    plan: Plan
    visibility: Visibility
    today: date
    day: DayPlan | None
    upcoming: DayPlan | None
    sessions: list[RoutineSession]
    week: list[WeekDay]
    #: The day under today's answers, from which `day` is drawn; None like it.
    now: TodaysPlan | None = None
    #: When a routine that rests for now is here again, in words; "" for one that does not rest by itself.
    back: str = ""
    catalog: Catalog | None = None
    #: The part whose first day has come and that waits to be opened.
    next_part: PhaseContent | None = None
    #: Whether the part that the client is in has done its work, and the therapist was told.
    is_over: bool = False
    #: The session that was begun and may be gone on with.
    open_session: RoutineSession | None = None
    assessment: Assessment | None = None

    @property
    def title(self) -> str:
        """The title as released; a draft's new one is not for the client yet."""
        return self.plan.current_version.content.title if self.plan.current_version else ""

    @property
    def done_today(self) -> int:
        return sum(session.local_day == self.today and session.state == "done" for session in self.sessions)

    @property
    def blocked_session(self) -> RoutineSession | None:
        """The last session, if the answers of its day forbade it: its page says what to do."""
        last = max(self.sessions, key=lambda session: session.begun_at, default=None)
        return last if last and last.state == "blocked" else None

    @property
    def rests_by(self) -> str:
        """What paused the routine, as far as its client can do something about it; else ""."""
        why = self.plan.state_reason if self.plan.state == Plan.State.SUSPENDED else None
        return why["cause"] if why and why["cause"] in ANSWERABLE else ""

    @property
    def hold(self) -> str:
        """What a day of the client's paused the routine by: "hurt", "changed" or "pain"; else ""."""
        return self.plan.state_reason["cause"] if self.plan.hold and self.plan.state_reason else ""

    @property
    def may_check(self) -> bool:
        """Whether the questions may end the pause today; what hurt rests for the rest of its day."""
        hold = self.plan.hold
        return bool(hold and (self.hold == CHANGED or self.today.isoformat() > hold["on"]))

    @property
    def is_complete(self) -> bool:
        return bool(self.day and self.day.times and self.done_today >= len(self.day.times))

    @property
    def highlights(self) -> list[Highlight]:
        return massaged_places(self.day.steps) if self.day else []

    @property
    def element_id(self) -> str:
        """An id that is unique among the maps of one page."""
        return f"map-{self.plan.pk.hex[:8]}"

    @property
    def is_before_start(self) -> bool:
        return bool(self.day and self.day.number < 1)

    def _as_it_may_be_done(self, phase: PhaseContent) -> PhaseContent:
        """Also of a phase to come: what today's answers forbid is prescribed nowhere meanwhile."""
        if self.now is None or self.assessment is None or self.catalog is None:
            return phase
        day = replace(self.now.released, phase=phase)
        shown = judged(day, self.assessment, self.catalog, time_zone=self.plan.client.time_zone)
        return shown.day.phase or phase

    @cached_property
    def phases(self) -> list[PhaseView]:
        if self.day is None or self.plan.current_version is None:
            return []
        released = self.plan.current_version.content
        shown = self.plan.content_now
        at = shown.phases.index(self.now.released.phase) if self.now and self.now.released.phase else None
        views = []
        for place, phase in enumerate(released.phases):
            part = shown.phases[place] if place < len(shown.phases) else None
            is_now = place == at and self.day.phase is not None
            views.append(
                PhaseView(
                    self._as_it_may_be_done(phase),
                    shown.date_of(part.from_day) if part else None,
                    shown.date_of(part.to_day) if part and part.to_day else None,
                    is_now,
                    f"{self.element_id}-{place + 1}",
                )
            )
        return views


def own_plans(user: User) -> list[Plan]:
    """A person's released plans, newest first; no drafts and no ended ones."""
    shown = (Plan.State.PUBLISHED, Plan.State.SUSPENDED)
    found = Plan.objects.of_user(user).filter(state__in=shown)
    return list(found.select_related("client__practice", "current_version").order_by("-current_version__published_at"))


def todays_plans(user: User, *, at: datetime) -> list[TodayPlan]:
    """A person's plans of today: two queries, and those of assessing the person, whatever the number of plans."""
    plans = own_plans(user)
    catalog = current_catalog() if plans else None
    since = at.date() - timedelta(days=WEEK + 1)
    sessions: dict[object, list[RoutineSession]] = {plan.pk: [] for plan in plans}
    for session in RoutineSession.objects.across_practices().filter(plan__in=plans, local_day__gte=since):
        sessions[session.plan_id].append(session)
    shown = [(plan, checked_visibility(plan, at=at)) for plan in plans]
    known = _assessed([plan.client for plan, visibility in shown if visibility], at)
    return [
        _today_of(plan, visibility, known.get(plan.client_id), sessions[plan.pk], catalog, at=at)
        for plan, visibility in shown
    ]


def _assessed(clients: list[Client], at: datetime) -> Mapping[uuid.UUID, Assessment]:
    """The person in each practice; most are with one."""
    by_key = {client.pk: client for client in clients}
    if len(by_key) > 1:
        return assess_many(list(by_key.values()), at=at)
    return {key: assess(client, at=at) for key, client in by_key.items()}


def _today_of(
    plan: Plan,
    visibility: Visibility,
    assessment: Assessment | None,
    sessions: list[RoutineSession],
    catalog: Catalog | None,
    *,
    at: datetime,
) -> TodayPlan:
    today = local_today(at, plan.client.time_zone)
    if not visibility or plan.current_version is None or assessment is None or catalog is None:
        return TodayPlan(plan, visibility, today, None, None, sessions, [], catalog=catalog)
    content = plan.content_now
    now = todays_plan(content, assessment, catalog, today, time_zone=plan.client.time_zone)
    day = now.day
    done = {session.local_day for session in sessions if session.state == "done"}
    monday = today - timedelta(days=today.isoweekday() - 1)
    week = [
        WeekDay(one, one == today, not plan_day(content, one).times, one in done)
        for one in (monday + timedelta(days=offset) for offset in range(WEEK))
    ]
    upcoming = next_day(content, today, within=366) if day.is_rest_day else None
    back = back_words(plan, now, at=at) if now.rests and now.until else ""
    return TodayPlan(
        plan,
        visibility,
        today,
        day,
        upcoming,
        sessions,
        week,
        now,
        back,
        catalog,
        next_part(plan, today),
        _is_over(now, assessment),
        None if now.rests else _open_session(plan, sessions, today, at),
        assessment=assessment,
    )


def _open_session(plan: Plan, sessions: list[RoutineSession], today: date, at: datetime) -> RoutineSession | None:
    now = (today, plan.current_version_id)
    begun = (each for each in sessions if each.state == "begun" and (each.local_day, each.version_id) == now)
    return next((session for session in begun if not is_left_over(session, at)), None)


def _is_over(now: TodaysPlan, assessment: Assessment) -> bool:
    rule = now.released.phase.ends_with_rule if now.released.phase else ""
    return bool(rule) and rule not in {finding.rule for finding in assessment.screening.findings}


def note_opened(plans: list[TodayPlan], *, by: User, at: datetime) -> None:
    """Add one audit line a day for each plan that the client opened, however often the page is loaded."""
    shown = [today.plan for today in plans if today.visibility]
    if not shown:
        return
    for today in plans:
        if today.next_part and today.next_part.waits_for == "therapist":
            ask_for_look(today.plan, today.next_part, by=by, at=at)
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
