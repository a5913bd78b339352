"""The short check before a session in the document: every question in one tile, and changes named tile by tile."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from clients.questionnaire.check_day_sheet import PICTURES
from clients.questionnaire.diff import Changes, changes_between
from clients.questionnaire.parse import QuestionnaireFaulty, parse_questionnaire
from clients.questionnaire.rules_text import tile_rows
from tests.screening.examples import catalog, questionnaire, screening_document


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(screening_document())
    change(document["before_each_session"])
    return document


def faults_of(change: Callable[[dict[str, Any]], Any]) -> list[tuple[str, str]]:
    with pytest.raises(QuestionnaireFaulty) as refusal:
        parse_questionnaire(changed(change), file="rules.yaml", catalog=catalog().slugs)
    return [(fault.field, fault.message) for fault in refusal.value.faults]


def changes(change: Callable[[dict[str, Any]], Any]) -> Changes:
    new = parse_questionnaire(changed(change), file="rules.yaml", catalog=catalog().slugs)
    return changes_between(questionnaire(), new, {})


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (lambda sheet: sheet["tiles"][0]["questions"].pop(0), "tiles", "No tile asks"),
        (lambda sheet: sheet["tiles"][0]["questions"].append("age"), "tiles", "is not asked before a session"),
        (lambda sheet: sheet["tiles"][0]["questions"].append("open-wound"), "tiles", "stands in two tiles"),
        (lambda sheet: sheet["tiles"][0].update(picture="moon"), "tiles", "There is no picture “moon”"),
        (lambda sheet: sheet.update(whole_list_every_days=0), "whole_list_every_days", "At least one day"),
        (lambda sheet: sheet.update(rest_on={"age": ["no"]}), "rest_on", "is not asked before a session"),
        (lambda sheet: sheet.update(rest_on={"pregnancy-status": ["x"]}), "rest_on.pregnancy-status", "not an answer"),
        (lambda sheet: sheet.update(in_short={"age": "age"}), "in_short", "is not asked before a session"),
    ],
)
def test_what_is_wrong_with_the_check_is_named(change: Callable[[dict[str, Any]], Any], field: str, words: str) -> None:
    faults = faults_of(change)
    assert field in {name for name, _message in faults}
    assert any(words in message for _name, message in faults)


def test_every_picture_is_drawn() -> None:
    drawn = (Path(settings.BASE_DIR) / "templates/routines/sessions/_pictures.html").read_text()
    assert {*re.findall(r'id="picture-([a-z]+)"', drawn)} == {*PICTURES, "more"}


def test_each_rule_that_reads_an_answer_of_the_day_is_within_reach_of_a_tile() -> None:
    placed = {question.slug for row in tile_rows(questionnaire()) for question, _when in row.questions}
    assert placed == {question.slug for question in questionnaire().questions if question.before_sessions} | {
        question.slug for question in questionnaire().questions if question.ask_again
    }


def test_a_changed_tile_is_named_with_what_changed() -> None:
    found = changes(lambda sheet: sheet["tiles"][2].update(title="Skin and nails"))
    (entry,) = found.tiles
    assert (entry.kind, entry.what, entry.slug, entry.heading) == ("tile", "changed", "skin", "Skin and nails")
    assert [(field.field, field.old, field.new) for field in entry.fields] == [("title", "Skin", "Skin and nails")]
    assert dict(found.sections)["Before each session"] == found.tiles
    assert not found.other


def test_a_question_that_moves_changes_both_tiles() -> None:
    def move(sheet: dict[str, Any]) -> None:
        sheet["tiles"][1]["questions"].append(sheet["tiles"][2]["questions"].pop())

    assert [(entry.slug, [field.field for field in entry.fields]) for entry in changes(move).tiles] == [
        ("leg", ["questions"]),
        ("skin", ["questions"]),
    ]


def test_what_is_said_of_the_check_as_a_whole_is_a_change_of_its_own() -> None:
    (entry,) = changes(lambda sheet: sheet.update(whole_list_every_days=14)).tiles
    assert [(field.field, field.old, field.new) for field in entry.fields] == [("whole_list_every_days", "7", "14")]
    (rest,) = changes(lambda sheet: sheet["rest_on"].update({"pregnancy-status": ["not_pregnant"]})).tiles
    assert [(field.field, field.new) for field in rest.fields] == [("pregnancy-status", "not_pregnant")]
    (order,) = changes(lambda sheet: sheet["tiles"].reverse()).tiles
    assert order.fields[0].new == "(another order)"
    assert not changes(lambda sheet: None)
