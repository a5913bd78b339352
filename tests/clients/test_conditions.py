"""The condition language: each test on both sides of its bounds, groups of them, and what a document may not say."""

from datetime import date, timedelta
from typing import Any

import pytest

from clients.screening.answers import Mark
from clients.screening.conditions import (
    FLAG_OPERATORS,
    OPERATORS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    causes,
    comparisons_in,
    holds,
    operand_values,
    operator_fits,
    read_condition,
    true_comparisons,
)
from practice.core.schema import Place, Unreadable
from practice.core.yaml_documents import Fault

TODAY = date(2026, 3, 16)
MARKS = (Mark("left", "heel"),)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def compare(name: str, operator: str = "equals", operand: Any = "yes") -> Comparison:
    return Comparison(name, operator, operand)


@pytest.mark.parametrize(
    ("operator", "operand", "true", "false"),
    [
        ("equals", "yes", ["yes"], ["no", "", "yess"]),
        ("in", frozenset({"a", "b"}), ["a", "b"], ["c", ""]),
        ("includes_any", frozenset({"a", "b"}), [("a",), ("c", "b")], [(), ("c",)]),
        ("not_empty", True, [MARKS], [()]),
        ("answered", True, ["yes", MARKS, ("none", "a"), 0, ago(0)], ["none", "", ("none",), ()]),
        ("lt", 5, [4, -1], [5, 6]),
        ("lte", 5, [4, 5], [6]),
        ("gt", 5, [6], [5, 4]),
        ("gte", 5, [5, 6], [4]),
        ("equals_num", 5, [5], [4, 6]),
        ("days_since_lte", 3, [ago(0), ago(3)], [ago(4), ago(-1), "none"]),
        ("days_since_between", (2, 4), [ago(2), ago(4)], [ago(1), ago(5), ago(-3), "none"]),
        ("days_since_between", (-2, 1), [ago(0), ago(1)], [ago(-1), ago(2)]),
        ("is_date", True, [ago(0), ago(-9)], ["none", 20260316]),
        ("in_future", True, [ago(-1)], [ago(0), ago(1), "none"]),
    ],
)
def test_a_test_holds_on_one_side_of_its_bound_only(
    operator: str, operand: Any, true: list[Any], false: list[Any]
) -> None:
    condition = compare("q", operator, operand)
    for value in true:
        assert holds(condition, {"q": value}, TODAY) is True, value
    for value in (*false, None):
        assert holds(condition, {"q": value}, TODAY) is False, value
    assert holds(condition, {}, TODAY) is False


YES_A, YES_B, YES_C = compare("a"), compare("b"), compare("c")


@pytest.mark.parametrize(
    ("condition", "yes", "expected"),
    [
        (AllOf((YES_A, YES_B)), "ab", ["a", "b"]),
        (AllOf((YES_A, YES_B)), "a", None),
        (AllOf((YES_A, YES_B)), "b", None),
        (AnyOf((YES_A, YES_B)), "ab", ["a", "b"]),
        (AnyOf((YES_A, YES_B)), "b", ["b"]),
        (AnyOf((YES_A, YES_B)), "", None),
        (AllOf((YES_C, AnyOf((YES_A, YES_B)))), "bc", ["c", "b"]),
        (AllOf((YES_C, AnyOf((YES_A, YES_B)))), "ab", None),
        (AnyOf((AllOf((YES_A, YES_B)), YES_C)), "ac", ["c"]),
        (AnyOf((AllOf((YES_A, YES_B)), YES_A)), "ab", ["a", "b"]),
        (YES_A, "a", ["a"]),
        (YES_A, "b", None),
    ],
)
def test_groups_and_the_questions_that_make_them_true(
    condition: Condition, yes: str, expected: list[str] | None
) -> None:
    answers = dict.fromkeys(yes, "yes")
    assert holds(condition, answers, TODAY) is (expected is not None)
    assert list(causes(condition, answers, TODAY)) == (expected or [])


def test_the_tests_of_a_condition_in_order() -> None:
    again = compare("a", "in", frozenset({"yes"}))
    condition = AnyOf((AllOf((YES_A, YES_B)), again, YES_C))
    assert list(comparisons_in(condition)) == [YES_A, YES_B, again, YES_C]
    assert list(true_comparisons(condition, {"a": "yes", "c": "yes"}, TODAY)) == [again, YES_C]
    assert causes(condition, {"a": "yes", "b": "yes"}, TODAY) == ("a", "b")
    recent = AllOf((compare("surgery", "days_since_lte", 3), YES_A))
    assert causes(recent, {"surgery": ago(3), "a": "yes"}, TODAY) == ("surgery", "a")


# ---- Read from a document


def read(value: Any) -> tuple[Any, list[Fault]]:
    faults: list[Fault] = []
    try:
        return read_condition(value, Place("rules.yaml", faults, "rule", "when")), faults
    except Unreadable:
        assert len(faults) == 1
        return None, faults


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"q": "pain", "gte": 7}, compare("pain", "gte", 7)),
        ({"q": "pain", "equals_num": 0}, compare("pain", "equals_num", 0)),
        ({"equals": "yes", "q": "pain"}, compare("pain", "equals", "yes")),
        ({"q": "pain", "in": ["a", "b"]}, compare("pain", "in", frozenset({"a", "b"}))),
        ({"q": "pain", "includes_any": ("a",)}, compare("pain", "includes_any", frozenset({"a"}))),
        ({"q": "surgery", "days_since_lte": 0}, compare("surgery", "days_since_lte", 0)),
        ({"q": "surgery", "days_since_between": [0, 0]}, compare("surgery", "days_since_between", (0, 0))),
        ({"q": "surgery", "days_since_between": (1, 9)}, compare("surgery", "days_since_between", (1, 9))),
        *[({"q": "pain", name: True}, compare("pain", name, True)) for name in sorted(FLAG_OPERATORS)],
        ({"all": [{"q": "a", "equals": "yes"}]}, AllOf((YES_A,))),
        ({"any": ({"q": "a", "equals": "yes"}, {"q": "b", "equals": "yes"})}, AnyOf((YES_A, YES_B))),
        ({"any": [{"all": [{"q": "a", "equals": "yes"}]}]}, AnyOf((AllOf((YES_A,)),))),
    ],
)
def test_a_condition_is_read(document: dict[str, Any], expected: Condition) -> None:
    assert read(document) == (expected, [])


@pytest.mark.parametrize(
    ("document", "field", "says"),
    [
        ("yes", "when", "A condition is expected"),
        (None, "when", "A condition is expected"),
        ({"all": [], "any": []}, "when", "“all” stands alone"),
        ({"any": [], "q": "a"}, "when", "“any” stands alone"),
        ({"equals": "yes"}, "when", "needs all, any or q"),
        ({"q": "A b", "equals": "yes"}, "when.q", "short name"),
        ({"q": "a"}, "when", "One test is expected for “a”"),
        ({"q": "a", "equals": "yes", "in": ["b"]}, "when", "One test is expected for “a”"),
        ({"q": "a", "is": "yes"}, "when.is", "the tests are: answered, days_since_between"),
        ({"all": []}, "when.all", "A list of conditions"),
        ({"any": {}}, "when.any", "A list of conditions"),
        ({"all": "ab"}, "when.all", "A list of conditions"),
        ({"all": [{"q": "a", "equals": "yes"}, "b"]}, "when.all[1]", "A condition is expected"),
        ({"q": "a", "answered": False}, "when.answered", "Only true"),
        ({"q": "a", "not_empty": 1}, "when.not_empty", "Only true"),
        ({"q": "a", "is_date": None}, "when.is_date", "Only true"),
        ({"q": "a", "lt": "5"}, "when.lt", "A whole number"),
        ({"q": "a", "gte": True}, "when.gte", "A whole number"),
        ({"q": "a", "equals_num": 5.0}, "when.equals_num", "A whole number"),
        ({"q": "a", "days_since_lte": -1}, "when.days_since_lte", "0 or more"),
        ({"q": "a", "days_since_lte": "3"}, "when.days_since_lte", "0 or more"),
        ({"q": "a", "days_since_lte": True}, "when.days_since_lte", "0 or more"),
        ({"q": "a", "days_since_between": [1]}, "when.days_since_between", "the smaller first"),
        ({"q": "a", "days_since_between": [1, 2, 3]}, "when.days_since_between", "the smaller first"),
        ({"q": "a", "days_since_between": [2, 1]}, "when.days_since_between", "the smaller first"),
        ({"q": "a", "days_since_between": [-1, 1]}, "when.days_since_between", "the smaller first"),
        ({"q": "a", "days_since_between": [0, True]}, "when.days_since_between", "the smaller first"),
        ({"q": "a", "days_since_between": {0: 1, 1: 2}}, "when.days_since_between", "the smaller first"),
        ({"q": "a", "equals": 5}, "when.equals", "in quotes"),
        ({"q": "a", "in": []}, "when.in", "A list of values"),
        ({"q": "a", "in": "ab"}, "when.in", "A list of values"),
        ({"q": "a", "includes_any": ["a", 1]}, "when.includes_any", "A list of values"),
    ],
)
def test_what_is_no_condition_is_named_with_its_place(document: Any, field: str, says: str) -> None:
    found, (fault,) = read(document)
    assert found is None
    assert (fault.file, fault.entry, fault.field) == ("rules.yaml", "rule", field)
    assert says in fault.message


# ---- What fits together


@pytest.mark.parametrize(
    ("kind", "fitting"),
    [
        ("yes_no", {"equals", "in"}),
        ("choice", {"equals", "in"}),
        ("side", {"equals", "in"}),
        ("multi_choice", {"includes_any"}),
        ("body_location", {"not_empty"}),
        ("integer", {"lt", "lte", "gt", "gte", "equals_num"}),
        ("scale_0_10", {"lt", "lte", "gt", "gte", "equals_num"}),
        ("date", {"days_since_lte", "days_since_between", "is_date", "in_future"}),
        ("date_or_none", {"days_since_lte", "days_since_between", "is_date", "in_future"}),
    ],
)
def test_the_tests_that_make_sense_for_a_type_of_answer(kind: str, fitting: set[str]) -> None:
    assert {name for name in OPERATORS if operator_fits(compare("q", name, None), kind)} == fitting | {"answered"}


def test_none_is_a_word_that_a_date_may_be_tested_for() -> None:
    assert operator_fits(compare("q", "equals", "none"), "date_or_none")
    assert not operator_fits(compare("q", "equals", "none"), "date")
    assert not operator_fits(compare("q", "equals", "soon"), "date_or_none")
    assert not operator_fits(compare("q", "in", "none"), "date_or_none")


def test_the_values_that_a_test_names() -> None:
    assert operand_values(compare("q", "equals", "yes")) == {"yes"}
    for operator in ("in", "includes_any"):
        assert operand_values(compare("q", operator, frozenset({"a", "b"}))) == {"a", "b"}
    for operator in ("lt", "days_since_between", "answered", "not_empty"):
        assert operand_values(compare("q", operator, frozenset({"a"}))) == frozenset()
