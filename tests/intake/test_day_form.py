"""The form of a day: what "nothing has changed" says, what has to be asked, and what follows from an answer."""

import dataclasses
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.http import QueryDict

from clients.intake.day_questions import DayForm, DayQuestions, complain_of_missing
from clients.screening.answers import Answer
from clients.screening.conditions import Comparison
from clients.screening.questionnaire import Questionnaire
from tests.factories.shared_rules import TODAY, make_question, make_rule, make_shared

DAILY = ("intake", "before_each_session")
BODY: Any = SimpleNamespace(slugs=SimpleNamespace(regions=frozenset({"heel"})), names={"heel": "Heel pad"}, places=())


def is_yes(question: str) -> Comparison:
    return Comparison(question, "equals", "yes")


WOUND = [{"side": "left", "region": "heel"}]
RULES: Questionnaire = dataclasses.replace(
    make_shared(),
    questions=(
        make_question("fever", make_rule("fever", "STOP", is_yes("fever"), 9), group="today", ask_at=DAILY),
        make_question("numb", make_rule("numb", "CAUTION", is_yes("numb"), 9), group="heart", ask_at=DAILY),
        make_question("wound", kind="body_location", group="skin", ask_at=DAILY),
        make_question("side", group="skin", ask_at=DAILY, ask_if=is_yes("numb")),
        make_question("weeks", kind="integer", group="heart", ask_if=is_yes("numb")),
        make_question("consent", group="heart"),
        make_question("extra", group="heart", ask_at=DAILY, required=False, kind="integer"),
    ),
)


def questions(**standing: Any) -> DayQuestions:
    said = {"numb": "no", "consent": "yes", "wound": [], **standing}
    answers = {slug: Answer(value, TODAY - timedelta(days=3)) for slug, value in said.items() if value is not None}
    return DayQuestions(RULES, answers, TODAY, BODY)


def lines(day: DayQuestions) -> dict[str, tuple[Any, str]]:
    return {line.question.slug: (line.value, line.said) for line in day.form().lines}


def posted(**fields: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(f"a-{name}", value if isinstance(value, list) else [value])
    return data


def test_what_speaks_of_now_is_no_and_the_rest_is_as_it_was_last_said() -> None:
    assert lines(questions(wound=WOUND, fever="yes")) == {
        "fever": ("no", "No"),
        "numb": ("no", "No"),
        "wound": (WOUND, "Heel pad (left)"),
        "extra": (None, "Not answered"),
    }
    form = questions(wound=WOUND).form()
    assert form.values == {"fever": "no", "numb": "no", "wound": WOUND}
    assert (form.is_complete, form.must_ask, form.fields) == (True, [], [])


def test_what_was_never_said_or_unsure_or_cannot_be_read_is_nothing_of_this() -> None:
    for value in (None, "not_sure"):
        assert lines(questions(numb=value))["numb"] == ("no", "No")
    assert lines(questions(wound=[{"side": "left", "region": "moon"}]))["wound"] == (None, "Not answered")
    assert lines(questions(extra=4))["extra"] == (4, "4")


def test_what_has_to_be_asked_is_opened() -> None:
    form = questions(wound=[{"side": "left", "region": "moon"}]).form()
    assert [line.question.slug for line in form.must_ask] == ["wound"]
    opened = questions(wound=[{"side": "left", "region": "moon"}]).with_opened([])
    assert [field.question.slug for field in opened.fields] == ["wound", "extra"], "and what was never answered"
    assert not opened.is_complete


def test_questions_that_depend_on_another_come_and_go_with_it() -> None:
    assert set(lines(questions(numb="yes", side="yes", weeks=20))) == {"fever", "numb", "wound", "side", "extra"}
    form = questions().with_opened(["numb"], posted(numb="yes"))
    assert [field.question.slug for field in form.fields] == ["numb", "side", "extra", "weeks"], "with what it opens"
    assert form.values["numb"] == "yes"
    assert [field.question.slug for field in form.open] == ["side", "weeks"]
    full = questions().with_opened(["numb", "side", "weeks"], posted(numb="yes", side="no", **{"weeks-text": "20"}))
    assert full.is_complete
    assert full.values == {"fever": "no", "numb": "yes", "wound": [], "side": "no", "weeks": 20}
    gone = questions(numb="yes", side="yes", weeks=20).with_opened(["numb"], posted(numb="no"))
    assert [line.question.slug for line in gone.lines] == ["fever", "numb", "wound", "extra"]
    assert "side" not in gone.values


def test_what_is_opened_is_empty_until_it_is_posted() -> None:
    form = questions(wound=WOUND).with_opened(["wound", "fever", "no-such"])
    assert [field.question.slug for field in form.fields] == ["fever", "wound", "extra"], "in the questionnaire's order"
    assert all(field.body is BODY for field in form.fields)
    fever, wound, _extra = form.fields
    assert (fever.typed.chosen, fever.value) == (frozenset(), None)
    assert (wound.typed.chosen, wound.typed.places) == ({"marked"}, {"left:heel"}), "places are shown as they were"
    assert form.values == {"numb": "no"}
    assert not form.is_complete
    assert [line.question.slug for line in form.taken] == ["numb"]
    assert [[line.question.slug for line in group] for _title, group in form.groups] == [["fever"], ["numb"], ["wound"]]
    assert next(title for title, _group in form.groups) == "Today"


def test_what_cannot_be_read_is_in_need_and_never_counts() -> None:
    form = questions().with_opened(["fever"], posted(fever="maybe"))
    assert [field.question.slug for field in form.in_need] == ["fever"]
    assert (form.fields[0].typed.chosen, form.fields[0].body) == ({"maybe"}, BODY)
    assert "fever" not in form.values
    assert not form.is_complete
    day = questions().with_opened(["extra"], posted(**{"extra-text": "-4"}))
    assert (day.open, day.is_complete) == ([], False)


def test_what_was_shown_and_left_open_asks_for_an_answer() -> None:
    form = questions().with_opened(["fever", "numb", "extra"], posted(numb="maybe"))
    complain_of_missing(form, {"fever", "numb", "extra"})
    errors = {field.question.slug: field.error for field in form.fields}
    assert errors["fever"] == "Please answer this question."
    assert errors["numb"] == "Please choose one of the answers offered."
    assert errors["extra"] == ""
    fresh = questions().with_opened(["fever"])
    complain_of_missing(fresh, ())
    assert [field.error for field in fresh.fields] == ["", ""]


def test_the_etag_stands_for_the_lines_and_the_day() -> None:
    etag = questions().form().etag
    assert len(etag) == 16
    assert questions().form().etag == etag
    assert questions(consent="no").form().etag == etag, "not a line"
    others = {
        questions(wound=WOUND).form().etag,
        questions(numb="yes").form().etag,
        dataclasses.replace(questions(), today=TODAY + timedelta(days=1)).form().etag,
    }
    assert len(others | {etag}) == 4


def test_a_question_that_depends_on_a_day_is_asked_on_the_days_it_says() -> None:
    recent = Comparison("injury", "days_since_lte", 3)
    rules = dataclasses.replace(
        RULES,
        questions=(
            make_question("injury", kind="date", group="skin"),
            make_question("healed", group="skin", ask_at=DAILY, ask_if=recent),
            make_question("seen", group="skin", ask_if=recent),
        ),
    )
    for days, expected in ((3, ["healed", "seen"]), (4, [])):
        standing = {"injury": Answer((TODAY - timedelta(days=days)).isoformat(), TODAY)}
        form = DayQuestions(rules, standing, TODAY, BODY).form()
        assert [line.question.slug for line in form.lines] == expected


def test_a_group_without_a_heading_goes_by_its_name() -> None:
    rules = dataclasses.replace(RULES, questions=(make_question("eyes", group="eyes", ask_at=DAILY),))
    form = DayQuestions(rules, {"eyes": Answer("no", TODAY)}, TODAY, BODY).form()
    assert [title for title, _lines in form.groups] == ["eyes"]


def test_a_form_without_lines() -> None:
    form = DayForm([])
    assert (form.fields, form.values, form.etag, form.is_complete) == ([], {}, "", True)


def test_a_day_to_come_is_no_answer() -> None:
    rules = dataclasses.replace(RULES, questions=(make_question("injury", kind="date", group="today", ask_at=DAILY),))
    for days, is_read in ((0, True), (1, False)):
        given = posted(**{"injury": "on", "injury-text": (TODAY + timedelta(days=days)).isoformat()})
        assert DayQuestions(rules, {}, TODAY, BODY).with_opened(["injury"], given).is_complete is is_read
