"""Stops of a day that have ended by themselves: a glass of wine, a heavy meal."""

from datetime import datetime

from clients.record.models import ScreeningRecord
from clients.screening.lapses import lapses_at
from clients.screening.questionnaire import Questionnaire
from clients.screening.stored_findings import StoredFinding

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
    return any(lapses_at(lapse, record.made_at, record.client.time_zone) <= at for lapse in lapses)
