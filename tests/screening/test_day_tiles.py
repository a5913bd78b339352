"""The short check before a session: no rule that looks at the day is out of the tiles' reach."""

import dataclasses
from functools import cache

import pytest

from clients.screening.conditions import comparisons_in
from clients.screening.engine import applicable_questions, screen
from clients.screening.questionnaire import Questionnaire
from practice.core.yaml_documents import read_document
from tests.screening.examples import CASES_FILE, TODAY, given, healthy, questionnaire


def asked_of_the_day(rules: Questionnaire) -> set[str]:
    """Read from the questions themselves, not from the tiles."""
    return {question.slug for question in rules.questions if question.before_sessions or question.ask_again}


def day_rules() -> list[str]:
    days = asked_of_the_day(questionnaire())
    return [
        rule.slug
        for _question, rule in questionnaire().rules
        if any(test.question in days for test in comparisons_in(rule.when))
    ]


@cache
def cases_of(rule: str) -> list[dict]:
    cases = read_document(CASES_FILE)["vignettes"]
    return [case["answers"] for case in cases if any(f["rule"] == rule for f in case["expected"]["findings"])]


def told_by_tiles(rules: Questionnaire, answers: dict) -> dict:
    """What a client signed who was healthy today, with what the tiles let them say before the session."""
    in_tiles = {slug for tile in rules.before_each_session.tiles for slug in tile.questions}
    kept = {slug: value for slug, value in answers.items() if slug not in asked_of_the_day(rules)}
    told = {**healthy(), **kept}
    for slug in [question.slug for question in rules.questions if question.slug in answers]:
        again = rules.question_by_slug[slug].ask_again is not None
        applies = {q.slug for q in applicable_questions(rules, given(told), "before_each_session", today=TODAY)}
        if slug in in_tiles and (slug in applies or again):
            told[slug] = answers[slug]
    return told


def is_reachable(rules: Questionnaire, rule: str) -> bool:
    """Whether what the tiles let a client say makes the rule fire, for one case at least."""
    return any(
        rule in {f.rule for f in screen(rules, given(told_by_tiles(rules, answers)), [], TODAY).findings}
        for answers in cases_of(rule)
    )


@pytest.mark.parametrize("rule", day_rules())
def test_answers_to_the_tiles_questions_make_every_day_rule_fire(rule: str) -> None:
    assert cases_of(rule)
    assert is_reachable(questionnaire(), rule)


# Without “pain” the flare would still be reached by swelling.
@pytest.mark.parametrize("gone", ["chest-face", "leg", "skin", "state"])
def test_without_one_of_the_tiles_a_rule_would_be_out_of_reach(gone: str) -> None:
    sheet = questionnaire().before_each_session
    tiles = tuple(tile for tile in sheet.tiles if tile.slug != gone)
    fewer = dataclasses.replace(questionnaire(), before_each_session=dataclasses.replace(sheet, tiles=tiles))
    assert not all(is_reachable(fewer, rule) for rule in day_rules())
