"""The check of a day: what "as before" says, what has to be asked, and what follows from an answer."""

import dataclasses
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.http import QueryDict

from clients.intake.day_form import DayForm, TileForm, complain_of_missing
from clients.intake.day_questions import DayQuestions
from clients.intake.day_standing import due_again, is_whole_list_due
from clients.intake.day_tiles import complete_tiles
from clients.screening.answers import Answer
from clients.screening.conditions import Comparison
from clients.screening.entries import AskAgain, DaySheet, DayTile, Option
from clients.screening.questionnaire import Questionnaire
from tests.factories.shared_rules import TODAY, make_question, make_rule, make_shared

DAILY = ("intake", "before_each_session")
BODY: Any = SimpleNamespace(slugs=SimpleNamespace(regions=frozenset({"heel"})), names={"heel": "Heel pad"}, places=())


def is_yes(question: str) -> Comparison:
    return Comparison(question, "equals", "yes")


WOUND = [{"side": "left", "region": "heel"}]
ILL = make_question("fever", make_rule("fever", "STOP", is_yes("fever"), 9), group="today", ask_at=DAILY)
NUMB = make_question("numb", make_rule("numb", "CAUTION", is_yes("numb"), 9), group="heart", ask_at=DAILY)
SORE = make_rule("wound", "RESTRICT", Comparison("wound", "not_empty", True), 9)
RULES: Questionnaire = dataclasses.replace(
    make_shared(),
    questions=(
        ILL,
        NUMB,
        make_question("wound", SORE, kind="body_location", group="skin", ask_at=DAILY),
        make_question("side", group="skin", ask_at=DAILY, ask_if=is_yes("numb")),
        make_question("weeks", kind="integer", group="heart", ask_if=is_yes("numb")),
        make_question("consent", group="heart"),
        make_question(
            "baby", kind="choice", group="heart", ask_at=DAILY, options=(Option("no", "No"), Option("never", "Never"))
        ),
        make_question("meal", group="today", ask_at=("before_each_session",), required=False),
        make_question("pain", kind="scale_0_10", group="foot", ask_at=DAILY),
        make_question("course", group="foot", ask_if=Comparison("pain", "gte", 1)),
        make_question("foot", group="foot", ask_at=DAILY, ask_if=Comparison("pain", "gte", 1)),
    ),
    before_each_session=DaySheet(
        7,
        (
            DayTile("ill", "Ill", "ill", ("fever", "numb", "side", "baby", "meal")),
            DayTile("skin", "Skin", "skin", ("wound",)),
            DayTile("pain", "Pain now", "pain", ("pain", "foot"), is_fresh=True),
        ),
        {"baby": ("never",)},
        {"wound": "open skin", "numb": "numb feet"},
    ),
)


def questions(*, whole: bool = False, due: Any = (), rules: Questionnaire = RULES, **standing: Any) -> DayQuestions:
    said = {"fever": "no", "numb": "no", "consent": "yes", "wound": [], "baby": "no", "pain": 5, **standing}
    answers = {slug: Answer(value, TODAY - timedelta(days=3)) for slug, value in said.items() if value is not None}
    return DayQuestions(rules, answers, TODAY, BODY, is_whole_list=whole, due=frozenset(due))


def sent(
    day: DayQuestions, *, open: Any = (), rest: Any = (), unseen: Any = (), also: Any = (), **fields: Any
) -> DayForm:
    """What comes back of the page as first shown: `also` was on the screen too, `unseen` was not."""
    data = QueryDict(mutable=True)
    shown = [field.shown_as for field in day.form().fields if field.question.slug not in unseen]
    data.setlist("shown", [*shown, *also])
    data.setlist("open", list(open))
    data.setlist("rest", list(rest))
    for field in day.form().fields:
        data.setlist(field.name, list(field.typed.chosen))
        data.setlist(f"{field.name}-place", list(field.typed.places))
    for name, value in fields.items():
        data.setlist(f"a-{name.replace('_', '-')}", value if isinstance(value, list) else [value])
    return day.read(data)


def asked(form: DayForm) -> list[str]:
    return [slug for tile in form.tiles for slug, field in tile.asked if field]


def offered(form: DayForm) -> list[str]:
    return [slug for tile in form.tiles for slug, field in tile.offered if field]


def tile(form: DayForm, slug: str) -> TileForm:
    return next(tile for tile in form.tiles if tile.tile.slug == slug)


def test_by_itself_only_the_pain_is_asked_and_each_other_question_waits_in_its_tile() -> None:
    form = questions().form()
    assert [each.tile.slug for each in form.tiles] == ["ill", "skin", "pain"]
    assert asked(form) == ["pain"]
    assert offered(form) == ["fever", "numb", "baby", "meal", "wound"]
    assert form.values == {"fever": "no", "numb": "no", "wound": [], "baby": "no", "meal": "no"}, (
        "never last time's pain"
    )
    assert form.missing == {"pain"}
    assert not form.is_complete
    assert [each.is_open for each in form.tiles] == [False, False, False]


def test_no_pain_and_as_before_is_a_whole_reply_in_which_only_the_pain_was_shown() -> None:
    form = sent(questions(), pain="0")
    assert form.is_complete
    reply = form.reply
    assert reply.values == {"fever": "no", "numb": "no", "wound": [], "baby": "no", "meal": "no", "pain": 0}
    assert (reply.shown, reply.as_before, reply.is_whole_list) == ({"pain"}, ("ill", "skin"), False)


def test_what_a_rule_acts_on_is_carried_on_in_words_and_never_lifted_by_its_tile() -> None:
    form = questions(wound=WOUND, numb="yes", side="no", weeks=20).form()
    assert tile(form, "skin").still == ["open skin: Heel pad (left)"]
    assert tile(form, "ill").still == ["numb feet"]
    reply = sent(questions(wound=WOUND), pain="0").reply
    assert reply.values["wound"] == WOUND
    assert "wound" not in reply.shown, "the drawing came back as it was filled in"


def test_what_is_about_now_and_was_bad_is_asked_anew_whatever_is_said_of_its_tile() -> None:
    form = questions(fever="yes").form()
    assert asked(form) == ["fever", "pain"]
    assert "fever" not in form.values
    assert sent(questions(fever="yes"), pain="0", rest=["ill"]).missing == {"fever"}
    lifted = sent(questions(fever="yes"), pain="0", fever="no").reply
    assert (lifted.values["fever"], lifted.shown) == ("no", {"fever", "pain"})


def test_what_was_never_said_unsure_or_cannot_be_read_is_asked() -> None:
    for value in (None, "not_sure"):
        assert "numb" in asked(questions(numb=value).form())
    assert "wound" in asked(questions(wound=[{"side": "left", "region": "moon"}]).form())
    assert "baby" in asked(questions(baby=None).form())
    assert questions(meal="no").form().values["meal"] == "no"
    assert "meal" not in asked(questions().form()), "only asked before sessions: nothing of it so far"


def test_an_opened_tile_is_gone_through_or_its_rest_is_said_to_be_as_before() -> None:
    form = sent(questions(), pain="0", open=["ill"], fever="yes")
    assert form.missing == {"numb", "baby"}, "a meal may stay open"
    assert form.may_rest == form.missing
    assert "numb" not in form.values
    rest = sent(questions(), pain="0", open=["ill"], rest=["ill"], fever="yes")
    assert rest.is_complete
    assert rest.reply.shown == {"fever", "pain"}
    assert rest.reply.as_before == ("skin",)
    assert rest.values["numb"] == "no"


def test_answers_in_a_tile_that_was_closed_again_win() -> None:
    form = sent(questions(), pain="0", fever="yes")
    assert tile(form, "ill").is_open
    assert form.missing == {"numb", "baby"}
    assert sent(questions(), pain="0", rest=["ill"], fever="yes").values["fever"] == "yes"


def test_a_wound_seen_in_its_opened_tile_is_confirmed_as_it_is_marked() -> None:
    reply = sent(questions(wound=WOUND), pain="0", open=["skin"]).reply
    assert (reply.values["wound"], reply.shown) == (WOUND, {"wound", "pain"})
    healed = sent(questions(wound=WOUND), pain="0", open=["skin"], wound="none", wound_place=[]).reply
    assert healed.values["wound"] == []


def test_an_answer_to_what_was_not_on_the_screen_is_not_looked_at() -> None:
    form = sent(questions(), pain="3", foot="left", fever="yes", unseen=["fever"])
    assert form.missing == {"foot", "course"}, "asked, not taken"
    assert form.values["fever"] == "no"
    assert form.first_unseen({"pain"}).question.slug == "foot"  # type: ignore[union-attr]
    assert sent(questions(), pain="3", unseen=["pain"]).missing == {"pain"}
    assert sent(questions(), pain="0", open=["moon"], rest=["moon"], also=["moon"], moon="yes").is_complete


def test_what_an_answer_brings_up_stands_behind_it_and_goes_with_it() -> None:
    form = sent(questions(), pain="3")
    assert asked(form) == ["pain", "foot", "course"]
    assert [slug for slug, _field in form.changed(["pain", *offered(form)])] == ["foot", "course"]
    full = sent(questions(), pain="3", also=["foot", "course"], foot="yes", course="no")
    assert full.is_complete
    assert full.reply.shown == {"pain", "foot", "course"}
    gone = sent(questions(), pain="0", also=["foot", "course"], foot="yes", course="no")
    assert gone.is_complete
    assert "foot" not in gone.reply.values
    assert "foot" not in gone.reply.shown
    assert ("foot", None) in gone.changed([*("pain", "foot"), *offered(gone)])


def test_a_follow_up_of_another_kind_opens_its_tile() -> None:
    form = sent(questions(), pain="0", open=["ill"], rest=["ill"], numb="yes")
    assert form.missing == {"side", "weeks"}
    assert form.may_rest == set(), "they were never answered, so nothing can be as before"
    assert tile(form, "ill").is_open
    carried = questions(numb="yes", weeks=20).form()
    assert asked(carried) == ["side", "pain"], "open although nobody tapped: the session would be blocked"


def test_what_does_not_apply_rests_until_the_whole_list() -> None:
    form = questions(baby="never").form()
    assert "baby" not in [*asked(form), *offered(form)]
    assert form.values["baby"] == "never"
    assert "baby" in offered(questions(baby="never", whole=True).form())
    assert "baby" in offered(questions(baby="no").form())
    acts = make_rule("never", "CAUTION", Comparison("baby", "equals", "never"), 9)
    strict = dataclasses.replace(RULES, questions=(*RULES.questions[1:], dataclasses.replace(ILL, rules=(acts,))))
    assert "baby" in offered(questions(baby="never", rules=strict).form()), "never where a rule acts on it"


def test_the_whole_list_is_open_and_gone_through() -> None:
    day = questions(whole=True, wound=WOUND)
    form = day.form()
    assert [each.is_open for each in form.tiles] == [True, True, False], "the pain stands there by itself"
    assert sent(day, pain="0").missing == {"fever", "numb", "baby"}, "the wound is confirmed as it is marked"
    reply = sent(day, pain="0", rest=["ill", "skin"]).reply
    assert (reply.is_whole_list, reply.as_before) == (True, ())
    assert reply.shown == {"pain", "wound"}
    assert reply.values["numb"] == "no"


def test_what_is_due_again_is_asked_whatever_was_said() -> None:
    day = questions(due=["consent", "numb"])
    assert asked(day.form()) == ["numb", "pain", "consent"]
    assert tile(day.form(), "more").tile.title == "New questions"
    assert sent(day, pain="0", rest=["ill", "more"]).missing == {"consent", "numb"}


def test_a_question_is_due_again_by_its_days_where_the_routine_works() -> None:
    clot = make_question("clot", ask_again=AskAgain(7, ("calf",)))
    rules = dataclasses.replace(RULES, questions=(clot,))

    def due(worked: set[str], days: int | None) -> bool:
        given = {} if days is None else {"clot": Answer("no", TODAY - timedelta(days=days))}
        return "clot" in due_again(rules, given, worked, TODAY)

    assert [due({"calf"}, days) for days in (6, 7, None)] == [False, True, True]
    assert not due({"heel"}, 90)
    assert not due_again(rules, {"clot": Answer("no")}, {"calf"}, TODAY)


def test_the_whole_list_comes_at_first_and_after_its_days() -> None:
    assert is_whole_list_due(RULES, None, TODAY)
    assert [is_whole_list_due(RULES, TODAY - timedelta(days=days), TODAY) for days in (0, 6, 7)] == [False, False, True]


def test_what_cannot_be_read_is_in_need_and_never_counts() -> None:
    form = sent(questions(), pain="11", fever="maybe")
    assert {field.question.slug for field in form.in_need} == {"fever", "pain"}
    assert tile(form, "ill").is_open
    assert tile(form, "ill").in_need
    assert not form.is_complete
    assert "pain" not in form.values


def test_what_was_shown_and_left_open_says_what_to_do() -> None:
    form = sent(questions(), pain="3", open=["ill"], fever="no")
    complain_of_missing(form, {"pain", "fever", "numb", "baby"})
    errors = {field.question.slug: field.error for field in form.fields if field.error}
    assert errors == dict.fromkeys(("numb", "baby"), "Please answer, or tick below that all else is as before.")
    empty = sent(questions())
    complain_of_missing(empty, {"pain"})
    assert [field.error for field in empty.in_need] == ["Please answer this question."]


def test_a_good_day_answers_what_has_to_be_asked_with_nothing() -> None:
    form = questions(fever="yes", wound=WOUND, whole=True).good_day()
    assert form.is_complete
    assert (form.values["fever"], form.values["wound"], form.values["pain"]) == ("no", WOUND, 0)


def test_the_etag_stands_for_what_was_shown_and_the_day() -> None:
    etag = questions().form().etag
    assert len(etag) == 16
    assert sent(questions(), pain="3").etag == etag, "answers do not change it"
    assert questions(consent="no").form().etag == etag, "not on the screen"
    others = {
        questions(wound=WOUND).form().etag,
        questions(numb="yes").form().etag,
        questions(whole=True).form().etag,
        questions(due=["numb"]).form().etag,
        questions(rules=dataclasses.replace(RULES, version="2")).form().etag,
        dataclasses.replace(questions(), today=TODAY + timedelta(days=1)).form().etag,
    }
    assert len(others | {etag}) == 7


def test_a_question_that_depends_on_a_day_is_asked_on_the_days_it_says() -> None:
    recent = Comparison("injury", "days_since_lte", 3)
    rules = dataclasses.replace(
        RULES,
        questions=(
            make_question("injury", kind="date", group="skin"),
            make_question("healed", group="skin", ask_at=DAILY, ask_if=recent),
            make_question("seen", group="skin", ask_if=recent),
        ),
        before_each_session=DaySheet(),
    )
    for days, expected in ((3, ["healed", "seen"]), (4, [])):
        standing = {"injury": Answer((TODAY - timedelta(days=days)).isoformat(), TODAY)}
        form = DayQuestions(rules, standing, TODAY, BODY).form()
        assert [field.question.slug for field in form.fields] == expected


def test_follow_ups_stand_in_the_tile_of_what_they_follow_from() -> None:
    tiles = {each.slug: each.questions for each in complete_tiles(RULES)}
    assert tiles == {
        "ill": ("fever", "numb", "side", "weeks", "baby", "meal"),
        "skin": ("wound",),
        "pain": ("pain", "foot", "course"),
        "more": ("consent",),
    }


def test_a_day_to_come_is_no_answer() -> None:
    injury = make_question("injury", kind="date", group="today", ask_at=DAILY)
    rules = dataclasses.replace(RULES, questions=(injury,), before_each_session=DaySheet())
    for days, is_read in ((0, True), (1, False)):
        day = DayQuestions(rules, {}, TODAY, BODY)
        assert sent(day, injury_text=(TODAY + timedelta(days=days)).isoformat()).is_complete is is_read
