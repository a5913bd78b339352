"""The questionnaire document: read whole, or refused with file, entry and field of each fault."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from clients.questionnaire.parse import QuestionnaireFaulty, parse_questionnaire
from practice.core.yaml_documents import DocumentFaulty, load_document
from tests.screening.examples import catalog, questionnaire, screening_document


def parse(document: Any) -> Any:
    return parse_questionnaire(document, file="rules.yaml", catalog=catalog().slugs)


def faults_of(change: Callable[[dict], None]) -> list[tuple[str, str, str]]:
    document = copy.deepcopy(screening_document())
    change(document)
    with pytest.raises(QuestionnaireFaulty) as refusal:
        parse(document)
    assert all(fault.file == "rules.yaml" and fault.message for fault in refusal.value.faults)
    return [(fault.entry, fault.field, fault.message) for fault in refusal.value.faults]


def question(document: dict, slug: str) -> dict:
    return next(question for question in document["questions"] if question["slug"] == slug)


def rule(document: dict, slug: str) -> dict:
    return next(rule for q in document["questions"] for rule in q["rules"] if rule["slug"] == slug)


def test_the_starter_has_73_questions_and_97_rules() -> None:
    assert (len(questionnaire().questions), len(questionnaire().rules)) == (73, 97)


def assert_carried(written: Any, read: Any, path: str = "") -> None:
    if isinstance(written, Mapping):
        if dataclasses.is_dataclass(read):
            keys = {field.metadata.get("key", field.name): field.name for field in dataclasses.fields(read)}
            for key, value in written.items():
                if key in ("when", "ask_if", "if"):
                    assert getattr(read, keys[key]) is not None
                else:
                    assert_carried(value, getattr(read, keys[key]), f"{path}.{key}")
        else:
            for key, value in written.items():
                assert_carried(value, read[key], f"{path}.{key}")
    elif isinstance(written, list) and isinstance(read, tuple):
        assert len(written) == len(read), path
        for index, (item, counterpart) in enumerate(zip(written, read, strict=True)):
            assert_carried(item, counterpart, f"{path}[{index}]")
    else:
        assert written == read, path


def test_every_value_of_the_document_is_carried() -> None:
    assert_carried(screening_document(), questionnaire())


@pytest.mark.parametrize(
    ("change", "entry", "field", "says"),
    [
        (lambda d: d.pop("groups"), "", "groups", "missing"),
        (lambda d: d.update(colour="red"), "", "colour", "not known"),
        (lambda d: question(d, "age").update(hint="x"), "questions[1] age", "hint", "not known"),
        (lambda d: question(d, "age").update(group="ages"), "questions[1] age", "group", "ages"),
        (lambda d: question(d, "age").update(required="yes"), "questions[1] age", "required", "true or false"),
        (
            lambda d: question(d, "age").update(slug="consent-information"),
            "questions[1] consent-information",
            "slug",
            "twice",
        ),
        (lambda d: question(d, "age").update(not_sure="treat_as_yes"), "questions[1] age", "not_sure", "yes_no"),
        (lambda d: question(d, "age").update(ask_at=["sometimes"]), "questions[1] age", "ask_at[0]", "choose one"),
        (lambda d: question(d, "age").update(min_marks=1), "questions[1] age", "min_marks", "body_location"),
        (
            lambda d: question(d, "age").update(ask_if={"q": "guardian-consent", "equals": "yes"}),
            "questions[1] age",
            "ask_if",
            "above",
        ),
        (lambda d: question(d, "age").update(ask_if={"q": "age", "gt": 1}), "questions[1] age", "ask_if", "above"),
        (
            lambda d: question(d, "guardian-consent").update(ask_if={"q": "agee", "lt": 18}),
            "questions[2] guardian-consent",
            "ask_if",
            "agee",
        ),
        (
            lambda d: question(d, "bleeding").update(options=[{"value": "none", "label": "No"}]),
            "questions[33] bleeding",
            "options",
            "two options",
        ),
        (
            lambda d: rule(d, "minor-16-17").update(when={"q": "age", "above": 3}),
            "questions[1] age > rules[2] minor-16-17",
            "when.above",
            "no test",
        ),
        (
            lambda d: rule(d, "minor-16-17").update(when={"q": "age", "gte": 16, "lt": 18}),
            "questions[1] age > rules[2] minor-16-17",
            "when",
            "One test",
        ),
        (
            lambda d: rule(d, "minor-16-17").update(when={"q": "age", "equals": "yes"}),
            "questions[1] age > rules[2] minor-16-17",
            "when",
            "another type",
        ),
        (
            lambda d: rule(d, "minor-16-17")["when"]["all"].append({"q": "age", "lt": "18"}),
            "questions[1] age > rules[2] minor-16-17",
            "when.all[3].lt",
            "whole number",
        ),
        (
            lambda d: rule(d, "dvt-past").update(when={"q": "dvt-status", "equals": "long-ago"}),
            "questions[21] dvt-status > rules[1] dvt-past",
            "when",
            "long-ago",
        ),
        (
            lambda d: rule(d, "dvt-past").update(when={"q": "dvt-status", "equals": "not_sure"}),
            "questions[21] dvt-status > rules[1] dvt-past",
            "when",
            "not_sure",
        ),
        (
            lambda d: rule(d, "dvt-past").update(outcome="MAYBE"),
            "questions[21] dvt-status > rules[1] dvt-past",
            "outcome",
            "STOP",
        ),
        (
            lambda d: rule(d, "dvt-past").pop("clearance"),
            "questions[21] dvt-status > rules[1] dvt-past",
            "clearance",
            "REFER",
        ),
        (
            lambda d: rule(d, "dvt-past").update(slug="dvt-current"),
            "questions[21] dvt-status > rules[1] dvt-current",
            "slug",
            "twice",
        ),
        (
            lambda d: rule(d, "dvt-current").pop("urgency"),
            "questions[21] dvt-status > rules[0] dvt-current",
            "urgency",
            "urgent",
        ),
        (
            lambda d: rule(d, "dvt-current").update(sources=[]),
            "questions[21] dvt-status > rules[0] dvt-current",
            "sources",
            "source",
        ),
        (
            lambda d: rule(d, "dvt-current").update(sources=[{"title": "A page"}]),
            "questions[21] dvt-status > rules[0] dvt-current",
            "sources[0]",
            "url",
        ),
        (
            lambda d: rule(d, "dvt-current")["expires"].update(kind="never"),
            "questions[21] dvt-status > rules[0] dvt-current",
            "expires.kind",
            "answer_ttl",
        ),
        (
            lambda d: rule(d, "dvt-current")["expires"].update(kind="event_window"),
            "questions[21] dvt-status > rules[0] dvt-current",
            "expires.date_question",
            "date question",
        ),
        (
            lambda d: rule(d, "clot-risk-raised").update(effects=[]),
            "questions[22] clot-risks > rules[0] clot-risk-raised",
            "effects",
            "RESTRICT",
        ),
        (
            lambda d: rule(d, "clot-risk-raised")["effects"][0].update(regions=["shin"]),
            "questions[22] clot-risks > rules[0] clot-risk-raised",
            "effects[0].regions",
            "shin",
        ),
        (
            lambda d: rule(d, "clot-risk-raised")["effects"].append({"type": "exclude"}),
            "questions[22] clot-risks > rules[0] clot-risk-raised > effects[3]",
            "",
            "excludes nothing",
        ),
        (
            lambda d: rule(d, "clot-risk-raised")["effects"].append({"type": "vanish"}),
            "questions[22] clot-risks > rules[0] clot-risk-raised > effects[3]",
            "type",
            "max_pressure",
        ),
        (
            lambda d: rule(d, "open-wound")["effects"][0].update(regions_from="age"),
            "questions[44] open-wound > rules[0] open-wound",
            "effects[0]",
            "body_location",
        ),
        (
            lambda d: d["consistency_checks"][0].update(assume={"pregnancy-status": "maybe"}),
            "consistency_checks[0] pregnancy-details-without-pregnancy",
            "assume.pregnancy-status",
            "maybe",
        ),
        (
            lambda d: d["consistency_checks"][1].update(assume={"pregnancy-status": "recent_birth"}),
            "consistency_checks[1] clot-reason-without-clot",
            "assume.pregnancy-status",
            "Another check",
        ),
        (
            lambda d: d["evaluation"]["default_client_messages"].pop("REFER"),
            "evaluation",
            "default_client_messages",
            "REFER",
        ),
    ],
)
def test_a_fault_is_named_by_entry_and_field(change: Any, entry: str, field: str, says: str) -> None:
    found = faults_of(change)
    matching = [message for at_entry, at_field, message in found if (at_entry, at_field) == (entry, field)]
    assert matching, found
    assert says in matching[0]


def test_all_faults_are_reported_at_once() -> None:
    def change(document: dict) -> None:
        question(document, "age").update(required="yes")
        question(document, "allergy").update(answer_type="maybe")

    assert len(faults_of(change)) == 2


@pytest.mark.parametrize("document", [None, [], "text", 3, {"questions": 5}, {"version": "1", "questions": [1]}])
def test_something_else_entirely_is_refused(document: Any) -> None:
    with pytest.raises(QuestionnaireFaulty):
        parse(document)


@pytest.mark.parametrize(
    "text", ["a: [", "a: 1\na: 2", "a: 2026-02-30", "[" * 5000, "!!python/object:os.system {}", "a: &x [*x, *y]"]
)
def test_yaml_that_cannot_be_read_is_a_fault(text: str) -> None:
    with pytest.raises(DocumentFaulty):
        load_document(text, file="rules.yaml")


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(DocumentFaulty, match="larger"):
        load_document("a" * 100, file="rules.yaml", max_bytes=50)
