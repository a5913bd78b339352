"""The last screenings that stop, refer or leave something open, as things to see to."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import cast

from clients.follow_up.models import FollowUp
from clients.record.models import ScreeningRecord
from clients.screening.entries import Outcome
from clients.screening.outcome_words import OUTCOME_NAMES
from routines.notices.matters import ANSWERS_SHOWN, Matter
from routines.notices.models import NoticeAnswer


def matter_of_screening(record: ScreeningRecord, last: Mapping[uuid.UUID, FollowUp]) -> Matter:
    """Opens the findings of one record; `record` has what `with_follow_ups` adds."""
    answers = answers_behind(record)
    return Matter(
        key=record.pk,
        client=record.client,
        source="screening",
        kind=record.overall,
        label=str(OUTCOME_NAMES[cast("Outcome", record.overall)]),
        at=record.made_at,
        urgency=record.urgency,
        answers=tuple(answers[:ANSWERS_SHOWN]),
        more_answers=max(0, len(answers) - ANSWERS_SHOWN),
        is_unsigned=record.cause == "red flag",
        last=last.get(record.pk),
        is_resting=record.is_resting,  # type: ignore[attr-defined]
        rests_until=record.rests_until,  # type: ignore[attr-defined]
    )


def answers_behind(record: ScreeningRecord) -> list[NoticeAnswer]:
    """The answers that made the outcome, the most urgent finding's first, each once."""
    made = [finding for finding in record.findings if finding["outcome"] == record.overall]
    made.sort(key=lambda finding: finding["urgency"] != record.urgency)
    told = [(answer["question"], answer["answer"]) for finding in made for answer in finding["answers"]]
    return [{"question": question, "answer": answer} for question, answer in dict.fromkeys(told)]
