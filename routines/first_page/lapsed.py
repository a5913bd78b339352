"""Stops of a day that have ended by themselves: a glass of wine, a heavy meal."""

from datetime import datetime, timedelta

from clients.record.models import ScreeningRecord
from clients.screening.entries import Lapse
from clients.screening.questionnaire import Questionnaire
from clients.screening.stored_findings import StoredFinding
from practice.core.clock import local_today

CAUSE = "day questions"


def may_lapse(record: ScreeningRecord) -> bool:
    """Whether it rests on answers before a session and is not urgent."""
    return record.cause == CAUSE and record.overall == "STOP" and record.urgency == "defer"


def has_lapsed(record: ScreeningRecord, questionnaire: Questionnaire, *, at: datetime) -> bool:
    """Whether every stop in it rests on an answer that counts no more at `at`."""
    stops = [finding for finding in record.findings if finding["outcome"] == "STOP"]
    return may_lapse(record) and all(_is_over(finding, record, questionnaire, at) for finding in stops)


def _is_over(finding: StoredFinding, record: ScreeningRecord, questionnaire: Questionnaire, at: datetime) -> bool:
    questions = (questionnaire.question_by_slug.get(answer["slug"]) for answer in finding["answers"])
    lapses = [question.lapses for question in questions if question and question.lapses]
    return any(_ended(lapse, record.made_at, record.client.time_zone, at) for lapse in lapses)


def _ended(lapse: Lapse, given: datetime, time_zone: str, at: datetime) -> bool:
    if lapse.hours is not None:
        return at >= given + timedelta(hours=lapse.hours)
    days = (local_today(at, time_zone) - local_today(given, time_zone)).days
    return lapse.days is not None and days >= lapse.days
