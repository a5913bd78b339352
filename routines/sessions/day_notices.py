"""What the therapist is told of a day: each change, once, and what cannot wait by e-mail too."""

from datetime import date, datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from clients.screening.answer_text import answer_label
from clients.screening.conditions import comparisons_in
from practice.tenancy.models import User
from routines.notices.models import Notice, NoticeContent
from routines.notices.tell import tell_therapist
from routines.plans.models import Plan
from routines.sessions.models import RoutineSession
from routines.sessions.take_reply import DayTaken
from routines.today.change_words import change_words
from routines.today.todays_plan import TodaysPlan


def tell_of_day(
    taken: DayTaken,
    today: TodaysPlan,
    *,
    plan: Plan,
    session: RoutineSession | None,
    local_day: date,
    by: User,
    at: datetime,
    is_told: bool,
) -> None:
    """A notice for pain that rose, and one for a day on which the routine rests or is done in part.

    `is_told`: whether the therapist has had an e-mail about these answers already.
    """
    _tell_of_end(taken, today, plan=plan, local_day=local_day, by=by, at=at)
    known = taken.assessment.questionnaire
    session_id = session.pk if session else None
    if taken.rises:
        content: NoticeContent = {
            "answers": [
                {
                    "question": known.question_by_slug[rise.question].question,
                    "answer": _("%(now)d of 10, last time %(before)d") % {"now": rise.now, "before": rise.before},
                }
                for rise in taken.rises
            ]
        }
        tell_therapist(
            plan,
            kind=Notice.Kind.PAIN_ROSE,
            about=session_id or f"{local_day}:{max(rise.now for rise in taken.rises)}",
            local_day=local_day,
            content=content,
            session_id=session_id,
            by=by,
            at=at,
            at_once=not is_told,
        )
        is_told = True
    if not today.is_changed or taken.assessment.screening.is_urgent:
        return
    marked = any(known.rule_by_slug[rule].tell_at_once for rule in _rules(today, taken) if rule in known.rule_by_slug)
    tell_therapist(
        plan,
        kind=Notice.Kind.BLOCKED if today.rests else Notice.Kind.REDUCED,
        about=f"{local_day}:{_digest(today, taken)}",
        local_day=local_day,
        content={
            "answers": [{"question": reason.question, "answer": reason.answer} for reason in today.reasons],
            "changes": change_words(today),
        },
        session_id=session_id,
        by=by,
        at=at,
        at_once=marked and not is_told,
    )


def _tell_of_end(taken: DayTaken, today: TodaysPlan, *, plan: Plan, local_day: date, by: User, at: datetime) -> None:
    """That a part has done its work: the rule with which it ends no longer fires on answers of today."""
    phase, screening = today.released.phase, taken.assessment.screening
    if phase is None or not phase.ends_with_rule or not screening.may_release:
        return
    rule = taken.assessment.questionnaire.rule_by_slug.get(phase.ends_with_rule)
    if rule is None or any(finding.rule == rule.slug for finding in screening.findings):
        return
    asked = {test.question for test in comparisons_in(rule.when)}
    known = taken.assessment.questionnaire.question_by_slug
    told = [slug for slug in known if slug in asked and slug in taken.reply.shown]
    tell_therapist(
        plan,
        kind=Notice.Kind.PHASE_OVER,
        about=phase.id,
        local_day=local_day,
        content={
            "answers": [
                {"question": known[slug].question, "answer": answer_label(known[slug], taken.reply.values[slug])}
                for slug in told
            ],
            "then_protocol": phase.then_protocol,
        },
        by=by,
        at=at,
    )


def _rules(today: TodaysPlan, taken: DayTaken) -> frozenset[str]:
    if today.rests:
        return frozenset(finding.rule for finding in taken.assessment.screening.findings)
    return today.rules


def _digest(today: TodaysPlan, taken: DayTaken) -> str:
    """Stands for what changed a day, so that another change of the same day is told too."""
    reasons = sorted(_rules(today, taken)), change_words(today)
    return sha256(repr(reasons).encode()).hexdigest()[:12]
