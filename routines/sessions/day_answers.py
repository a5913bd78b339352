"""The answers before a session: they let it begin as it is, in part, or not at all, and the therapist is told."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.assessment.assess import URGENT, record_screening, stand
from clients.intake.day_questions import BEFORE, DayAsking
from clients.questionnaire.versions import current_questionnaire
from clients.record.day_answers import keep_day_answers, lock_day_answers
from clients.roster import emails
from clients.roster.models import Client
from clients.screening.answers import Answer
from clients.screening.body_places import body_places
from clients.screening.engine import screen
from clients.screening.findings import Screening
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import User
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.day import DayPlan, plan_day
from routines.sessions.day_verdict import DayVerdict, judge_day
from routines.sessions.models import RoutineSession

CAUSE = "day questions"


def is_answered(session: RoutineSession) -> bool:
    return "day" in session.log


def day_asking(session: RoutineSession, *, at: datetime) -> DayAsking:
    client = session.plan.client
    standing = stand(client, at=at)
    return DayAsking(standing.questionnaire, standing.answers, local_today(at, client.time_zone), body_places())


@transaction.atomic
def answer_day(session: RoutineSession, values: Mapping[str, Any], *, by: User, at: datetime) -> RoutineSession:
    """Keep the answers, screen with them in place, and let the session go on, in part, or block it. Once:
    a second send of the same session changes nothing.

    INCOMPLETE, REFER and STOP block. Whatever is changed or blocked is told to the therapist, and what the answers
    say stays in force for the plan until newer ones lift it.
    """
    lock_day_answers(session.plan.client_id)
    locked = (
        RoutineSession.objects.across_practices()
        .select_for_update(of=("self",), no_key=True)
        .select_related("plan__client__practice", "plan__client__therapist", "version")
        .get(pk=session.pk)
    )
    if locked.state != RoutineSession.State.BEGUN or is_answered(locked):
        return locked
    client = locked.plan.client
    today = local_today(at, client.time_zone)
    standing = stand(client, at=at)
    given = {slug: Answer(value, today) for slug, value in values.items()}
    screening = screen(standing.questionnaire, {**standing.answers, **given}, standing.letters, today, moment=BEFORE)
    steps = plan_day(locked.version.content, locked.local_day).steps
    verdict = judge_day(steps, screening, current_catalog())
    _note(locked, values, screening, verdict, by=by, at=at)
    keep_day_answers(client, values, questionnaire=standing.questionnaire, today=today, at=at)
    if _is_news(client, values, screening, verdict):
        record = record_screening(client, cause=CAUSE, at=at, by=by, screening=screening, by_current_rules=True)
        if not verdict.may_begin and screening.urgency not in URGENT:  # of those it has told already
            emails.needs_attention(client, record=record, at=at)
    return locked


def _is_news(client: Client, values: Mapping[str, Any], screening: Screening, verdict: DayVerdict) -> bool:
    """A healthy day on a plan that goes on as it was is not worth a line of history each morning."""
    if not verdict.may_begin or verdict.changes:
        return True
    if any(not values.keys().isdisjoint(finding.questions) for finding in screening.findings):
        return True
    last = client.screenings.values_list("overall", flat=True).first()
    return screening.overall != last


def _note(
    session: RoutineSession,
    values: Mapping[str, Any],
    screening: Screening,
    verdict: DayVerdict,
    *,
    by: User,
    at: datetime,
) -> None:
    stopping = [finding for finding in screening.findings if finding.outcome == screening.overall]
    texts = dict.fromkeys(finding.client_message for finding in stopping if finding.client_message)
    session.log = {
        **session.log,
        "day_answers": dict(values),
        "day": {
            "overall": screening.overall,
            "urgency": screening.urgency or "",
            "rules": [finding.rule for finding in screening.findings],
            "changes": [{**asdict(change), "rules": list(change.rules)} for change in verdict.changes],
            "messages": list(texts) if not screening.may_release else [],
            "steps": [{name: step[name] for name in ("id", "side", "pressure", "seconds")} for step in verdict.steps],
        },
    }
    fields = ["log"]
    if not verdict.may_begin:
        session.state, session.ended_at = RoutineSession.State.BLOCKED, at
        fields += ["state", "ended_at"]
    session.save(update_fields=fields)
    if not verdict.may_begin:
        client = session.plan.client
        audit.record(by, "session.blocked", session, practice=client.practice, client_ref=client.pk)


def day_of_session(session: RoutineSession, catalog: Catalog) -> DayPlan:
    """The session's day, its steps as the day's answers allow them."""
    day = plan_day(session.version.content, session.local_day)
    if not is_answered(session) or day.phase is None:
        return day
    by_id = {step["id"]: step for step in day.steps}
    steps = []
    for kept in session.log["day"]["steps"]:
        step = {**by_id[kept["id"]], **kept}
        if kept["pressure"] != by_id[kept["id"]]["pressure"]:
            level = catalog.level_by_slug[kept["pressure"]]
            step |= {"pressure_name": level.name, "pressure_cue": level.client_cue}
        steps.append(step)
    return replace(day, phase={**day.phase, "steps": steps})


def blocked_messages(session: RoutineSession) -> list[str]:
    """What the client is told to do, in the words of the rules; never an empty list."""
    day = session.log.get("day", {})
    return day.get("messages") or [
        _("With today's answers nothing of this routine is left to do. Please rest, and talk to your therapist.")
    ]


def needs_day_answers(session: RoutineSession) -> bool:
    """Whether the day's questions come before the routine. A rule set may have none."""
    if is_answered(session):
        return False
    _version, questionnaire = current_questionnaire(session.plan.client.practice)
    return bool(questionnaire.questions_at(BEFORE))
