"""What is about now ends by itself, on the client's own clocks; what is more than that does not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clients.screening.answers import Answer
from clients.screening.entries import Lapse
from clients.screening.lapses import lapses_at, lapsing
from tests.screening.examples import questionnaire

GIVEN = datetime(2026, 3, 16, 20, 30, tzinfo=UTC)
DAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("lapse", "zone", "ends"),
    [
        (Lapse(hours=2), "Europe/London", datetime(2026, 3, 16, 22, 30, tzinfo=UTC)),
        (Lapse(days=1), "Europe/London", datetime(2026, 3, 17, 0, 0, tzinfo=UTC)),
        (Lapse(days=3), "Europe/London", datetime(2026, 3, 19, 0, 0, tzinfo=UTC)),
        (Lapse(days=1), "Pacific/Auckland", datetime(2026, 3, 17, 11, 0, tzinfo=UTC)),  # the 17th there already
        (Lapse(days=1), "America/Los_Angeles", datetime(2026, 3, 17, 7, 0, tzinfo=UTC)),
    ],
)
def test_hours_count_from_the_answer_and_days_end_at_midnight_where_the_client_is(
    lapse: Lapse, zone: str, ends: datetime
) -> None:
    assert lapses_at(lapse, GIVEN, zone) == ends


def test_a_day_is_a_day_of_the_calendar_when_the_clocks_change() -> None:
    given = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)  # the eve of the last Sunday in March
    assert lapses_at(Lapse(days=2), given, "Europe/London") == datetime(2026, 3, 29, 23, 0, tzinfo=UTC)


def told(**values: str | None) -> dict[str, datetime]:
    answers = {slug.replace("_", "-"): Answer(value, DAY) for slug, value in values.items()}
    return lapsing(questionnaire(), answers, lambda slug: GIVEN, "Europe/London")


def test_only_what_says_more_than_no_lapses() -> None:
    assert told(alcohol_drugs="no", exhausted_today=None) == {}
    assert set(told(alcohol_drugs="yes", exhausted_today="not_sure")) == {"alcohol-drugs", "exhausted-today"}


def test_what_is_more_than_about_now_never_lapses() -> None:
    assert told(chest_breathing="yes", leg_swelling="yes") == {}


def test_an_answer_of_which_nobody_knows_when_it_was_given_does_not_lapse() -> None:
    answers = {"alcohol-drugs": Answer("yes", DAY)}
    assert lapsing(questionnaire(), answers, lambda slug: None, "Europe/London") == {}


def test_each_answer_lapses_by_its_own_question() -> None:
    found = told(heavy_meal="yes", fever_unwell="yes", alcohol_drugs="yes")
    assert found["heavy-meal"] == GIVEN + timedelta(hours=2)
    assert found["alcohol-drugs"] < found["fever-unwell"]
