"""How each kind of answer is read: what counts, what is unsure, what no question offers; nothing is guessed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from clients.screening.answers import Answer, Mark, Reading, read_answer, read_date, validate_answer

BAD = Reading(malformed=True)
MISSING = Reading()
UNSURE = Reading(unsure=True)
HEEL, TOES = Mark("left", "heel"), Mark("both", "toes")


@dataclass(frozen=True)
class Asked:
    answer_type: str
    option_values: frozenset[str] = frozenset({"yes", "no"})
    may_be_unsure: bool = True
    min_marks: int | None = None
    required: bool = True


def choices(*values: str, **more: Any) -> Asked:
    return Asked("multi_choice", frozenset(values or ("none", "a", "b")), **more)


ALL_KINDS = [
    "yes_no", "choice", "multi_choice", "side", "date", "date_or_none", "integer", "scale_0_10", "body_location",
]  # fmt: skip


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_nothing_given_is_missing_and_not_sure_is_unsure(kind: str) -> None:
    assert read_answer(Asked(kind), None) == read_answer(Asked(kind), "") == MISSING
    assert read_answer(Asked(kind), "not_sure") == UNSURE
    assert read_answer(Asked(kind, may_be_unsure=False), "not_sure") == Reading(unsure=True, malformed=True)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_none_said_where_there_is_no_such_answer_is_missing(kind: str) -> None:
    read = read_answer(Asked(kind), "none")
    assert read == (Reading("none") if kind == "date_or_none" else MISSING)


@pytest.mark.parametrize("kind", ["yes_no", "choice", "side"])
def test_one_of_the_options(kind: str) -> None:
    assert read_answer(Asked(kind), "yes") == Reading("yes")
    assert read_answer(Asked(kind, frozenset({"none", "left"})), "none") == Reading("none")
    for raw in ("maybe", ["yes"], 1, True, {"yes": 1}):
        assert read_answer(Asked(kind), raw) == BAD


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (["a"], Reading(("a",))),
        (("b", "a", "b"), Reading(("a", "b"))),
        ({"a"}, Reading(("a",))),
        (["none"], Reading(("none",))),
        (["none", "a"], Reading(("a", "none"))),
        ([], MISSING),
        (["not_sure"], UNSURE),
        (["a", "not_sure"], Reading(("a",), unsure=True)),
        (["a", "gills"], Reading(("a",), malformed=True)),
        (["none", "gills"], BAD),
        (["none", "a", "gills"], Reading(("a", "none"), malformed=True)),
        ([None], BAD),
        ("a", Reading(("a",), malformed=True)),
        ("gills", BAD),
        ({"a": 1}, BAD),
        (b"a", BAD),
        (7, BAD),
    ],
)
def test_several_options(raw: Any, expected: Reading) -> None:
    assert read_answer(choices(), raw) == expected


def test_several_options_of_which_not_sure_is_none() -> None:
    assert read_answer(choices(may_be_unsure=False), ["a", "not_sure"]) == Reading(("a",), malformed=True)
    assert read_answer(choices("a", "not_sure", may_be_unsure=False), ["not_sure"]) == Reading(("not_sure",))


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("integer", 0, Reading(0)),
        ("integer", -7, Reading(-7)),
        ("integer", 400, Reading(400)),
        ("scale_0_10", 0, Reading(0)),
        ("scale_0_10", 10, Reading(10)),
        ("scale_0_10", -1, BAD),
        ("scale_0_10", 11, BAD),
        *[(kind, raw, BAD) for kind in ("integer", "scale_0_10") for raw in (True, "4", 4.0, [4])],
    ],
)
def test_numbers(kind: str, raw: Any, expected: Reading) -> None:
    assert read_answer(Asked(kind), raw) == expected


@pytest.mark.parametrize("kind", ["date", "date_or_none"])
def test_days(kind: str) -> None:
    assert read_answer(Asked(kind), "2026-03-16") == Reading(date(2026, 3, 16))
    for raw in ("2026-02-30", 20260316, ["2026-03-16"]):
        assert read_answer(Asked(kind), raw) == BAD


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-03-16", date(2026, 3, 16)),
        (date(2026, 3, 16), date(2026, 3, 16)),
        (datetime(2026, 3, 16), None),  # noqa: DTZ001
        ("2026-03-16T00:00", None),
        ("20260316", None),
        ("2026-3-16", None),
        ("2026-02-30", None),
        ("٢٠٢٦-٠٣-١٦", None),
        ("", None),
        (None, None),
        (20260316, None),
    ],
)
def test_a_day_is_read_from_one_form_only(raw: Any, expected: date | None) -> None:
    assert read_date(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], Reading(())),
        ([{"side": "left", "region": "heel"}], Reading((HEEL,))),
        ((TOES, {"side": "left", "region": "heel"}, HEEL), Reading((HEEL, TOES))),
        ([Mark("right", "heel"), HEEL], Reading((HEEL, Mark("right", "heel")))),
        ([{"side": "left", "region": "tail"}], BAD),
        ([{"side": "middle", "region": "heel"}], BAD),
        ([{"side": ["left"], "region": "heel"}], BAD),
        ([{"side": "left", "region": ""}], BAD),
        ([{"side": "left", "region": 7}], BAD),
        ([{"side": "left"}], BAD),
        ([{"region": "heel"}], BAD),
        ([["left", "heel"]], BAD),
        ([HEEL, {"side": "left", "region": "tail"}], Reading((HEEL,), malformed=True)),
        ("left:heel", BAD),
        ({"side": "left", "region": "heel"}, BAD),
        (7, BAD),
    ],
)
def test_places(raw: Any, expected: Reading) -> None:
    assert read_answer(Asked("body_location"), raw, regions={"heel", "toes"}) == expected


def test_without_a_catalog_any_region_is_taken() -> None:
    tail = [{"side": "left", "region": "tail"}]
    assert read_answer(Asked("body_location"), tail) == Reading((Mark("left", "tail"),))
    assert read_answer(Asked("body_location"), [{"side": "left", "region": ""}]) == BAD
    assert read_answer(Asked("body_location"), tail, regions=()) == BAD


def test_a_kind_that_nobody_knows_is_never_an_answer() -> None:
    assert read_answer(Asked("essay"), "words") == BAD


def test_the_sides_of_a_mark() -> None:
    assert HEEL.sides == {"left"}
    assert TOES.sides == {"left", "right"}
    assert Mark("right", "heel").sides == {"right"}


@pytest.mark.parametrize(
    ("reading", "is_definite"),
    [
        (Reading("yes"), True),
        (Reading(0), True),
        (Reading(()), True),
        (MISSING, False),
        (UNSURE, False),
        (Reading(("a",), unsure=True), False),
        (Reading(("a",), malformed=True), False),
    ],
)
def test_a_definite_answer(reading: Reading, is_definite: bool) -> None:
    assert reading.is_definite is is_definite


def test_an_answer_without_a_day() -> None:
    assert Answer("yes").given_on is None


# ---- In a form


@pytest.mark.parametrize(
    ("question", "raw", "value"),
    [
        (Asked("yes_no"), "yes", "yes"),
        (Asked("yes_no"), "not_sure", "not_sure"),
        (Asked("yes_no", required=False), None, None),
        (choices(), ["a", "b"], ("a", "b")),
        (choices(), ["none"], ("none",)),
        (choices(), ["not_sure"], "not_sure"),
        (Asked("body_location"), [HEEL], (HEEL,)),
        (Asked("body_location"), [], ()),
        (Asked("body_location", min_marks=0), [], ()),
        (Asked("body_location", min_marks=2), [HEEL, TOES], (HEEL, TOES)),
        (Asked("integer"), 0, 0),
    ],
)
def test_a_form_takes_it(question: Asked, raw: Any, value: Any) -> None:
    assert validate_answer(question, raw) == (value, None)


@pytest.mark.parametrize(
    ("question", "raw", "says"),
    [
        (Asked("yes_no"), None, "answer this question"),
        (Asked("yes_no"), "maybe", "one of the answers offered"),
        (Asked("side"), "not_there", "one of the answers offered"),
        (choices(), ["gills"], "one of the answers offered"),
        (choices(), ["a", "not_sure"], "“not sure” or the ones"),
        (choices(), ["a", "none"], "“none of these” or the ones"),
        (Asked("integer"), "x", "a whole number."),
        (Asked("scale_0_10"), 11, "from 0 to 10"),
        (Asked("date"), "soon", "a date that exists"),
        (Asked("date_or_none"), "soon", "a date that exists"),
        (Asked("body_location"), [HEEL, "x"], "mark places on the foot"),
        (Asked("body_location", min_marks=1), [], "at least one place"),
        (Asked("body_location", min_marks=2), [HEEL], "at least one place"),
    ],
)
def test_a_form_says_what_to_do(question: Asked, raw: Any, says: str) -> None:
    value, complaint = validate_answer(question, raw)
    assert value is None
    assert says in (complaint or "")


def test_a_form_knows_the_regions() -> None:
    assert validate_answer(Asked("body_location"), [HEEL], regions={"toes"})[0] is None
    assert validate_answer(Asked("body_location"), [HEEL], regions={"heel"}) == ((HEEL,), None)
