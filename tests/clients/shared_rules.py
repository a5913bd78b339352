"""A few shared rules, one of each kind, on which practices' own figures are tried out."""

import dataclasses
from datetime import date
from typing import Any

from clients.screening.conditions import AllOf, AnyOf, Comparison, Condition
from clients.screening.effects import Exclude, MaxPressure, MaxSeconds, Note
from clients.screening.entries import AfterClearance, ClearanceTerms, Expires, Option, Question, Rule, Source
from clients.screening.questionnaire import Questionnaire
from tests.screening_examples import questionnaire

TODAY = date(2026, 3, 16)
RANKS = {"none": 0, "feather": 1, "light": 2, "medium": 3, "firm": 4}
LIGHT, MEDIUM = MaxPressure("max_pressure", "light"), MaxPressure("max_pressure", "medium")
MINUTE, TWO_MINUTES = MaxSeconds("max_seconds", 60), MaxSeconds("max_seconds", 120)
NO_HEEL = Exclude("exclude", regions=("heel",))


def make_rule(slug: str, outcome: Any, when: Condition, days: int, *, event: str | None = None, **more: Any) -> Rule:
    expires = Expires("event_window" if event else "answer_ttl", days, date_question=event)
    defaults = {
        "scope": ("global",),
        "rationale": "Why.",
        "sources": (Source("house rule", "Ours"),),
        "client_message": f"Of {slug}.",
    }
    return Rule(slug=slug, outcome=outcome, when=when, expires=expires, **{**defaults, **more})


def make_question(slug: str, *rules: Rule, kind: Any = "yes_no", **more: Any) -> Question:
    if kind == "yes_no":
        more = {"options": (Option("yes", "Yes"), Option("no", "No")), **more}
    defaults = {"group": "now", "required": True, "ask_at": ("intake",), "not_sure": "incomplete"}
    return Question(slug=slug, question=f"{slug}?", answer_type=kind, rules=rules, **{**defaults, **more})


YES = Comparison("pain", "equals", "yes")
RECENT = Comparison("surgery", "days_since_lte", 42)
WINDOW = make_rule(
    "window", "RESTRICT", AllOf((RECENT, YES)), 42, event="surgery", effects=(NO_HEEL, MEDIUM, TWO_MINUTES)
)
BETWEEN = make_rule(
    "between", "RESTRICT", AnyOf((YES, Comparison("surgery", "days_since_between", (43, 183)))), 183, event="surgery",
    effects=(LIGHT,),
)  # fmt: skip
ODD = make_rule("odd", "CAUTION", Comparison("surgery", "days_since_lte", 40), 42, event="surgery")
ANSWER = make_rule("answer", "CAUTION", YES, 30, effects=(Note("note", "Ask."),))
REFER = make_rule(
    "refer", "REFER", YES, 30, clearance=ClearanceTerms("a doctor", 90),
    after_clearance=AfterClearance("RESTRICT", (MEDIUM, MINUTE)),
)  # fmt: skip
STOP = make_rule("stop", "STOP", YES, 30, urgency="same_day")


def make_shared(*, answer_days: int = 30) -> Questionnaire:
    answer = dataclasses.replace(ANSWER, expires=dataclasses.replace(ANSWER.expires, days=answer_days))
    questions = (
        make_question("surgery", WINDOW, BETWEEN, ODD, kind="date_or_none"),
        make_question("pain", answer, REFER, STOP, valid_days=90),
    )
    return dataclasses.replace(questionnaire(), questions=questions, consistency_checks=())
