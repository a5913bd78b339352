"""A session's day in the form in which its log keeps it, and the routine that it stands for."""

from dataclasses import replace

from clients.assessment.assess import Assessment
from routines.catalog.types import Catalog
from routines.plans.content import StepContent
from routines.plans.day import DayPlan, plan_day
from routines.plans.freeze import step_content
from routines.plans.waiting import as_opened
from routines.sessions.models import RoutineSession
from routines.sessions.session_log import DayLog, KeptStep
from routines.today.day_verdict import at_pressure
from routines.today.todays_plan import TodaysPlan, judged


def kept_day(today: TodaysPlan, assessment: Assessment, *, messages: tuple[str, ...]) -> DayLog:
    """What the log keeps of the day's answers. `messages` are for the client, where the session is blocked."""
    screening = assessment.screening
    return {
        "overall": screening.overall,
        "urgency": screening.urgency or "",
        "rules": [finding.rule for finding in screening.findings],
        "changes": [
            {
                "n": change.n,
                "place": change.place,
                "side": change.side,
                "state": change.state,
                "rules": list(change.rules),
            }
            for change in today.changes
        ],
        "messages": list(messages),
        "steps": [_kept_step(step) for step in today.verdict.steps],
        "reasons": [{"question": reason.question, "answer": reason.answer} for reason in today.reasons],
        "until": today.until.isoformat() if today.until else "",
    }


def _kept_step(step: StepContent) -> KeptStep:
    kept: KeptStep = {"id": step.id, "side": step.side, "pressure": step.pressure, "seconds": step.seconds}
    if step.is_offer:
        kept["offer"] = {"number": step.number, "zone": step.zone, "technique": step.technique, "tool": step.tool}
    return kept


def day_of_session(session: RoutineSession, catalog: Catalog) -> DayPlan:
    """The session's day, with its steps as the day's answers left them."""
    day = plan_day(as_opened(session.version.content, session.plan.opened), session.local_day)
    if "day" not in session.log or day.phase is None:
        return day
    by_id = {step.id: step for step in day.steps}
    steps = [_step(kept, by_id, catalog) for kept in session.log["day"]["steps"]]
    return replace(day, phase=replace(day.phase, steps=tuple(steps)))


def _step(kept: KeptStep, by_id: dict[str, StepContent], catalog: Catalog) -> StepContent:
    if "offer" in kept:
        offer = kept["offer"]
        return step_content(
            offer["number"],
            kept["id"],
            catalog,
            zone=offer["zone"],
            technique=offer["technique"],
            side=kept["side"],
            pressure=kept["pressure"],
            seconds=kept["seconds"],
            tool=offer["tool"],
        )
    step = replace(by_id[kept["id"]], side=kept["side"], seconds=kept["seconds"])
    return step if step.pressure == kept["pressure"] else at_pressure(step, kept["pressure"], catalog)


def session_now(session: RoutineSession, assessment: Assessment, catalog: Catalog) -> TodaysPlan:
    """The session's routine under what is known of the client now: what came after its answers only takes away."""
    return judged(day_of_session(session, catalog), assessment, catalog, time_zone=session.plan.client.time_zone)
