"""The answers before a session: they let it begin as it is, in part, or not at all, and the therapist is told."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clients.assessment import emails
from clients.assessment.assess import Assessment, assess, record
from clients.intake.day_questions import BEFORE, DayQuestions
from clients.intake.day_standing import due_again, is_whole_list_due
from clients.questionnaire.versions import current_questionnaire
from clients.record.day_answers import DayReply, note_rest
from clients.record.models import DayAnswers
from clients.roster.lock import lock_client
from clients.roster.models import Client
from clients.screening.absent_places import places_for
from clients.screening.answers import Answer, AnswerValue
from clients.screening.findings import URGENT, Finding
from clients.screening.graver import graver_of
from clients.screening.watch import Rise
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import User
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.content import StepContent
from routines.plans.day import DayPlan, plan_day
from routines.plans.models import Plan
from routines.plans.waiting import as_opened
from routines.sessions.day_log import day_of_session, kept_day
from routines.sessions.day_notices import tell_of_day
from routines.sessions.models import RoutineSession
from routines.sessions.pause import pause_for_pain
from routines.sessions.take_reply import DayTaken, take_reply
from routines.today.todays_plan import TodaysPlan, judged

CAUSE = "day questions"


def is_answered(session: RoutineSession) -> bool:
    return "day" in session.log


def needs_day_answers(session: RoutineSession) -> bool:
    """Whether the day's questions come before the routine; a set of rules may have none."""
    if is_answered(session):
        return False
    _version, questionnaire = current_questionnaire(session.plan.client.practice)
    return bool(questionnaire.questions_at(BEFORE))


def day_questions(session: RoutineSession, *, at: datetime) -> DayQuestions:
    """The check that stands before this session."""
    return _questions(session.plan.client, plan_day(session.version.content, session.local_day).steps, at=at)


def questions_of_day(plan: Plan, *, at: datetime) -> DayQuestions:
    """The same check without a session."""
    version, today = plan.current_version, local_today(at, plan.client.time_zone)
    return _questions(plan.client, plan_day(version.content, today).steps if version else (), at=at)


def _questions(client: Client, steps: Collection[StepContent], *, at: datetime) -> DayQuestions:
    assessment, today = assess(client, at=at), local_today(at, client.time_zone)
    questionnaire, answers = assessment.questionnaire, assessment.answers
    kept = DayAnswers.objects.across_practices().filter(client=client)
    gone_through = kept.values_list("whole_list_on", flat=True).first()
    due = due_again(questionnaire, answers, regions_worked(steps, current_catalog()), today)
    return DayQuestions(
        questionnaire,
        answers,
        today,
        places_for(client.absent_sites),
        is_whole_list=is_whole_list_due(questionnaire, gone_through, today),
        due=due | assessment.lapsed,
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
    """Keep the answers, screen with them, and let the session go on, in whole or in part, or block it.

    INCOMPLETE, REFER and STOP block, and so do pain that rose and whatever has to wait. The therapist is told of
    whatever is changed or blocked, and what the answers say stays in force until newer ones lift it. The same reply
    sent again changes nothing; a different one, from another device, only ever takes more away, and is followed too
    where the first has blocked the session.
    """
    client = lock_client(session.plan.client_id)
    locked = _locked(session, client)
    is_blocked = locked.state == RoutineSession.State.BLOCKED and is_answered(locked)
    if locked.state != RoutineSession.State.BEGUN and not is_blocked:
        return locked
    if is_answered(locked):
        first = locked.log["day_answers"]
        if all(first.get(slug) == value for slug, value in reply.values.items()):
            return locked
        joined = _stricter_of(locked, reply, at)
        if dict(joined.values) == first:
            _keep_milder(locked, reply)
            return locked
        reply = joined
    catalog = current_catalog()
    taken = take_reply(client, reply, at=at)
    day = _released_day(locked) if is_blocked else day_of_session(locked, catalog)
    today = judged(day, taken.assessment, catalog, time_zone=client.time_zone)
    if is_blocked and not today.rests and not taken.pauses:
        return locked  # it stays as it is
    _note(locked, taken, today, by=by, at=at)
    follow_reply(taken, today, plan=locked.plan, session=locked, local_day=locked.local_day, by=by, at=at)
    return locked


def _keep_milder(session: RoutineSession, reply: DayReply) -> None:
    """A reply that takes nothing more away is kept beside the one that counts, once."""
    others = session.log.get("earlier_answers", [])
    if dict(reply.values) not in others:
        session.log = {**session.log, "earlier_answers": [*others, dict(reply.values)]}
        session.save(update_fields=["log"])


def _released_day(session: RoutineSession) -> DayPlan:
    return plan_day(as_opened(session.version.content, session.plan.opened), session.local_day)


def follow_reply(
    taken: DayTaken,
    today: TodaysPlan,
    *,
    plan: Plan,
    session: RoutineSession | None,
    local_day: date,
    by: User,
    at: datetime,
) -> None:
    """What a reply brings about: its screening in the history, paused plans, and the therapist told once."""
    client, assessment = plan.client, taken.assessment
    note_rest(client, today.until if today.rests else None)
    is_told = False
    if _is_news(client, taken, today) and not _is_told_already(client, taken):
        kept = record(assessment, cause=CAUSE, at=at, by=by)
        is_told = assessment.screening.is_urgent  # which the screening has told of already
        if today.rests and not is_told:
            emails.needs_attention(client, about=str(kept.pk), at=at)
            is_told = True
    if taken.pauses:
        pause_for_pain(client, taken.pauses, local_day=local_day, by=by, at=at)
    tell_of_day(taken, today, plan=plan, session=session, local_day=local_day, by=by, at=at, is_told=is_told)


def _locked(session: RoutineSession, client: Client) -> RoutineSession:
    rows = RoutineSession.objects.across_practices().select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("plan", "version").get(pk=session.pk)
    locked.plan.client = client
    return locked


def _stricter_of(session: RoutineSession, reply: DayReply, at: datetime) -> DayReply:
    """The second reply, with what the first said behind each of its findings: of two that differ, both count where
    both can be true, else the graver."""
    first: Mapping[str, AnswerValue] = session.log["day_answers"]
    client = session.plan.client
    today = local_today(at, client.time_zone)
    given = {slug: Answer(value, today) for slug, value in first.items()}
    judged_first = assess(client, at=at, given=given, moment=BEFORE)
    known = judged_first.questionnaire.question_by_slug
    acting = {slug for finding in judged_first.screening.findings for slug in finding.questions if slug in first}
    behind = {slug: graver_of(known[slug], first[slug], reply.values.get(slug, first[slug])) for slug in acting}
    values = {**first, **reply.values, **behind}
    return replace(reply, values=values, shown=reply.shown | set(session.log["shown"]))


def _is_told_already(client: Client, taken: DayTaken) -> bool:
    """Whether the history of this day ends with the same urgent findings: told once more, they are no news.

    Not where anything came between, such as newer signed answers by which the therapist gave a routine back.
    """
    screening = taken.assessment.screening
    last = client.screenings.first() if screening.is_urgent else None
    if last is None or (last.cause, last.for_day) != (CAUSE, screening.today):
        return False
    return {finding["rule"] for finding in last.findings} == {finding.rule for finding in screening.findings}


def _is_news(client: Client, taken: DayTaken, today: TodaysPlan) -> bool:
    """Whether the day is worth a line of history: a healthy one on an unchanged plan is not, each morning, nor is what
    ends by itself."""
    assessment, values = taken.assessment, taken.reply.values
    found = assessment.screening.findings
    lasting = [finding for finding in found if not _ends_by_itself(assessment, finding)]
    if len(lasting) < len(found):
        return any(finding.outcome in ("STOP", "REFER", "INCOMPLETE") for finding in lasting)
    if today.is_changed or any(not values.keys().isdisjoint(finding.questions) for finding in lasting):
        return True
    last = client.screenings.values_list("overall", flat=True).first()
    return assessment.screening.overall != last


def _ends_by_itself(assessment: Assessment, finding: Finding) -> bool:
    """A fever alone does; one with a wound has to be looked at, whenever the fever is over."""
    if finding.urgency in URGENT or finding.outcome == "REFER":
        return False
    return not assessment.lapses_at.keys().isdisjoint(finding.questions)


def _note(session: RoutineSession, taken: DayTaken, today: TodaysPlan, *, by: User, at: datetime) -> None:
    earlier = [*session.log.get("earlier_answers", []), session.log["day_answers"]] if is_answered(session) else []
    session.log = {
        **session.log,
        "earlier_answers": earlier,
        "day_answers": dict(taken.reply.values),
        "shown": sorted(taken.reply.shown),
        "day": kept_day(today, taken.assessment, messages=block_words(taken, today)),
    }
    fields = ["log"]
    if today.rests or taken.pauses:
        session.state, session.ended_at = RoutineSession.State.BLOCKED, at
        fields += ["state", "ended_at"]
    session.save(update_fields=fields)
    if session.state == RoutineSession.State.BLOCKED:
        client = session.plan.client
        audit.record(by, "session.blocked", session, practice=client.practice, client_ref=client.pk)


def block_words(taken: DayTaken, today: TodaysPlan) -> tuple[str, ...]:
    """What the client is told where the day's answers block a session."""
    return (*(_words_for_pain(rise) for rise in taken.pauses), *today.messages)


def _words_for_pain(rise: Rise) -> str:
    return _(
        "Your pain is %(now)d of 10; last time it was %(before)d. Please leave your feet alone today. Your therapist "
        "has been told."
    ) % {"now": rise.now, "before": rise.before}


def blocked_messages(session: RoutineSession) -> list[str]:
    """What the client is told to do, in the words of the rules; never empty."""
    day = session.log.get("day")
    return (day["messages"] if day else []) or [
        _("With today's answers nothing of this routine is left to do. Please rest, and talk to your therapist.")
    ]
