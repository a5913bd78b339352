"""The condition language of the questionnaire: what rules, checks and `ask_if` test about the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _

from clients.screening.answers import DATES, NONE, NUMBERS, ONE_OF_OPTIONS, CountedValue
from practice.core.schema import Place, read_slug

Answers = Mapping[str, CountedValue | None]
"""Question -> its answer as counted; a question without an answer is absent or None."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test on one answer. On a missing answer every test is false."""

    question: str
    operator: str
    operand: Any


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


Condition = Comparison | AllOf | AnyOf


def _days_since(value: Any, today: date) -> int | None:
    """Calendar days from the event to today, 0 for today; None when there is no date."""
    return (today - value).days if isinstance(value, date) else None


def _within(value: Any, first: int, last: int, today: date) -> bool:
    days = _days_since(value, today)
    return days is not None and first <= days <= last


def _is_answered(value: Any, operand: Any, today: date) -> bool:
    if isinstance(value, tuple):
        return any(item != NONE for item in value)
    return bool(value != NONE and value != "")


_OPERATORS: dict[str, Callable[[Any, Any, date], bool]] = {
    "equals": lambda value, operand, today: value == operand,
    "in": lambda value, operand, today: value in operand,
    "includes_any": lambda value, operand, today: not operand.isdisjoint(value),
    "not_empty": lambda value, operand, today: len(value) > 0,
    "answered": _is_answered,
    "lt": lambda value, operand, today: value < operand,
    "lte": lambda value, operand, today: value <= operand,
    "gt": lambda value, operand, today: value > operand,
    "gte": lambda value, operand, today: value >= operand,
    "equals_num": lambda value, operand, today: value == operand,
    # An event in the future happened a negative number of days ago, so both are false for it.
    "days_since_lte": lambda value, operand, today: _within(value, 0, operand, today),
    "days_since_between": lambda value, operand, today: _within(value, max(operand[0], 0), operand[1], today),
    "is_date": lambda value, operand, today: isinstance(value, date),
    "in_future": lambda value, operand, today: isinstance(value, date) and value > today,
}
OPERATORS = frozenset(_OPERATORS)
FLAG_OPERATORS = frozenset({"not_empty", "answered", "is_date", "in_future"})
NUMBER_OPERATORS = frozenset({"lt", "lte", "gt", "gte", "equals_num"})
DATE_OPERATORS = frozenset({"days_since_lte", "days_since_between", "is_date", "in_future"})

# Which operators make sense for which type of answer; `answered` makes sense for all.
_FITTING: dict[str, frozenset[str]] = {
    **{kind: frozenset({"equals", "in"}) for kind in ONE_OF_OPTIONS},
    "multi_choice": frozenset({"includes_any"}),
    "body_location": frozenset({"not_empty"}),
    **dict.fromkeys(NUMBERS, NUMBER_OPERATORS),
    **dict.fromkeys(DATES, DATE_OPERATORS),
}


def holds(condition: Condition, answers: Answers, today: date) -> bool:
    """Whether the condition is true of these answers on this day."""
    if type(condition) is Comparison:
        value = answers.get(condition.question)
        return value is not None and bool(_OPERATORS[condition.operator](value, condition.operand, today))
    wants_all = type(condition) is AllOf
    for part in condition.parts:  # type: ignore[union-attr]
        if holds(part, answers, today) is not wants_all:
            return not wants_all
    return wants_all


def causes(condition: Condition, answers: Answers, today: date) -> tuple[str, ...]:
    """The questions whose answers make a condition true, in the order of its tests; none when it is false."""
    found: dict[str, None] = {}
    for test in true_comparisons(condition, answers, today):
        found.setdefault(test.question)
    return tuple(found)


def true_comparisons(condition: Condition, answers: Answers, today: date) -> Iterator[Comparison]:
    """The tests that make a condition true; none when it is false."""
    if not holds(condition, answers, today):
        return
    if isinstance(condition, Comparison):
        yield condition
        return
    for part in condition.parts:
        yield from true_comparisons(part, answers, today)


def comparisons_in(condition: Condition) -> Iterator[Comparison]:
    """Every test in a condition, in order."""
    if isinstance(condition, Comparison):
        yield condition
        return
    for part in condition.parts:
        yield from comparisons_in(part)


def read_condition(value: Any, place: Place) -> Condition:
    """Read a condition from a document: all, any, or one test on one question. Raises Unreadable for anything else."""
    if not isinstance(value, Mapping):
        raise place.refuse(_("A condition is expected: all, any, or q with one test."))
    for word, kind in (("all", AllOf), ("any", AnyOf)):
        if word in value:
            if len(value) > 1:
                raise place.refuse(_("“%(word)s” stands alone in a condition.") % {"word": word})
            return _read_group(kind, value[word], place.at(word))
    if "q" not in value:
        raise place.refuse(_("A condition needs all, any or q."))
    question = read_slug(value["q"], place.at("q"))
    operators = [name for name in value if name != "q"]
    if len(operators) != 1:
        raise place.refuse(
            _("One test is expected for “%(question)s”; join several with all.") % {"question": question}
        )
    operator = operators[0]
    if operator not in OPERATORS:
        raise place.at(str(operator)).refuse(
            _("There is no test of this name; the tests are: %(names)s.") % {"names": ", ".join(sorted(OPERATORS))}
        )
    return Comparison(question, operator, _read_operand(operator, value[operator], place.at(operator)))


def _read_group(kind: type[AllOf] | type[AnyOf], value: Any, place: Place) -> Condition:
    if not isinstance(value, list | tuple) or not value:
        raise place.refuse(_("A list of conditions is expected."))
    inner = [Place(place.file, place.faults, place.entry, f"{place.field}[{index}]") for index in range(len(value))]
    return kind(tuple(read_condition(part, inner[index]) for index, part in enumerate(value)))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _read_operand(operator: str, value: Any, place: Place) -> Any:
    if operator in FLAG_OPERATORS:
        if value is not True:
            raise place.refuse(_("Only true is possible here."))
        return True
    if operator in NUMBER_OPERATORS:
        if not _is_count(value):
            raise place.refuse(_("A whole number is expected."))
        return value
    if operator == "days_since_lte":
        if not _is_count(value) or value < 0:
            raise place.refuse(_("A number of days, 0 or more, is expected."))
        return value
    if operator == "days_since_between":
        fits = isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_count, value))
        if not fits or not 0 <= value[0] <= value[1]:
            raise place.refuse(_("Two numbers of days are expected, the smaller first."))
        return tuple(value)
    if operator == "equals":
        if not isinstance(value, str):
            raise place.refuse(_("A value in quotes is expected."))
        return value
    if not isinstance(value, list | tuple) or not value or not all(isinstance(item, str) for item in value):
        raise place.refuse(_("A list of values in quotes is expected."))
    return frozenset(value)


def operator_fits(test: Comparison, answer_type: str) -> bool:
    """Whether the operator makes sense for this type of answer."""
    if test.operator == "answered" or test.operator in _FITTING[answer_type]:
        return True
    return answer_type == "date_or_none" and test.operator == "equals" and test.operand == NONE


def operand_values(test: Comparison) -> frozenset[str]:
    """The answer values that a test names; none for tests on numbers, dates and places."""
    if test.operator == "equals":
        return frozenset({test.operand})
    return test.operand if test.operator in ("in", "includes_any") else frozenset()


ReadCondition = Annotated[Condition, read_condition]
