"""A client's age from the day of birth, and when it next changes. Pure."""

from collections.abc import Mapping
from datetime import date

from clients.screening.answers import Answer

#: The question whose answer the day of birth gives.
AGE = "age"


def age_on(born: date, today: date) -> int:
    """Full years. Somebody born on 29 February is a year older from 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def next_birthday(born: date, today: date) -> date:
    """The first day after `today` on which the age is another one."""
    this_year = _birthday_in(today.year, born)
    return this_year if this_year > today else _birthday_in(today.year + 1, born)


def _birthday_in(year: int, born: date) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def with_age(answers: Mapping[str, Answer], born: date | None, today: date) -> dict[str, Answer]:
    """The answers with the age of the day. Where nothing was answered nothing is added."""
    if born is None or not answers or born > today:
        return dict(answers)
    return {**answers, AGE: Answer(age_on(born, today), today)}
