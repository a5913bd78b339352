"""Age on a day, and when it next changes; leap days included."""

from datetime import date

import pytest

from clients.screening.age import age_on, next_birthday, with_age
from clients.screening.answers import Answer

TODAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(2008, 3, 16), TODAY, 18),
        (date(2008, 3, 17), TODAY, 17),
        (date(2008, 2, 29), TODAY, 18),
        (date(2008, 4, 1), TODAY, 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (TODAY, TODAY, 0),
    ],
)
def test_full_years(born: date, today: date, age: int) -> None:
    assert age_on(born, today) == age


@pytest.mark.parametrize(
    ("born", "today", "expected"),
    [
        (date(1990, 3, 17), TODAY, date(2026, 3, 17)),
        (date(1990, 3, 16), TODAY, date(2027, 3, 16)),
        (date(1990, 1, 1), TODAY, date(2027, 1, 1)),
        (date(1990, 12, 31), TODAY, date(2026, 12, 31)),
        (date(1992, 2, 29), date(2026, 2, 28), date(2026, 3, 1)),
        (date(1992, 2, 29), date(2026, 3, 1), date(2027, 3, 1)),
        (date(1992, 2, 29), date(2028, 2, 28), date(2028, 2, 29)),
        (date(1992, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_the_first_day_with_another_age(born: date, today: date, expected: date) -> None:
    assert next_birthday(born, today) == expected
    assert age_on(born, expected) == age_on(born, today) + 1
    assert age_on(born, date.fromordinal(expected.toordinal() - 1)) == age_on(born, today)


def test_the_age_of_the_day_takes_the_place_of_what_was_typed() -> None:
    typed = {"age": Answer(17, date(2026, 1, 1)), "fever": Answer("no", TODAY)}
    assert with_age(typed, date(2008, 3, 16), TODAY) == {"age": Answer(18, TODAY), "fever": Answer("no", TODAY)}
    assert with_age({"fever": Answer("no")}, TODAY, TODAY)["age"] == Answer(0, TODAY)


@pytest.mark.parametrize("born", [None, date(2026, 3, 17)])
def test_without_a_day_of_birth_that_can_be_nothing_is_put_in(born: date | None) -> None:
    typed = {"fever": Answer("no", TODAY)}
    assert with_age(typed, born, TODAY) == typed
    assert with_age(typed, born, TODAY) is not typed


def test_where_nothing_was_answered_nothing_is_added() -> None:
    assert with_age({}, date(1990, 1, 1), TODAY) == {}
