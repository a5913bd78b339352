"""One local day of a released plan, under what is known of its client now; every channel draws a day from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from hashlib import sha256
from zoneinfo import ZoneInfo

from clients.assessment.assess import Assessment, assess
from clients.screening.answer_text import answer_label
from clients.screening.findings import URGENT, Finding
from practice.core.clock import local_today
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.content import PlanContent, StepContent
from routines.plans.day import DayPlan, plan_day
from routines.plans.models import Plan
from routines.today.day_verdict import DayChange, DayVerdict, judge_day


@dataclass(frozen=True)
class Reason:
    """A question and the client's answer behind a change, both in words."""

    question: str
    answer: str


@dataclass(frozen=True)
class TodaysPlan:
    """A day of a released plan as it may be done: `day` has the steps that are left and those that are added.

    `until` is the instant from which the change ends by itself; None means until the client's answers change.
    """

    released: DayPlan
    day: DayPlan
    verdict: DayVerdict
    reasons: tuple[Reason, ...] = ()
    messages: tuple[str, ...] = ()
    until: datetime | None = None
    #: What the rules say to the client beside the routine, such as that an adult stays in the room.
    notes: tuple[str, ...] = ()

    @property
    def rests(self) -> bool:
        """Whether nothing of the routine may be done now."""
        return not self.verdict.may_begin

    @property
    def is_changed(self) -> bool:
        return self.rests or self.verdict.is_changed

    @property
    def etag(self) -> str:
        """A digest of the steps that are left, to see whether they are still those that somebody is shown."""
        steps = [(step.id, step.side, step.pressure, step.seconds) for step in self.day.steps]
        return sha256(repr(steps).encode()).hexdigest()[:16]

    @property
    def changes(self) -> tuple[DayChange, ...]:
        return self.verdict.changes

    @property
    def rules(self) -> frozenset[str]:
        """Those behind the changes and the offers."""
        return self.verdict.acting

    @property
    def added(self) -> tuple[StepContent, ...]:
        return self.verdict.added


def read_todays_plan(plan: Plan, *, at: datetime) -> TodaysPlan:
    """Today of a plan that may be shown; ask `checked_visibility` first."""
    client = plan.client
    day = local_today(at, client.time_zone)
    return todays_plan(plan.content_now, assess(client, at=at), current_catalog(), day, time_zone=client.time_zone)


def todays_plan(
    content: PlanContent, assessment: Assessment, catalog: Catalog, day: date, *, time_zone: str
) -> TodaysPlan:
    """The plan's day under the client's assessment. Pure."""
    return judged(plan_day(content, day), assessment, catalog, time_zone=time_zone)


def judged(day: DayPlan, assessment: Assessment, catalog: Catalog, *, time_zone: str) -> TodaysPlan:
    """One day under the client's assessment. Never more than `day` holds but for what a rule offers. Pure."""
    waits = _waiting(assessment)
    verdict = DayVerdict((), (), may_begin=False) if waits else judge_day(day.steps, assessment.screening, catalog)
    if verdict.may_begin and not verdict.is_changed:
        return TodaysPlan(day, day, verdict, notes=assessment.screening.client_notes)
    acting = waits or _acting(assessment, verdict)
    shown = replace(day.phase, steps=verdict.steps) if day.phase else None
    messages = dict.fromkeys(finding.client_message for finding in acting if finding.client_message)
    return TodaysPlan(
        released=day,
        day=replace(day, phase=shown),
        verdict=verdict,
        reasons=_reasons(assessment, acting),
        messages=() if verdict.may_begin else tuple(messages),
        until=_ends(assessment, acting, time_zone),
        notes=assessment.screening.client_notes,
    )


def _waiting(assessment: Assessment) -> list[Finding]:
    """The findings on answers of which the questionnaire says that nothing is done until they lapse."""
    known = assessment.questionnaire.question_by_slug
    slugs = {slug for slug in assessment.lapses_at if (lapse := known[slug].lapses) and lapse.blocks_session}
    return [finding for finding in assessment.screening.findings if not slugs.isdisjoint(finding.questions)]


def _acting(assessment: Assessment, verdict: DayVerdict) -> list[Finding]:
    """The findings behind the change: those that block, or whose rules took something away or offered something."""
    screening = assessment.screening
    if not screening.may_release:
        return [finding for finding in screening.findings if finding.outcome == screening.overall]
    return [finding for finding in screening.findings if finding.rule in verdict.acting]


def _reasons(assessment: Assessment, acting: list[Finding]) -> tuple[Reason, ...]:
    known = assessment.questionnaire.question_by_slug
    causes = {cause.question: cause for finding in acting for cause in finding.causes}
    return tuple(Reason(known[slug].question, answer_label(known[slug], cause.given)) for slug, cause in causes.items())


def _ends(assessment: Assessment, acting: list[Finding], time_zone: str) -> datetime | None:
    ends = [_end_of(assessment, finding, time_zone) for finding in acting]
    return max(filter(None, ends)) if ends and all(ends) else None


def _end_of(assessment: Assessment, finding: Finding, time_zone: str) -> datetime | None:
    """When one finding ends by itself: with the first of its answers that lapses, or with the window of its event.
    What has to be looked at first does not.
    """
    if finding.urgency in URGENT or finding.outcome == "REFER":
        return None
    lapsing = [assessment.lapses_at[slug] for slug in finding.questions if slug in assessment.lapses_at]
    if lapsing:
        return min(lapsing)
    rule = assessment.questionnaire.rule_by_slug.get(finding.rule)
    if rule and rule.expires.kind == "event_window" and finding.ask_again_on:
        return datetime.combine(finding.ask_again_on, time.min, ZoneInfo(time_zone))
    return None
