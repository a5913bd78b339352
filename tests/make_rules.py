"""Builders for versions, drafts and cases of the shared rules."""

import copy
from pathlib import Path
from typing import Any

from clients.questionnaire.drafts import begin_draft, change_rule, publish_draft
from clients.questionnaire.models import QuestionnaireDraft
from clients.questionnaire.versions import current_version
from practice.tenancy.models import User
from routines.rules_workbench.bench import load_cases
from tests.make import NOON
from tests.make_intake import screening_document

CASES = Path(__file__).resolve().parent.parent / "routines/rules_workbench/data/cases"


def make_cases() -> None:
    for file in sorted(CASES.glob("*.yaml")):
        load_cases(file, at=NOON)


def make_rule_draft(by: User, slug: str = "", **changes: Any) -> QuestionnaireDraft:
    """A draft of the version in force, with fields of one rule changed (underscores in names stand for dots)."""
    draft = begin_draft("Second thoughts", by=by, at=NOON)
    if slug:
        named = {name.replace("__", "."): value for name, value in changes.items()}
        change_rule(draft, slug, named, revision=draft.revision, by=by, at=NOON)
    return draft


def publish(draft: QuestionnaireDraft, by: User, **more: Any) -> Any:
    fresh = QuestionnaireDraft.objects.get(pk=draft.pk)
    return publish_draft(fresh, revision=fresh.revision, against=current_version().number, by=by, at=NOON, **more)


def changed_rules(*, question: str = "age", when: dict[str, Any] | None = None, outcome: str = "STOP") -> Any:
    """The starter questionnaire with one rule more: it acts on everybody from 41 on."""
    document = copy.deepcopy(screening_document())
    asked = {entry["slug"]: entry for entry in document["questions"]}
    rule = copy.deepcopy(asked["consent-information"]["rules"][0])
    rule |= {"slug": "new-rule", "outcome": outcome, "when": when or {"q": question, "gte": 41}}
    asked[question]["rules"] = [*asked[question]["rules"], rule]
    return document
