"""What one practice adds to the shared rules, in the form in which it is stored; clients/questionnaire/local_rules.py
reads it."""

from typing import TypeAlias, TypedDict

from practice.core.yaml_documents import YamlEntry

Figures: TypeAlias = dict[str, str | int]
"""Field of `RuleLimits` -> what the practice sets there."""


class OwnRuleEntry(TypedDict):
    question: str
    rule: YamlEntry


class LooseningEntry(TypedDict):
    figures: Figures
    judged: Figures
    clinician: str
    registration: str
    on: str


class LocalRulesDocument(TypedDict):
    """By rule or question, all but the list of own rules."""

    rules: list[OwnRuleEntry]
    figures: dict[str, Figures]
    questions: dict[str, int]
    loosened: dict[str, LooseningEntry]
