"""Screening: what each kind of answer does, and the properties that hold for every client."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import given as property_given
from hypothesis import strategies as st

from clients.screening.answers import Answer, validate_answer
from clients.screening.conditions import holds
from clients.screening.engine import applicable_questions, screen
from clients.screening.entries import OUTCOMES
from clients.screening.expiry import verdict_expires_on
from clients.screening.findings import Screening
from clients.screening.letter_terms import Clearance
from tests.screening.examples import (
    TODAY,
    answer_sets,
    clients_at_risk,
    given,
    healthy,
    letter_sets,
    letters_of,
    questionnaire,
    restricted_sets,
)


def screened(changes: dict[str, Any], letters: list[Clearance] | None = None, **options: Any) -> Screening:
    return screen(questionnaire(), given({**healthy(), **changes}), letters or [], TODAY, **options)


def outcomes(screening: Screening) -> dict[str, str]:
    return {finding.rule: finding.outcome for finding in screening.findings}


def test_a_healthy_adult_is_clear() -> None:
    screening = screened({})
    assert (screening.overall, screening.urgency, screening.findings) == ("CLEAR", None, ())


def test_a_finding_carries_question_answer_rule_and_source() -> None:
    (finding,) = screened({"blood-thinners": "anticoagulant", "blood-thinner-reason": "prevention"}).findings
    (cause,) = finding.causes
    assert (finding.rule, cause.question, cause.given) == ("anticoagulants", "blood-thinners", "anticoagulant")
    assert finding.rationale
    assert finding.sources[0].title
    assert "your blood thinner" in finding.client_message


def test_an_unsure_answer_shows_what_it_counted_as() -> None:
    (finding,) = screened({"one-calf-symptoms": "not_sure"}).findings
    (cause,) = finding.causes
    assert (cause.given, cause.counted, finding.urgency) == ("not_sure", "both", "same_day")


@pytest.mark.parametrize(
    ("question", "finding"),
    [("dvt-status", "unsure:dvt-status"), ("other-condition", "unanswered:other-condition")],
)
def test_not_sure_is_open_where_it_does_not_stand_for_yes(question: str, finding: str) -> None:
    screening = screened({question: "not_sure"})
    assert outcomes(screening) == {finding: "INCOMPLETE"}


def test_not_sure_about_a_question_that_does_not_apply_is_missing() -> None:
    changes = {"pregnancy-weeks": "not_sure", "heel-pain-side": "not_sure", "heel-pain-assessed": "not_sure"}
    assert screened(changes).overall == "CLEAR"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("age", True),
        ("age", "42"),
        ("age", 42.0),
        ("age", float("nan")),
        ("chest-breathing", True),
        ("chest-breathing", "maybe"),
        ("chest-breathing", ["no"]),
        ("chest-breathing", {"no": 1}),
        ("heel-arch-pain", 11),
        ("heel-arch-pain", -1),
        ("heart-conditions", "none"),
        ("heart-conditions", []),
        ("heart-conditions", ["none", "gills"]),
        ("heart-conditions", [None]),
        ("varicose-veins", "none"),
        ("varicose-veins", [{"side": "left", "region": "tail"}]),
        ("varicose-veins", [{"side": "middle", "region": "calf"}]),
        ("varicose-veins", [["left", "calf"]]),
        ("surgery-date", "2026-02-30"),
        ("surgery-date", "20260101"),
        ("surgery-date", "last week"),
        ("surgery-date", 20260101),
        ("pregnancy-status", None),
        ("pregnancy-status", ""),
    ],
)
def test_an_answer_that_is_not_offered_is_incomplete(question: str, answer: Any) -> None:
    assert outcomes(screened({question: answer})) == {f"unanswered:{question}": "INCOMPLETE"}


def test_none_said_of_a_question_that_has_no_none_is_no_answer() -> None:
    assert screened({"birth-date": "none", "heel-pain-side": "none", "pregnancy-weeks": "none"}).overall == "CLEAR"
    assert outcomes(
        screened({"pregnancy-status": "recent_birth", "birth-date": "none", "after-birth-signs": "no"})
    ) == {"unanswered:birth-date": "INCOMPLETE"}


def test_a_damaged_answer_never_hides_the_risk_in_it() -> None:
    found = outcomes(screened({"bleeding": ["low_platelets", "gills"]}))
    assert found == {"unanswered:bleeding": "INCOMPLETE", "low-platelets": "STOP"}
    hidden = [{"side": "left", "region": "tail"}]
    assert outcomes(screened({"gout-location": hidden})) == {"unanswered:gout-location": "INCOMPLETE"}


def test_an_unknown_question_is_ignored_and_noted() -> None:
    screening = screened({"favourite-colour": "green"})
    assert (screening.overall, screening.unknown_questions) == ("CLEAR", ("favourite-colour",))


def test_none_with_others_is_a_contradiction_and_the_others_count() -> None:
    found = outcomes(screened({"bleeding": ["none", "low_platelets"]}))
    assert found == {"contradiction:none-with-others:bleeding": "INCOMPLETE", "low-platelets": "STOP"}


def test_a_safer_assumption_replaces_the_given_answer() -> None:
    screening = screened({"dvt-status": "none", "blood-thinners": "antiplatelet", "blood-thinner-reason": "clot"})
    assert outcomes(screening)["dvt-past"] == "REFER"
    cause = next(f for f in screening.findings if f.rule == "dvt-past").causes[0]
    assert (cause.given, cause.counted) == ("none", "past")


def test_contradictions_look_at_the_given_answers_not_at_each_others_assumptions() -> None:
    found = outcomes(screened({"pregnancy-weeks": 20, "birth-date": "2026-03-01"}))
    assert "contradiction:pregnancy-details-without-pregnancy" in found
    assert "contradiction:recent-birth-denied" in found


def test_a_place_that_must_be_marked_is_unanswered_without_a_mark() -> None:
    screening = screened({"gout": "between_attacks", "gout-location": []})
    assert outcomes(screening)["unanswered:gout-location"] == "INCOMPLETE"
    assert screened({"surgery-date": "2020-01-01", "surgery-kind": "minor", "surgery-site": []}).overall == "CLEAR"


def test_the_most_urgent_stop_speaks() -> None:
    assert screened({"alcohol-drugs": "yes", "hot-red-skin": "yes"}).urgency == "same_day"
    assert screened({"alcohol-drugs": "yes", "stroke-signs": "yes"}).urgency == "emergency"
    assert screened({"osteoporosis": "yes"}).urgency is None


# ---- Day questions


def test_a_day_question_is_no_part_of_the_intake_but_its_answer_counts() -> None:
    assert screened({"heavy-meal": "not_sure"}).overall == "CLEAR"
    assert outcomes(screened({"heavy-meal": "yes"})) == {"heavy-meal": "CAUTION"}


def test_before_a_session_the_day_questions_are_asked_again() -> None:
    answers = {slug: Answer(value, TODAY - timedelta(days=1)) for slug, value in healthy().items()}
    screening = screen(questionnaire(), answers, [], TODAY, moment="before_each_session")
    assert "unanswered:chest-breathing" in outcomes(screening)
    assert "unanswered:dvt-status" not in outcomes(screening)
    assert screened({"heavy-meal": "not_sure"}, moment="before_each_session").overall == "INCOMPLETE"


# ---- Age of answers


def aged(changes: dict[str, Any], days: int, *questions: str) -> dict[str, Answer]:
    answers = given({**healthy(), **changes})
    for question in questions:
        answers[question] = Answer(answers[question].value, TODAY - timedelta(days=days))
    return answers


@pytest.mark.parametrize(
    ("changes", "question", "days"),
    [
        ({}, "osteoporosis", 365),
        ({}, "dvt-status", 180),
        ({"clot-risks": ["journey"]}, "clot-risks", 28),
        ({"heel-arch-pain": 3, "heel-pain-side": "left", "heel-pain-course": "no_better_2_weeks",
          "heel-pain-assessed": "no"}, "heel-pain-assessed", 30),
    ],
)  # fmt: skip
def test_an_answer_is_good_on_its_last_day_and_stale_on_the_next(changes: dict, question: str, days: int) -> None:
    fresh = screen(questionnaire(), aged(changes, days, question), [], TODAY)
    assert fresh.stale == frozenset()
    answers = aged(changes, days + 1, question)
    stale = screen(questionnaire(), answers, [], TODAY)
    assert stale.stale == {question}
    assert outcomes(stale)[f"unanswered:{question}"] == "INCOMPLETE"
    assert verdict_expires_on(questionnaire(), fresh, aged(changes, days, question), []) == TODAY + timedelta(days=1)


def test_a_day_answer_does_not_grow_stale_and_its_rule_stays_in_force() -> None:
    answers = aged({"plantar-swelling": "left"}, 300, "plantar-swelling", "chest-breathing")
    screening = screen(questionnaire(), answers, [], TODAY)
    assert outcomes(screening) == {"plantar-acute-flare": "RESTRICT"}


def test_a_stale_answer_where_none_is_required_stays_in_force() -> None:
    answers = given({**healthy(), "gout": "none"})
    answers["gout-location"] = Answer([{"side": "left", "region": "big-toe"}], TODAY - timedelta(days=999))
    found = outcomes(screen(questionnaire(), answers, [], TODAY))
    assert found == {"contradiction:gout-location-without-gout": "INCOMPLETE", "gout-between": "RESTRICT"}


def test_the_verdict_says_when_it_ends() -> None:
    letter = Clearance("K1", frozenset({"surgery-recent"}), TODAY)
    surgery = {"surgery-date": (TODAY - timedelta(days=40)).isoformat(), "surgery-kind": "minor", "surgery-site": []}
    answers = given({**healthy(), **surgery})
    screening = screen(questionnaire(), answers, [letter], TODAY)
    window_ends = TODAY + timedelta(days=3)
    assert verdict_expires_on(questionnaire(), screening, answers, [letter]) == window_ends
    finding = next(f for f in screening.findings if f.rule == "surgery-recent")
    assert finding.ask_again_on == window_ends
    assert finding.cleared_until == TODAY + timedelta(days=42)


def test_the_verdict_ends_with_its_letter() -> None:
    letter = Clearance("K1", frozenset({"surgery-recent"}), TODAY - timedelta(days=41))
    surgery = {"surgery-date": (TODAY - timedelta(days=40)).isoformat(), "surgery-kind": "minor", "surgery-site": []}
    answers = given({**healthy(), **surgery})
    screening = screen(questionnaire(), answers, [letter], TODAY)
    assert verdict_expires_on(questionnaire(), screening, answers, [letter]) == TODAY + timedelta(days=2)


@property_given(answers=clients_at_risk(), ages=st.lists(st.integers(0, 400), min_size=5, max_size=5))
def test_nothing_changes_before_the_first_day_that_was_announced(answers: dict, ages: list[int]) -> None:
    dated = {
        slug: Answer(answer.value, TODAY - timedelta(days=ages[number % 5]))
        for number, (slug, answer) in enumerate(given(answers).items())
    }
    first = screen(questionnaire(), dated, [], TODAY)
    ends = verdict_expires_on(questionnaire(), first, dated, []) or TODAY + timedelta(days=400)
    later = screen(questionnaire(), dated, [], ends - timedelta(days=1))
    assert [(f.rule, f.outcome) for f in first.findings] == [(f.rule, f.outcome) for f in later.findings]


def test_a_rule_that_made_an_answer_stale_goes_on_shortening_the_other() -> None:
    """Found by the property above: with one of its two answers stale the rule no longer fires, yet tomorrow it would
    find the other stale first."""
    changes = {"heel-arch-pain": 3, "heel-pain-side": "left", "heel-pain-course": "no_better_2_weeks"}
    old = aged({**changes, "heel-pain-assessed": "no"}, 31, "heel-pain-assessed")
    answers = {slug: Answer(answer.value, answer.given_on or TODAY) for slug, answer in old.items()}
    first = screen(questionnaire(), answers, [], TODAY)
    assert first.stale == {"heel-pain-assessed"}
    ends = verdict_expires_on(questionnaire(), first, answers, [])
    assert ends == TODAY + timedelta(days=31)
    assert screen(questionnaire(), answers, [], ends).stale > first.stale


# ---- Letters


@pytest.mark.parametrize(
    ("issued", "until", "clears"),
    [(0, None, True), (180, None, True), (181, None, False), (-1, None, False), (5, 0, True), (5, 1, False)],
)
def test_a_letter_counts_from_its_issue_to_its_end_both_included(issued: int, until: int | None, clears: bool) -> None:
    letter = Clearance(
        "K1",
        frozenset({"pad", "peripheral-arterial-disease"}),
        TODAY - timedelta(days=issued),
        None if until is None else TODAY - timedelta(days=until),
    )
    screening = screened({"pad-known": "yes"}, [letter])
    assert screening.overall == ("RESTRICT" if clears else "REFER")
    assert screening.findings[0].cleared_by == ("K1" if clears else None)


def test_a_letter_without_a_day_or_for_another_rule_counts_for_nothing() -> None:
    letters = [Clearance("K1", frozenset({"osteoporosis"}), None), Clearance("K2", frozenset({"pacemaker"}), TODAY)]
    assert screened({"osteoporosis": "yes"}, letters).overall == "REFER"


# ---- Properties


@property_given(answers=answer_sets(), question=st.sampled_from(sorted(healthy())))
def test_an_unanswered_required_question_is_never_releasable(answers: dict, question: str) -> None:
    screening = screen(questionnaire(), given({**answers, question: None}), [], TODAY)
    assert not screening.may_release
    assert f"unanswered:{question}" in outcomes(screening)


@property_given(answers=clients_at_risk(), letters=letter_sets())
def test_a_letter_never_lifts_a_stop(answers: dict, letters: list[dict]) -> None:
    without = screen(questionnaire(), given(answers), [], TODAY)
    with_letters = screen(questionnaire(), given(answers), letters_of(letters), TODAY)
    stops = {f.rule for f in without.findings if f.outcome == "STOP"}
    assert stops == {f.rule for f in with_letters.findings if f.outcome == "STOP"}
    assert without.urgency == with_letters.urgency


@property_given(answers=restricted_sets(), more=restricted_sets(), letters=letter_sets())
def test_adding_a_risk_never_loosens_the_outcome(answers: dict, more: dict, letters: list[dict]) -> None:
    """A risk is added where the client had none; answers that were given already stay."""
    together = {**answers, **{q: value for q, value in more.items() if answers.get(q) in (None, healthy().get(q))}}
    assume(together != answers)
    before = screen(questionnaire(), given(answers), letters_of(letters), TODAY)
    after = screen(questionnaire(), given(together), letters_of(letters), TODAY)
    assert OUTCOMES.index(after.overall) >= OUTCOMES.index(before.overall)
    if not any(f.kind == "contradiction" for f in after.findings):
        # A contradiction may put a stricter rule in the place of one; without it every rule stays.
        assert {f.rule for f in before.findings} <= {f.rule for f in after.findings}


@property_given(answers=clients_at_risk(), letters=letter_sets(), order=st.randoms())
def test_the_order_of_answers_does_not_matter(answers: dict, letters: list[dict], order: Any) -> None:
    shuffled = list(answers.items())
    order.shuffle(shuffled)
    first = screen(questionnaire(), given(answers), letters_of(letters), TODAY)
    assert screen(questionnaire(), given(dict(shuffled)), letters_of(letters), TODAY) == first


RUBBISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["side", "region"]), inner),
    max_leaves=5,
)


@property_given(answers=st.dictionaries(st.sampled_from(sorted(healthy())), RUBBISH, max_size=10))
def test_no_answer_makes_it_crash_and_rubbish_is_never_clear(answers: dict) -> None:
    screening = screen(questionnaire(), {q: Answer(value) for q, value in answers.items()}, [], TODAY)
    assert not screening.may_release


# ---- Forms


def test_the_questions_that_apply_at_each_moment() -> None:
    def asked(changes: dict, moment: Any) -> list[str]:
        answers = given({**healthy(), **changes})
        return [q.slug for q in applicable_questions(questionnaire(), answers, moment, today=TODAY)]

    assert "guardian-consent" not in asked({}, "intake")
    assert "guardian-consent" in asked({"age": 17}, "intake")
    assert "heavy-meal" not in asked({}, "intake")
    assert asked({}, "before_each_session")[:2] == ["chest-breathing", "one-calf-symptoms"]
    assert "heavy-meal" in asked({}, "before_each_session")
    assert "osteoporosis" not in asked({}, "before_each_session")


@pytest.mark.parametrize(
    ("slug", "raw", "value"),
    [
        ("age", 42, 42),
        ("surgery-date", "none", "none"),
        ("surgery-date", "2026-03-01", date(2026, 3, 1)),
        ("pregnancy-status", "not_sure", "not_sure"),
        ("heart-conditions", ["event", "pacemaker"], ("event", "pacemaker")),
        ("varicose-veins", [], ()),
    ],
)
def test_a_form_takes_what_the_question_offers(slug: str, raw: Any, value: Any) -> None:
    assert validate_answer(questionnaire().question_by_slug[slug], raw) == (value, None)


@pytest.mark.parametrize(
    ("slug", "raw"),
    [
        ("age", "forty"),
        ("age", None),
        ("birth-date", "none"),
        ("heart-conditions", ["none", "event"]),
        ("heart-conditions", ["gills"]),
        ("fracture-site", []),
        ("heel-arch-pain", 11),
        ("other-condition", "not_sure"),
    ],
)
def test_a_form_says_what_to_do_about_anything_else(slug: str, raw: Any) -> None:
    value, complaint = validate_answer(questionnaire().question_by_slug[slug], raw)
    assert value is None
    assert complaint


@property_given(answer_sets())
def test_every_rule_and_check_that_holds_is_among_the_candidates(answers: dict[str, Any]) -> None:
    asked = questionnaire()
    counted = screen(asked, given(answers), [], TODAY).answers
    for index, conditions in (
        (asked.rule_index, [rule.when for _question, rule in asked.rules]),
        (asked.check_index, [check.when for check in asked.consistency_checks]),
    ):
        candidates = index.candidates(counted, TODAY)
        assert candidates == sorted(candidates)
        assert {n for n, when in enumerate(conditions) if holds(when, counted, TODAY)} <= set(candidates)
