"""Builders for versions, drafts and cases of the shared rules."""

from pathlib import Path
from typing import Any

from clients.models import QuestionnaireDraft
from clients.questionnaire_drafts import begin_draft, change_rule, publish_draft
from clients.questionnaire_store import current_version
from practice.models import User
from routines.screening_bench import load_cases
from tests.make import NOON

CASES = Path(__file__).resolve().parent.parent / "routines/data/cases"


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
