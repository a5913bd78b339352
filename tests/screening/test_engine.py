"""Each step of screening on a handful of questions: what counts, what is open, what fires, what a finding carries."""

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from clients.screening.answers import Answer, BodySite
from clients.screening.conditions import AllOf, Comparison
from clients.screening.effects import AllowOnly, Exclude, ResolvedEffect, SideSource
from clients.screening.engine import applicable_questions, day_after, days_by_answer, given_on, screen
from clients.screening.entries import AfterClearance, ClearanceTerms, ConsistencyCheck, Expires, Option
from clients.screening.findings import Cause, Finding, Screening
from clients.screening.letter_terms import Clearance
from clients.screening.questionnaire import Questionnaire
from tests.factories.shared_rules import LIGHT, TODAY, make_question, make_rule, make_shared


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def is_yes(question: str) -> Comparison:
    return Comparison(question, "equals", "yes")


def rules_of(*questions: Any, checks: tuple[ConsistencyCheck, ...] = ()) -> Questionnaire:
    messages = {"INCOMPLETE": "Open.", "REFER": "See somebody.", "RESTRICT": "Some.", "CAUTION": "Mind.", "STOP": "No.",
                "STOP.emergency": "Now!", "CLEAR": ""}  # fmt: skip
    shared = make_shared()
    return dataclasses.replace(
        shared, questions=questions, consistency_checks=checks, regions=frozenset({"heel", "toes"}),
        evaluation=dataclasses.replace(shared.evaluation, default_client_messages=messages),
    )  # fmt: skip


def screened(rules: Questionnaire, answers: Mapping[str, Any], **options: Any) -> Screening:
    given = {slug: value if isinstance(value, Answer) else Answer(value, TODAY) for slug, value in answers.items()}
    letters = options.pop("letters", ())
    return screen(rules, given, letters, TODAY, **options)


def told(screening: Screening) -> list[tuple[str, str, str]]:
    return [(finding.rule, finding.outcome, finding.reason) for finding in screening.findings]


FEVER = make_question("fever", make_rule("fever", "STOP", is_yes("fever"), 30, urgency="emergency"))


def test_a_finding_carries_everything() -> None:
    rule = make_rule(
        "heel", "RESTRICT", is_yes("heel"), 7, effects=(Exclude("exclude", regions=("heel",), sides_from="side"),),
        advice="Ask.", client_message="Not there.", loosened_by="Dr A", origin="loosened", rationale="It hurts.",
    )  # fmt: skip
    rules = rules_of(make_question("side", kind="side", options=(Option("left", "L"),)), make_question("heel", rule))
    (finding,) = screened(rules, {"heel": "yes", "side": "left"}).findings
    assert finding == Finding(
        rule="heel", outcome="RESTRICT", kind="rule", causes=(Cause("heel", "yes", "yes"),),
        effects=(ResolvedEffect(rule.effects[0], sides=frozenset({"left"})),), rationale="It hurts.", advice="Ask.",
        client_message="Not there.", sources=rule.sources, ask_again_on=after(8), loosened_by="Dr A",
        origin="loosened",
    )  # fmt: skip


def test_the_result_says_on_which_day_and_for_which_moment() -> None:
    screening = screened(rules_of(FEVER), {"fever": "yes", "shoes": "44", "hat": "no"})
    assert (screening.overall, screening.urgency, screening.today, screening.moment) == (
        "STOP", "emergency", TODAY, "intake",
    )  # fmt: skip
    assert screening.answers == {"fever": "yes"}
    assert screening.applicable == {"fever"}
    assert (screening.stale, screening.shortened) == (frozenset(), None)
    assert screening.unknown_questions == ("hat", "shoes")
    assert screened(rules_of(FEVER), {"fever": "no"}, moment="before_each_session").moment == "before_each_session"


# ---- What is open


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (make_question("q"), "yes", []),
        (make_question("q"), None, [("unanswered:q", "missing")]),
        (make_question("q", required=False), None, []),
        (make_question("q"), "maybe", [("unanswered:q", "malformed")]),
        (make_question("q", required=False), "maybe", [("unanswered:q", "malformed")]),
        (make_question("q"), "not_sure", [("unsure:q", "")]),
        (make_question("q", required=False), "not_sure", [("unsure:q", "")]),
        (make_question("q", not_sure="treat_as_yes"), "not_sure", []),
        (make_question("q", not_sure="not_offered"), "not_sure", [("unanswered:q", "malformed")]),
        (make_question("q", kind="body_location", min_marks=1), [], [("unanswered:q", "too_few_marks")]),
        (make_question("q", kind="body_location", min_marks=1, required=False), [], []),
        (make_question("q", kind="body_location", min_marks=1), [{"side": "left", "region": "heel"}], []),
        (
            make_question("q", kind="body_location"),
            [{"side": "left", "region": "moon"}],
            [("unanswered:q", "malformed")],
        ),
        (make_question("q", ask_at=("before_each_session",)), None, []),
        (make_question("q", ask_at=("before_each_session",)), "not_sure", []),
        (make_question("q", ask_at=("before_each_session",)), "maybe", [("unanswered:q", "malformed")]),
        (make_question("q", ask_at=("intake", "before_each_session")), None, [("unanswered:q", "missing")]),
    ],
)
def test_what_is_open_about_one_question(question: Any, answer: Any, expected: list[tuple[str, str]]) -> None:
    screening = screened(rules_of(question), {} if answer is None else {"q": answer})
    assert [(finding.rule, finding.reason) for finding in screening.findings] == expected
    for finding in screening.findings:
        assert (finding.outcome, finding.client_message, finding.rationale) == ("INCOMPLETE", "Open.", "")
        assert finding.kind == finding.rule.partition(":")[0]
        assert [cause.question for cause in finding.causes] == ["q"]
        assert finding.causes[0].given == answer


def test_before_a_session_its_questions_are_open_too() -> None:
    rules = rules_of(make_question("q", ask_at=("before_each_session",)))
    assert told(screened(rules, {}, moment="before_each_session")) == [("unanswered:q", "INCOMPLETE", "missing")]


@pytest.mark.parametrize(("parent", "is_asked"), [("yes", True), ("no", False), (None, False), ("not_sure", True)])
def test_a_question_that_depends_on_another(parent: str | None, is_asked: bool) -> None:
    rules = rules_of(
        make_question("parent", required=False, not_sure="treat_as_yes"),
        make_question("child", ask_if=is_yes("parent")),
    )
    screening = screened(rules, {} if parent is None else {"parent": parent})
    assert told(screening) == ([("unanswered:child", "INCOMPLETE", "missing")] if is_asked else [])
    assert ("child" in screening.applicable) is is_asked
    if parent == "not_sure":
        assert screening.answers["parent"] == "yes"


def test_an_answer_to_a_question_that_does_not_apply_still_counts() -> None:
    rules = rules_of(
        make_question("parent"),
        make_question("child", make_rule("child", "CAUTION", is_yes("child"), 9), ask_if=is_yes("parent")),
    )
    assert told(screened(rules, {"parent": "no", "child": "yes"})) == [("child", "CAUTION", "")]
    assert told(screened(rules, {"parent": "no", "child": "not_sure"})) == []
    assert told(screened(rules, {"parent": "no", "child": "maybe"})) == [
        ("unanswered:child", "INCOMPLETE", "malformed")
    ]


def test_not_sure_that_stands_for_yes_counts_where_the_question_applies_only() -> None:
    child = make_question(
        "child", make_rule("child", "CAUTION", is_yes("child"), 9), ask_if=is_yes("parent"), not_sure="treat_as_yes"
    )
    rules = rules_of(make_question("parent"), child)
    assert told(screened(rules, {"parent": "yes", "child": "not_sure"})) == [("child", "CAUTION", "")]
    assert told(screened(rules, {"parent": "no", "child": "not_sure"})) == []


def test_a_damaged_answer_is_open_and_what_of_it_is_offered_counts() -> None:
    skin = make_question(
        "skin", make_rule("skin", "CAUTION", Comparison("skin", "includes_any", frozenset({"cut"})), 9),
        kind="multi_choice", options=(Option("none", "-"), Option("cut", "Cut")),
    )  # fmt: skip
    assert told(screened(rules_of(skin), {"skin": ["cut", "gills"]})) == [
        ("unanswered:skin", "INCOMPLETE", "malformed"),
        ("skin", "CAUTION", ""),
    ]
    assert screened(rules_of(skin), {"skin": ["cut", "gills"]}).answers == {"skin": ("cut",)}


def test_lists_and_words_of_every_form_are_read_alike() -> None:
    skin = make_question("skin", kind="multi_choice", options=(Option("none", "-"), Option("cut", "Cut")))
    rules = rules_of(skin, FEVER)
    assert screened(rules, {"skin": ["cut"], "fever": "no"}).answers == {"skin": ("cut",), "fever": "no"}
    assert screened(rules, {"skin": ("cut",), "fever": "no"}).answers == {"skin": ("cut",), "fever": "no"}
    assert told(screened(rules, {"skin": [], "fever": "no"})) == [("unanswered:skin", "INCOMPLETE", "missing")]
    assert told(screened(rules, {"skin": [["cut"]], "fever": ["no"]}))[0] == (
        "unanswered:skin", "INCOMPLETE", "malformed",
    )  # fmt: skip
    assert told(screened(rules, {"skin": [7], "fever": "no"})) == [("unanswered:skin", "INCOMPLETE", "malformed")]


# ---- Contradictions


def check(slug: str, when: Comparison, **assume: Any) -> ConsistencyCheck:
    return ConsistencyCheck(slug, when, {name.replace("_", "-"): value for name, value in assume.items()}, f"{slug}!")


def test_a_contradiction_is_told_and_the_safer_answer_assumed() -> None:
    rules = rules_of(FEVER, make_question("drug"), checks=(check("drug", is_yes("drug"), fever="yes"),))
    screening = screened(rules, {"fever": "no", "drug": "yes"})
    assert told(screening) == [("contradiction:drug", "INCOMPLETE", ""), ("fever", "STOP", "")]
    first, second = screening.findings
    assert (first.kind, first.rationale, first.causes) == ("contradiction", "drug!", (Cause("drug", "yes", "yes"),))
    assert second.causes == (Cause("fever", "no", "yes"),)
    assert told(screened(rules, {"fever": "no", "drug": "no"})) == []


def test_checks_do_not_see_what_another_assumed() -> None:
    checks = (check("first", is_yes("drug"), fever="yes"), check("second", is_yes("fever"), drug="no"))
    rules = rules_of(FEVER, make_question("drug"), checks=checks)
    found = told(screened(rules, {"fever": "no", "drug": "yes"}))
    assert ("contradiction:second", "INCOMPLETE", "") not in found
    both = screened(rules, {"fever": "yes", "drug": "yes"})
    assert told(both)[:2] == [("contradiction:first", "INCOMPLETE", ""), ("contradiction:second", "INCOMPLETE", "")]
    assert both.answers == {"fever": "yes", "drug": "no"}


def test_checks_and_sides_look_at_the_days_of_events() -> None:
    recent = Comparison("injury", "days_since_lte", 3)
    side = AllowOnly("allow_only", sides_from_any=(SideSource("side", recent), SideSource("other")))
    rules = rules_of(
        make_question("injury", kind="date"),
        make_question("side", required=False, kind="side", options=(Option("left", "L"),)),
        make_question("other", required=False, kind="side", options=(Option("right", "R"),)),
        make_question("heel", make_rule("heel", "RESTRICT", is_yes("heel"), 9, effects=(side,))),
        checks=(check("recent", recent),),
    )
    for days, rule, sides in ((3, ["contradiction:recent", "heel"], {"left", "right"}), (4, ["heel"], {"right"})):
        answers = {"injury": after(-days).isoformat(), "side": "left", "other": "right", "heel": "yes"}
        screening = screened(rules, answers)
        assert [finding.rule for finding in screening.findings] == rule
        assert screening.findings[-1].effects == (ResolvedEffect(side, sides=frozenset(sides)),)


def test_none_beside_other_options_goes() -> None:
    skin = make_question(
        "skin", kind="multi_choice", options=(Option("none", "-"), Option("cut", "Cut"), Option("rash", "Rash"))
    )
    more = make_question("more", kind="multi_choice", options=(Option("none", "-"), Option("cut", "Cut")))
    screening = screened(rules_of(skin, more), {"skin": ["none", "rash", "cut"], "more": ["none"]})
    assert told(screening) == [("contradiction:none-with-others:skin", "INCOMPLETE", "")]
    assert screening.answers == {"skin": ("cut", "rash"), "more": ("none",)}
    assert screening.findings[0].causes == (Cause("skin", ["none", "rash", "cut"], ("cut", "none", "rash")),)
    later = screened(rules_of(skin, more), {"skin": ["cut"], "more": ["none", "cut"]})
    assert [finding.rule for finding in later.findings] == ["contradiction:none-with-others:more"]


# ---- Letters


REFER = make_rule(
    "pad", "REFER", is_yes("pad"), 30, clearance=ClearanceTerms("a doctor", 90), client_message="Ask your doctor.",
    effects=(LIGHT,), after_clearance=AfterClearance("CAUTION", ()),
)  # fmt: skip


def letter(name: str, issued: int = 0, until: int | None = None, covers: str = "pad") -> Clearance:
    return Clearance(name, frozenset({covers}), after(issued), None if until is None else after(until))


def test_a_letter_softens_a_referral() -> None:
    rules = rules_of(make_question("pad", REFER))
    (without,) = screened(rules, {"pad": "yes"}, letters=[letter("K0", 1), letter("K1", covers="x")]).findings
    assert (without.outcome, without.cleared_by, without.cleared_until, without.client_message) == (
        "REFER", None, None, "Ask your doctor.",
    )  # fmt: skip
    assert without.effects == (ResolvedEffect(LIGHT),)
    letters = iter([letter("K2", until=5), letter("K3", until=9), letter("K4", until=7)])
    (softened,) = screened(rules, {"pad": "yes"}, letters=letters).findings
    assert (softened.outcome, softened.cleared_by, softened.cleared_until) == ("CAUTION", "K2", after(9))
    assert (softened.client_message, softened.effects) == ("Mind.", ())


def test_a_letter_from_before_the_event_softens_nothing() -> None:
    rule = dataclasses.replace(REFER, when=Comparison("injury", "days_since_lte", 30))
    rules = rules_of(make_question("injury", rule, kind="date"))
    for day, outcome in ((-1, "CAUTION"), (0, "CAUTION"), (1, "REFER")):
        answers = {"injury": after(-5 + day).isoformat()}
        assert screened(rules, answers, letters=[letter("K1", -5)]).overall == outcome


def test_a_letter_without_terms_of_what_is_left_softens_nothing() -> None:
    rules = rules_of(make_question("pad", dataclasses.replace(REFER, after_clearance=None)))
    (finding,) = screened(rules, {"pad": "yes"}, letters=[letter("K1")]).findings
    assert (finding.outcome, finding.effects) == ("REFER", (ResolvedEffect(LIGHT),))


@pytest.mark.parametrize(
    ("outcome", "urgency", "own", "expected"),
    [
        ("STOP", "emergency", "", "Now!"),
        ("STOP", None, "", "No."),
        ("STOP", "same_day", "", ""),
        ("CAUTION", None, "", "Mind."),
        ("CAUTION", "emergency", "", "Mind."),
        ("CAUTION", None, "Own.", "Own."),
    ],
)
def test_what_the_client_reads(outcome: Any, urgency: Any, own: str, expected: str) -> None:
    rule = make_rule("r", outcome, is_yes("q"), 30, urgency=urgency, client_message=own)
    (finding,) = screened(rules_of(make_question("q", rule)), {"q": "yes"}).findings
    assert finding.client_message == expected


# ---- Days


@pytest.mark.parametrize(
    ("expires", "answers", "expected"),
    [
        (Expires("answer_ttl", 10), {"q": Answer("yes", TODAY)}, after(11)),
        (Expires("answer_ttl", 10), {"q": Answer("yes", after(-4))}, after(7)),
        (Expires("answer_ttl", 10), {"q": Answer("yes")}, after(11)),
        (Expires("answer_ttl", 10), {"q": Answer("yes", after(4))}, after(11)),
        (
            Expires("event_window", 10, date_question="day"),
            {"q": Answer("yes", after(-1)), "day": Answer(after(-3).isoformat(), TODAY)},
            after(8),
        ),
        (Expires("event_window", 10, date_question="day"), {"q": Answer("yes", TODAY), "day": Answer("none")}, None),
        (Expires("event_window", 10, date_question="day"), {"q": Answer("yes", TODAY)}, None),
    ],
)
def test_when_to_ask_again(expires: Expires, answers: dict[str, Answer], expected: date | None) -> None:
    rule = dataclasses.replace(make_rule("r", "CAUTION", is_yes("q"), 10), expires=expires)
    rules = rules_of(make_question("q", rule), make_question("day", kind="date_or_none", required=False))
    (finding,) = screened(rules, answers).findings
    assert finding.ask_again_on == expected


def test_the_oldest_of_two_answers_decides_when_to_ask_again() -> None:
    rule = make_rule("r", "CAUTION", AllOf((is_yes("q"), is_yes("p"))), 10)
    rules = rules_of(make_question("p"), make_question("q", rule))
    (finding,) = screened(rules, {"p": Answer("yes", after(-2)), "q": Answer("yes", after(-5))}).findings
    assert finding.ask_again_on == after(6)
    assert [cause.question for cause in finding.causes] == ["q", "p"]


def test_the_day_from_which_an_answer_counts() -> None:
    assert given_on(None, TODAY) == given_on(Answer("x"), TODAY) == given_on(Answer("x", after(3)), TODAY) == TODAY
    assert given_on(Answer("x", after(-3)), TODAY) == after(-3)


def test_the_day_after_so_many() -> None:
    assert day_after(TODAY, 0) == after(1)
    assert day_after(TODAY, -1) == TODAY
    assert day_after(date(9999, 12, 31), 0) == date.max
    assert day_after(TODAY, 10**9) == date.max


def test_for_how_many_days_each_answer_counts() -> None:
    ttl = make_rule("ttl", "CAUTION", is_yes("a"), 20)
    shorter = make_rule("shorter", "CAUTION", is_yes("a"), 10)
    longer = make_rule("longer", "CAUTION", is_yes("a"), 400)
    window = make_rule("window", "CAUTION", is_yes("a"), 1, event="a")
    rules = rules_of(make_question("a", ttl, valid_days=100), make_question("b"))
    assert days_by_answer(rules, []) == {"a": 100, "b": 365}
    assert days_by_answer(rules, []) is rules.days_by_slug
    assert days_by_answer(rules, [(ttl, ("a",)), (shorter, ("a",)), (longer, ("b",))]) == {"a": 10, "b": 365}
    assert days_by_answer(rules, [(shorter, ("a",)), (ttl, ("a", "b"))]) == {"a": 10, "b": 20}
    assert days_by_answer(rules, [(window, ("a",)), (longer, ("a",))]) == {"a": 100, "b": 365}


# ---- Stale answers


TTL = make_rule("q", "CAUTION", is_yes("q"), 10)


@pytest.mark.parametrize(
    ("answer", "age", "stale"),
    [
        ("no", 50, False),
        ("no", 51, True),
        ("yes", 10, False),
        ("yes", 11, True),
        ("no", -60, False),
        ("no", 0, False),
    ],
)
def test_an_answer_grows_stale(answer: str, age: int, stale: bool) -> None:
    rules = rules_of(make_question("q", TTL, valid_days=50), make_question("young"))
    screening = screened(rules, {"q": Answer(answer, after(-age)), "young": "no"})
    assert screening.stale == ({"q"} if stale else frozenset())
    if stale:
        assert told(screening) == [("unanswered:q", "INCOMPLETE", "stale")]
        assert "q" not in screening.answers
        assert screening.shortened == {"q": 10 if answer == "yes" else 50, "young": 365}
        assert screening.findings[0].causes == (Cause("q", answer, None),)


def test_a_stale_answer_where_none_is_required_goes_on_counting() -> None:
    rules = rules_of(make_question("q", TTL, valid_days=50, required=False))
    screening = screened(rules, {"q": Answer("yes", after(-60))})
    assert (screening.stale, told(screening)) == ({"q"}, [("q", "CAUTION", "")])


def test_what_depends_on_a_stale_answer_is_not_asked() -> None:
    rules = rules_of(make_question("q", valid_days=5), make_question("child", ask_if=is_yes("q"), required=True))
    screening = screened(rules, {"q": Answer("yes", after(-9))})
    assert told(screening) == [("unanswered:q", "INCOMPLETE", "stale")]
    assert screening.applicable == {"q"}


def test_questions_of_a_session_are_asked_anew_there_and_do_not_age_elsewhere() -> None:
    rules = rules_of(
        make_question("day", ask_at=("before_each_session",), valid_days=1),
        make_question("both", ask_at=("intake", "before_each_session"), valid_days=1),
        make_question("long", valid_days=900),
    )
    yesterday = {slug: Answer("no", after(-1)) for slug in ("day", "both", "long")}
    assert screened(rules, {slug: Answer("no", after(-500)) for slug in yesterday}).stale == frozenset()
    session = screened(rules, yesterday, moment="before_each_session")
    assert session.stale == {"day", "both"}
    assert told(session) == [("unanswered:day", "INCOMPLETE", "stale"), ("unanswered:both", "INCOMPLETE", "stale")]
    today = {slug: Answer("no", TODAY) for slug in yesterday}
    assert screened(rules, today, moment="before_each_session").stale == frozenset()
    undated = {slug: Answer("no") for slug in yesterday}
    assert screened(rules, undated, moment="before_each_session").stale == frozenset()
    mixed = {**today, "day": Answer("no", after(-1)), "shoes": Answer("44", after(-9))}
    assert screened(rules, mixed, moment="before_each_session").stale == {"day"}


# ---- Never below the shared rules


def test_the_shared_rules_are_a_floor() -> None:
    def rule(slug: str, outcome: Any, **more: Any) -> Any:
        return make_rule(slug, outcome, is_yes("q"), 30, **more)

    shared = rules_of(
        make_question("q", rule("a", "STOP", urgency="emergency"), rule("b", "CAUTION"), rule("c", "RESTRICT"))
    )
    own = rules_of(make_question("q", rule("a", "CAUTION"), rule("b", "RESTRICT"), rule("d", "CAUTION")))
    screening = screened(dataclasses.replace(own, floor=shared), {"q": "yes"})
    assert [(finding.rule, finding.outcome) for finding in screening.findings] == [
        ("b", "RESTRICT"), ("d", "CAUTION"), ("a", "STOP"), ("c", "RESTRICT"),
    ]  # fmt: skip
    assert (screening.overall, screening.urgency) == ("STOP", "emergency")
    stricter = rules_of(make_question("q", rule("a", "STOP"), rule("b", "STOP"), rule("c", "STOP")))
    assert (
        screened(dataclasses.replace(stricter, floor=shared), {"q": "yes"}).findings
        == screened(stricter, {"q": "yes"}).findings
    )


def test_the_floor_sees_the_same_letters_and_moment() -> None:
    rules = rules_of(make_question("pad", REFER), make_question("day", ask_at=("before_each_session",)))
    both = dataclasses.replace(rules, floor=rules)
    answers = {"pad": "yes", "day": Answer("no", after(-1))}
    options = {"letters": [letter("K1")], "moment": "before_each_session"}
    assert screened(both, answers, **options) == screened(rules, answers, **options)
    assert screened(both, {"pad": "yes"}, letters=iter([letter("K1")])).overall == "CAUTION"


# ---- The questions to ask


def test_the_questions_that_apply_at_a_moment() -> None:
    rules = rules_of(
        make_question("parent"),
        make_question("day", ask_at=("before_each_session",)),
        make_question("both", ask_at=("intake", "before_each_session"), ask_if=is_yes("parent")),
        make_question("other", ask_if=is_yes("nobody")),
    )

    def asked(moment: Any, **answers: str) -> list[str]:
        given = {slug: Answer(value) for slug, value in answers.items()}
        return [question.slug for question in applicable_questions(rules, given, moment, today=TODAY)]

    assert asked("intake", parent="yes") == ["parent", "both"]
    assert asked("intake", parent="no") == ["parent"]
    assert asked("before_each_session", parent="yes") == ["day", "both"]
    assert asked("before_each_session") == ["day"]
    since = Comparison("event", "days_since_lte", 3)
    dated = rules_of(make_question("event", kind="date"), make_question("child", ask_if=since))
    for days, expected in ((3, 2), (4, 1)):
        given = {"event": Answer(after(-days).isoformat())}
        assert len(applicable_questions(dated, given, "intake", today=TODAY)) == expected


def test_marks_are_read_with_the_regions_of_the_catalog() -> None:
    rules = rules_of(make_question("where", kind="body_location"))
    screening = screened(rules, {"where": [{"side": "left", "region": "heel"}]})
    assert screening.answers == {"where": (BodySite("left", "heel"),)}
