"""Random clients, letters and plans for the properties of screening."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

import clients
import routines
from clients.questionnaire.parse import parse_questionnaire
from clients.screening.answers import Answer
from clients.screening.letter_terms import Clearance
from clients.screening.questionnaire import Questionnaire
from practice.core.yaml_documents import read_document
from routines.catalog.parse import parse_catalog
from routines.catalog.types import Catalog
from routines.safety.steps import Step

TODAY = date(2026, 3, 16)
SCREENING_FILE = Path(clients.__file__).parent / "questionnaire" / "data" / "screening.yaml"
CATALOG_FILE = Path(routines.__file__).parent / "catalog" / "data" / "catalog.yaml"
CASES_FILE = Path(routines.__file__).parent / "rules_workbench" / "data" / "cases" / "cases-per-rule.yaml"
SAMPLES_FILE = Path(routines.__file__).parent / "rules_workbench" / "data" / "cases" / "vignettes-sample.yaml"
BOUNDARY_DAYS = [-1, 0, 1, 3, 4, 30, 31, 42, 43, 92, 93, 183, 184, 730, 731]


@cache
def screening_document() -> dict:
    return read_document(SCREENING_FILE)


@cache
def catalog_document() -> dict:
    return read_document(CATALOG_FILE)


@cache
def catalog() -> Catalog:
    return parse_catalog(catalog_document(), file="catalog.yaml")


@cache
def questionnaire() -> Questionnaire:
    return parse_questionnaire(screening_document(), file="screening.yaml", catalog=catalog().slugs)


@cache
def healthy() -> dict:
    return read_document(SAMPLES_FILE)["bases"]["healthy-adult"]


def days_ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def given(answers: dict) -> dict[str, Answer]:
    return {question: Answer(value) for question, value in answers.items() if value is not None}


def letters_of(raw: list[dict]) -> list[Clearance]:
    return [
        Clearance(
            id=letter["id"],
            covers=frozenset(letter["covers"]),
            issued_on=date.fromisoformat(letter["issued_on"]),
            valid_until=date.fromisoformat(letter["valid_until"]) if letter.get("valid_until") else None,
        )
        for letter in raw
    ]


def steps_of(raw: list[dict]) -> list[Step]:
    return [
        Step(s["step"], s["zone"], s["technique"], s["side"], s["pressure"], s["duration_s"], s.get("tool"))
        for s in raw
    ]


def marks(least: int = 0) -> st.SearchStrategy:
    regions = [region["slug"] for region in catalog_document()["regions"]]
    mark = st.fixed_dictionaries(
        {"side": st.sampled_from(["left", "right", "both"]), "region": st.sampled_from(regions)}
    )
    return st.lists(mark, min_size=least, max_size=2)


def answers_to(question: dict) -> st.SearchStrategy:
    """Any answer that the question offers, "not sure" where it is possible, or none at all."""
    kind = question["answer_type"]
    values = [option["value"] for option in question.get("options", [])]
    event = st.one_of(st.sampled_from(BOUNDARY_DAYS), st.integers(-5, 800)).map(days_ago)
    strategy: st.SearchStrategy
    if kind == "multi_choice":
        strategy = st.lists(st.sampled_from(values), max_size=3, unique=True)
    elif values:
        strategy = st.sampled_from(values)
    elif kind == "body_location":
        strategy = marks()
    elif kind == "date":
        strategy = event
    elif kind == "date_or_none":
        strategy = st.one_of(st.just("none"), event)
    elif kind == "scale_0_10":
        strategy = st.integers(0, 10)
    elif question["slug"] == "age":
        strategy = st.one_of(st.sampled_from([-1, 0, 15, 16, 17, 18, 120, 121]), st.integers(10, 90))
    else:
        strategy = st.one_of(st.sampled_from([-1, 0, 13, 14, 43, 44]), st.integers(0, 45))
    extra = [st.none()]
    if question["not_sure"] != "not_offered":
        extra.append(st.just("not_sure"))
    return st.one_of(strategy, strategy, strategy, *extra)


@st.composite
def answer_sets(draw: st.DrawFn, changes: int = 6) -> dict:
    """A healthy adult's answers with some of them changed; conditional questions are often answered with it."""
    questions = {question["slug"]: question for question in screening_document()["questions"]}
    answers = dict(healthy())
    for slug in draw(st.lists(st.sampled_from(sorted(questions)), max_size=changes, unique=True)):
        answers[slug] = draw(answers_to(questions[slug]))
        for child in questions.values():
            if slug in str(child.get("ask_if", {}).get("q")) and draw(st.booleans()):
                answers[child["slug"]] = draw(answers_to(child))
    return answers


@cache
def restricting_answers() -> list[dict]:
    """Answers that lead to a restricted plan, with a letter where one is needed."""
    cases = read_document(CASES_FILE)["vignettes"]
    return [case["answers"] for case in cases if case["expected"]["overall"] in ("RESTRICT", "CAUTION")]


@st.composite
def restricted_sets(draw: st.DrawFn) -> dict:
    """A healthy adult with a few conditions that restrict a plan, their places marked anywhere."""
    answers = dict(healthy())
    chosen = draw(st.lists(st.sampled_from(restricting_answers()), min_size=1, max_size=3))
    for own in chosen:
        for slug, value in own.items():
            places = isinstance(value, list) and value and isinstance(value[0], dict)
            answers[slug] = draw(marks(1)) if places and draw(st.booleans()) else value
    return answers


def clients_at_risk() -> st.SearchStrategy:
    return st.one_of(answer_sets(), restricted_sets(), restricted_sets())


@st.composite
def letter_sets(draw: st.DrawFn) -> list[dict]:
    """Letters for many rules at once, so that plans become releasable often enough."""
    rules = [
        rule["slug"]
        for question in screening_document()["questions"]
        for rule in question["rules"]
        if rule["outcome"] == "REFER"
    ]
    letters = []
    if draw(st.booleans()):
        return [{"id": "K", "covers": rules, "issued_on": days_ago(0)}]
    for number in range(draw(st.integers(0, 3))):
        covers = draw(st.one_of(st.just(rules), st.lists(st.sampled_from(rules), min_size=1, max_size=4, unique=True)))
        issued = draw(st.sampled_from([-1, 0, 1, 27, 28, 29, 42, 43, 60, 61, 90, 180, 181, 365, 366]))
        until = draw(st.sampled_from([None, None, -30, 0, 1]))
        letter = {"id": f"K{number}", "covers": covers, "issued_on": days_ago(issued)}
        if until is not None:
            letter["valid_until"] = days_ago(until)
        letters.append(letter)
    return letters


@st.composite
def plans(draw: st.DrawFn) -> list[dict]:
    """Steps with any zone, technique, pressure and seconds; whether they suit each other is not screening's matter."""
    document = catalog_document()
    steps = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        technique = draw(st.sampled_from(document["techniques"]))
        placed = bool(technique.get("typical_regions")) or draw(st.booleans())
        steps.append(
            {
                "step": number,
                "zone": draw(st.sampled_from(document["zones"]))["slug"] if placed else None,
                "technique": technique["slug"],
                "side": draw(st.sampled_from(["left", "right", "both"])) if placed else "none",
                "pressure": draw(st.sampled_from(document["pressure_levels"]))["slug"],
                "duration_s": draw(st.sampled_from([30, 60, 120, 121, 180, 181, 600])),
                "tool": draw(st.sampled_from([None, *technique["tools"]])),
            }
        )
    return steps
