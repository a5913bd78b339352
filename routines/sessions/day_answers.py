"""The answers before a session: they let it begin as it is, in part, or not at all, and the therapist is told."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.assessment import emails
from clients.assessment.assess import assess, record
from clients.intake.day_questions import BEFORE, DayQuestions
from clients.intake.day_standing import due_again, is_whole_list_due
from clients.questionnaire.versions import current_questionnaire
from clients.record.day_answers import DayReply, keep_day_answers
from clients.record.models import DayAnswers
from clients.roster.lock import lock_client
from clients.roster.models import Client
from clients.screening.absent_places import places_for
from clients.screening.answers import Answer
from clients.screening.findings import Screening
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import User
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.content import StepContent
from routines.plans.day import DayPlan, plan_day
from routines.sessions.models import RoutineSession
from routines.sessions.session_log import KeptChange, KeptStep
from routines.today.day_verdict import DayChange, DayVerdict, at_pressure, judge_day

CAUSE = "day questions"


def is_answered(session: RoutineSession) -> bool:
    return "day" in session.log


def day_questions(session: RoutineSession, *, at: datetime) -> DayQuestions:
    """The check that stands before this session today."""
    client = session.plan.client
    assessment = assess(client, at=at)
    today = local_today(at, client.time_zone)
    questionnaire, answers = assessment.questionnaire, assessment.answers
    kept = DayAnswers.objects.across_practices().filter(client=client)
    gone_through = kept.values_list("whole_list_on", flat=True).first()
    steps = plan_day(session.version.content, session.local_day).steps
    return DayQuestions(
        questionnaire,
        answers,
        today,
        places_for(client.absent_sites),
        is_whole_list=is_whole_list_due(questionnaire, gone_through, today),
        due=due_again(questionnaire, answers, regions_worked(steps, current_catalog()), today),
    )


def regions_worked(steps: Collection[StepContent], catalog: Catalog) -> frozenset[str]:
    """Every region that shares a place with a step; all of them where the catalog has lost one."""
    named = {region for step in steps for region in step.regions}
    known = [catalog.leaves_of(region) for region in named if region in catalog.region_by_slug]
    leaves = frozenset().union(*known)
    is_lost = len(known) < len(named)
    return frozenset(r.slug for r in catalog.regions if is_lost or leaves & catalog.leaves_of(r.slug))


@transaction.atomic
def answer_day(session: RoutineSession, reply: DayReply, *, by: User, at: datetime) -> RoutineSession:
    """Keep the answers, screen with them, and let the session go on, in whole or in part, or block it. Once:
    sending the same session's again changes nothing.

    INCOMPLETE, REFER and STOP block. The therapist is told of whatever is changed or blocked, and what the answers
    say stays in force for the plan until newer ones lift it.
    """
    client = lock_client(session.plan.client_id)
    locked = (
        RoutineSession.objects.across_practices()
        .select_for_update(of=("self",), no_key=True)
        .select_related("plan", "version")
        .get(pk=session.pk)
    )
    locked.plan.client = client
    if locked.state != RoutineSession.State.BEGUN or is_answered(locked):
        return locked
    today = local_today(at, client.time_zone)
    values = reply.values
    given = {slug: Answer(value, today) for slug, value in values.items()}
    assessment = assess(client, at=at, given=given, moment=BEFORE)
    screening = assessment.screening
    steps = plan_day(locked.version.content, locked.local_day).steps
    verdict = judge_day(steps, screening, current_catalog())
    _note(locked, values, screening, verdict, by=by, at=at)
    keep_day_answers(client, reply, questionnaire=assessment.questionnaire, today=today, at=at)
    if _is_news(client, values, screening, verdict):
        kept = record(assessment, cause=CAUSE, at=at, by=by)
        if not verdict.may_begin and not screening.is_urgent:  # the screening has told of those already
            emails.needs_attention(client, about=str(kept.pk), at=at)
    return locked


def _is_news(client: Client, values: Mapping[str, Any], screening: Screening, verdict: DayVerdict) -> bool:
    """Whether the day is worth a line of history: a healthy one on an unchanged plan is not, each morning."""
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
            "changes": [_kept_change(change) for change in verdict.changes],
            "messages": list(texts) if not screening.may_release else [],
            "steps": [_kept_step(step) for step in verdict.steps],
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


def _kept_change(change: DayChange) -> KeptChange:
    return {
        "n": change.n,
        "place": change.place,
        "side": change.side,
        "state": change.state,
        "rules": list(change.rules),
    }


def _kept_step(step: StepContent) -> KeptStep:
    return {"id": step.id, "side": step.side, "pressure": step.pressure, "seconds": step.seconds}


def day_of_session(session: RoutineSession, catalog: Catalog) -> DayPlan:
    """The session's day, with its steps as the day's answers allow them."""
    day = plan_day(session.version.content, session.local_day)
    if not is_answered(session) or day.phase is None:
        return day
    by_id = {step.id: step for step in day.steps}
    steps = []
    for kept in session.log["day"]["steps"]:
        step = replace(by_id[kept["id"]], side=kept["side"], seconds=kept["seconds"])
        steps.append(step if step.pressure == kept["pressure"] else at_pressure(step, kept["pressure"], catalog))
    return replace(day, phase=replace(day.phase, steps=tuple(steps)))


def blocked_messages(session: RoutineSession) -> list[str]:
    """What the client is told to do, in the words of the rules; never empty."""
    day = session.log.get("day", {})
    return day.get("messages") or [
        _("With today's answers nothing of this routine is left to do. Please rest, and talk to your therapist.")
    ]


def needs_day_answers(session: RoutineSession) -> bool:
    """Whether the day's questions come before the routine; a set of rules may have none."""
    if is_answered(session):
        return False
    _version, questionnaire = current_questionnaire(session.plan.client.practice)
    return bool(questionnaire.questions_at(BEFORE))
