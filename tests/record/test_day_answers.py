"""Answers before a session count until newer ones are signed, on the client's own days."""

from datetime import UTC, datetime, timedelta

import pytest

from clients.record.day_answers import day_answers_over
from clients.record.models import DayAnswers, Intake
from clients.screening.answers import Answer
from tests.factories.people import NOON

SIGNED = Intake(submitted_at=NOON)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def kept(given_at: datetime, **days: str) -> DayAnswers:
    answers = {slug.replace("_", "-"): {"value": "yes", "on": on} for slug, on in days.items()}
    return DayAnswers(answers=answers, given_at=given_at)


def over(row: DayAnswers | None, signed: Intake | None = SIGNED, zone: str = "Europe/London") -> dict[str, Answer]:
    return dict(day_answers_over(row, signed, zone).answers)


def test_what_was_said_after_signing_counts_from_its_own_day() -> None:
    assert over(kept(NOON + 2 * DAY, fever_unwell="2026-03-17", heavy_meal="2026-03-18")) == {
        "fever-unwell": Answer("yes", (NOON + DAY).date()),
        "heavy-meal": Answer("yes", (NOON + 2 * DAY).date()),
    }


@pytest.mark.parametrize(("given_at", "counts"), [(NOON - HOUR, False), (NOON, True), (NOON + HOUR, True)])
def test_on_the_day_of_signing_the_hour_decides(given_at: datetime, counts: bool) -> None:
    assert bool(over(kept(given_at, fever_unwell="2026-03-16"))) is counts


def test_an_older_answer_is_not_carried_over_by_a_newer_one() -> None:
    assert set(over(kept(NOON + DAY, fever_unwell="2026-03-15", heavy_meal="2026-03-17"))) == {"heavy-meal"}


def test_in_the_evening_west_of_greenwich_it_is_still_the_day_of_signing() -> None:
    signed = Intake(submitted_at=datetime(2026, 3, 17, 0, 30, tzinfo=UTC))  # 17:30 on the 16th in Los Angeles
    row = kept(datetime(2026, 3, 17, 1, 0, tzinfo=UTC), fever_unwell="2026-03-16")
    assert set(over(row, signed, "America/Los_Angeles")) == {"fever-unwell"}


def test_nothing_counts_where_nothing_was_signed_or_said() -> None:
    row = kept(NOON, fever_unwell="2026-03-16")
    assert over(None) == over(row, None) == over(row, Intake(submitted_at=None)) == {}


def test_each_answer_has_its_instant_which_is_when_all_were_given_where_none_was_kept() -> None:
    row = kept(NOON + DAY, fever_unwell="2026-03-16", heavy_meal="2026-03-17")
    row.answers["fever-unwell"]["at"] = (NOON + HOUR).isoformat()
    found = day_answers_over(row, SIGNED, "Europe/London").given_at
    assert found == {"fever-unwell": NOON + HOUR, "heavy-meal": NOON + DAY}
