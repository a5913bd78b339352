"""When an answer about now is no longer about now: a glass of wine, a heavy meal, a fever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from clients.screening.answers import Answer
from clients.screening.entries import Lapse
from clients.screening.questionnaire import Questionnaire
from practice.core.clock import local_today

#: What such an answer becomes once it lapsed. The question is asked again before the next session.
LAPSED = "no"
_NOTHING = (None, LAPSED)


def lapses_at(lapse: Lapse, given_at: datetime, time_zone: str) -> datetime:
    """The instant from which an answer given at `given_at` counts no more; days end at midnight of `time_zone`."""
    if lapse.hours is not None:
        return given_at + timedelta(hours=lapse.hours)
    day = local_today(given_at, time_zone) + timedelta(days=lapse.days or 0)
    return datetime.combine(day, time.min, ZoneInfo(time_zone))


def lapsing(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    given_at: Callable[[str], datetime | None],
    time_zone: str,
) -> dict[str, datetime]:
    """Question -> when its answer lapses, of those answers that say more than “no”. Pure.

    `given_at`: the instant of a question's answer; one without does not lapse.
    """
    found = {}
    for question in questionnaire.lapsing_questions:
        answer = answers.get(question.slug)
        if answer is None or answer.value in _NOTHING or question.lapses is None:
            continue
        given = given_at(question.slug)
        if given is not None:
            found[question.slug] = lapses_at(question.lapses, given, time_zone)
    return found
