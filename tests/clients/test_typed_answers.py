"""From the fields of a question to an answer and back: what cannot be read is said, and nothing is guessed."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict

from clients.intake.field_values import NOTE_LENGTH, Typed, read_typed, typed_from, typed_in
from clients.screening.entries import Option
from tests.clients.shared_rules import TODAY, make_question

REGIONS = frozenset({"heel", "toes"})
LEFT_HEEL = {"side": "left", "region": "heel"}


def asked(kind: Any, slug: str = "q", **more: Any) -> Any:
    if kind == "multi_choice":
        more["options"] = tuple(Option(value, value) for value in ("none", "a", "b"))
    return make_question(slug, kind=kind, **more)


def read(question: Any, *chosen: str, text: str = "", places: tuple[str, ...] = ()) -> tuple[Any, str]:
    typed = Typed(frozenset(chosen), text, frozenset(places))
    return read_typed(question, typed, today=TODAY, regions=REGIONS)


def test_the_fields_of_a_question_as_they_were_posted() -> None:
    posted = QueryDict(mutable=True)
    posted.setlist("a-q", ["a", "b"])
    posted.setlist("a-q-place", ["left:heel", "right:toes"])
    posted.update({"a-q-text": f"  {'1' * 50} ", "a-q-note": f" {'n' * 600} ", "a-other": "x"})
    typed = typed_in(asked("multi_choice"), posted)
    assert typed == Typed(frozenset({"a", "b"}), "1" * 40, frozenset({"left:heel", "right:toes"}), "n" * NOTE_LENGTH)
    assert NOTE_LENGTH == 500
    assert typed_in(asked("multi_choice", "empty"), posted) == Typed()


@pytest.mark.parametrize(
    ("typed", "is_something"),
    [
        (Typed(), False),
        (Typed(note="words"), False),
        (Typed(frozenset({"a"})), True),
        (Typed(text="1"), True),
        (Typed(places=frozenset({"left:heel"})), True),
    ],
)
def test_whether_anything_was_typed(typed: Typed, is_something: bool) -> None:
    assert bool(typed) is is_something


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("yes_no", None, Typed()),
        ("yes_no", "yes", Typed(frozenset({"yes"}), note="n")),
        ("yes_no", "not_sure", Typed(frozenset({"not_sure"}), note="n")),
        ("multi_choice", ["a", "b"], Typed(frozenset({"a", "b"}), note="n")),
        ("scale_0_10", 0, Typed(frozenset({"0"}), note="n")),
        ("integer", 41, Typed(text="41")),
        ("date", "2026-03-01", Typed(frozenset({"on"}), text="2026-03-01")),
        ("date_or_none", "none", Typed(frozenset({"none"}))),
        ("body_location", [], Typed(frozenset({"none"}))),
        ("body_location", [LEFT_HEEL], Typed(frozenset({"marked"}), places=frozenset({"left:heel"}))),
        (
            "body_location",
            [{"side": "both", "region": "heel"}],
            Typed(frozenset({"marked"}), places=frozenset({"left:heel", "right:heel"})),
        ),
    ],
)  # fmt: skip
def test_the_fields_that_a_stored_answer_fills(kind: str, value: Any, expected: Typed) -> None:
    assert typed_from(asked(kind), value, "n") == expected
    assert typed_from(asked("yes_no"), "yes").note == ""


@pytest.mark.parametrize(
    "kind", ["yes_no", "multi_choice", "integer", "scale_0_10", "date", "date_or_none", "body_location"]
)
def test_nothing_typed_is_nothing_read(kind: str) -> None:
    assert read(asked(kind)) == (None, "")


@pytest.mark.parametrize(
    ("kind", "chosen", "text", "places", "stored"),
    [
        ("yes_no", ["yes"], "", (), "yes"),
        ("yes_no", ["not_sure"], "", (), "not_sure"),
        ("multi_choice", ["b", "a"], "", (), ["a", "b"]),
        ("multi_choice", ["not_sure"], "", (), "not_sure"),
        ("scale_0_10", ["0"], "", (), 0),
        ("scale_0_10", ["10"], "", (), 10),
        ("scale_0_10", ["not_sure"], "", (), "not_sure"),
        ("integer", [], "41", (), 41),
        ("integer", [], "+41", (), 41),
        ("integer", ["not_sure"], "", (), "not_sure"),
        ("date", ["on"], "2026-03-16", (), "2026-03-16"),
        ("date", [], "1906-01-01", (), "1906-01-01"),
        ("date_or_none", ["none"], "", (), "none"),
        ("date_or_none", ["not_sure"], "", (), "not_sure"),
        ("body_location", ["none"], "", (), []),
        ("body_location", ["not_sure"], "", (), "not_sure"),
        (
            "body_location", ["marked"], "", ("right:toes", "left:heel"),
            [{"side": "left", "region": "heel"}, {"side": "right", "region": "toes"}],
        ),
        ("body_location", [], "", ("left:heel",), [{"side": "left", "region": "heel"}]),
    ],
)  # fmt: skip
def test_what_is_read(kind: str, chosen: list[str], text: str, places: tuple[str, ...], stored: Any) -> None:
    assert read(asked(kind), *chosen, text=text, places=places) == (stored, "")


@pytest.mark.parametrize(
    ("kind", "chosen", "text", "places", "says"),
    [
        ("yes_no", ["yes", "no"], "", (), "choose one answer"),
        ("yes_no", ["maybe"], "", (), "one of the answers offered"),
        ("multi_choice", ["a", "none"], "", (), "“none of these”"),
        ("scale_0_10", ["11"], "", (), "from 0 to 10"),
        ("scale_0_10", ["x"], "", (), "from 0 to 10"),
        ("integer", ["not_sure"], "41", (), "“not sure” or a number"),
        ("integer", [], "4e1", (), "a whole number"),
        ("integer", [], "1234567", (), "a whole number"),
        ("integer", [], "-1", (), "from 0 to 999"),
        ("integer", [], "1000", (), "from 0 to 999"),
        ("date", ["on"], "", (), "give the date"),
        ("date", ["on"], "soon", (), "a date that exists"),
        ("date", ["on"], "2026-03-17", (), "still to come"),
        ("date", ["on"], "1905-12-31", (), "check the year"),
        ("date", ["not_sure"], "2026-03-16", (), "a date and also another"),
        ("date_or_none", ["none"], "2026-03-16", (), "a date and also another"),
        ("body_location", ["marked"], "", (), "mark at least one place"),
        ("body_location", ["none"], "", ("left:heel",), "marked places and also"),
        ("body_location", ["not_sure"], "", ("left:heel",), "marked places and also"),
        ("body_location", ["marked"], "", ("left:moon",), "mark places on the foot"),
        ("body_location", ["marked"], "", ("heel",), "mark places on the foot"),
        ("body_location", ["marked"], "", ("left:heel:toes",), "mark places on the foot"),
    ],
)
def test_what_cannot_be_read_is_said(
    kind: str, chosen: list[str], text: str, places: tuple[str, ...], says: str
) -> None:
    value, complaint = read(asked(kind), *chosen, text=text, places=places)
    assert value is None
    assert says in complaint


@pytest.mark.parametrize(("slug", "least", "most"), [("age", 0, 120), ("pregnancy-weeks", 0, 43), ("other", 0, 999)])
def test_the_numbers_that_can_be_true(slug: str, least: int, most: int) -> None:
    for number in (least, most):
        assert read(asked("integer", slug), text=str(number)) == (number, "")
    for number in (least - 1, most + 1):
        assert read(asked("integer", slug), text=str(number)) == (
            None, f"Please give a number from {least} to {most}.",
        )  # fmt: skip


def test_the_longest_life_counts_whole_years() -> None:
    question = asked("date")
    assert read_typed(question, Typed(text="1906-01-01"), today=date(2026, 12, 31), regions=REGIONS)[0] == "1906-01-01"
    assert read_typed(question, Typed(text="1905-12-31"), today=date(2026, 1, 1), regions=REGIONS)[0] is None
