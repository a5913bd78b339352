"""Working on questions and rules before they are in force: begin, upload, edit an entry, discard, publish."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from clients.questionnaire.models import QuestionnaireDraft, QuestionnaireVersion
from clients.questionnaire.versions import check_document, current_version, publish, take_turns
from practice.audit import audit
from practice.core.digest import digest_of
from practice.core.edit_conflict import EditConflict
from practice.core.yaml_documents import DocumentFaulty, Fault, YamlEntry, YamlValue, load_document
from practice.tenancy.models import User


class NothingChanged(Exception):
    """The draft says what the version in force says."""


@transaction.atomic
def begin_draft(title: str, *, by: User, at: datetime) -> QuestionnaireDraft:
    """A draft that starts as a copy of the version in force. Raises NoQuestionnaire."""
    version = current_version()
    draft = QuestionnaireDraft.objects.create(
        title=title.strip()[:120],
        document=version.document,
        based_on=version,
        created_at=at,
        created_by=by,
        changed_at=at,
        changed_by=by,
    )
    audit.record(by, "questionnaire.drafted", draft)
    return draft


def replace_document(draft: QuestionnaireDraft, text: str, *, file: str, revision: int, by: User, at: datetime) -> None:
    """Put a whole YAML file in the draft's place. Raises DocumentFaulty naming entry and field, or EditConflict."""
    document = load_document(text, file=file)
    check_document(document, file=file)
    _save(draft, document, revision=revision, by=by, at=at)


def change_question(
    draft: QuestionnaireDraft, slug: str, changes: Mapping[str, YamlValue], *, revision: int, by: User, at: datetime
) -> None:
    """Set fields of one question; None takes a field out. Raises DocumentFaulty, LookupError or EditConflict."""
    document = copy.deepcopy(draft.document)
    _apply(find_question(document, slug), changes)
    check_document(document, file=draft.title)
    _save(draft, document, revision=revision, by=by, at=at)


def change_rule(
    draft: QuestionnaireDraft, slug: str, changes: Mapping[str, YamlValue], *, revision: int, by: User, at: datetime
) -> None:
    """Set fields of one rule, "expires.days" for a nested one; None takes a field out. Raises as change_question."""
    document = copy.deepcopy(draft.document)
    _apply(find_rule(document, slug)[1], changes)
    check_document(document, file=draft.title)
    _save(draft, document, revision=revision, by=by, at=at)


def find_question(document: YamlEntry, slug: str) -> YamlEntry:
    """The question as written. Raises StopIteration where there is none."""
    return next(question for question in _entries(document, "questions") if question["slug"] == slug)


def find_rule(document: YamlEntry, slug: str) -> tuple[YamlEntry, YamlEntry]:
    """The question that a rule is attached to, and the rule, both as written. Raises StopIteration without one."""
    return next(
        (question, rule)
        for question in _entries(document, "questions")
        for rule in _entries(question, "rules")
        if rule["slug"] == slug
    )


def _entries(entry: YamlEntry, key: str) -> list[YamlEntry]:
    """A list of groups, as every document has it there that was checked."""
    return cast("list[YamlEntry]", entry[key])


def _apply(entry: YamlEntry, changes: Mapping[str, YamlValue]) -> None:
    for path, value in changes.items():
        outer, _dot, key = path.rpartition(".")
        target = cast("YamlEntry", entry.setdefault(outer, {})) if outer else entry
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value
        if outer and not target:
            del entry[outer]


@transaction.atomic
def _save(draft: QuestionnaireDraft, document: YamlValue, *, revision: int, by: User, at: datetime) -> None:
    # A date written without quotes is a date in YAML, and text in JSON.
    document = json.loads(json.dumps(document, ensure_ascii=False, default=str))
    changed = QuestionnaireDraft.objects.filter(pk=draft.pk, revision=revision).update(
        document=document, changed_at=at, changed_by=by, revision=F("revision") + 1
    )
    if not changed:
        raise EditConflict("draft")
    draft.refresh_from_db()
    audit.record(by, "questionnaire.changed", draft)


@transaction.atomic
def discard_draft(draft: QuestionnaireDraft, *, by: User, at: datetime) -> None:
    """Throw the draft away; published versions stay."""
    audit.record(by, "questionnaire.discarded", draft)
    draft.delete()


@transaction.atomic
def publish_draft(
    draft: QuestionnaireDraft,
    *,
    revision: int,
    against: int,
    by: User,
    at: datetime,
    reason: str = "",
) -> QuestionnaireVersion:
    """Make the draft the version in force; the draft is gone then.

    `revision` and `against`, the number of the version it was compared with, are what the page showed.
    Raises EditConflict when the page was out of date, NothingChanged, DocumentFaulty when the catalog has
    changed under the draft, and CasesFail.
    """
    take_turns()
    locked = QuestionnaireDraft.objects.select_for_update().filter(pk=draft.pk, revision=revision).first()
    if locked is None:
        raise EditConflict("draft")
    current = current_version()
    if current.number != against:
        raise EditConflict("rules")
    if current.digest == digest_of(locked.document):
        raise NothingChanged
    questionnaire = check_document(locked.document, file=locked.title)
    version = publish(locked.document, questionnaire, at=at, by=by, reason=reason, note=locked.title)
    locked.delete()
    return version


def read_snippet(text: str, *, field: str) -> YamlValue:
    """A piece of YAML typed into a form; None when it is empty. Raises DocumentFaulty naming the field."""
    if not text.strip():
        return None
    try:
        value = load_document(text, file=field, max_bytes=100_000)
    except DocumentFaulty as error:
        raise DocumentFaulty(
            Fault("", "", field, f"{fault.entry} {fault.message}".strip()) for fault in error.faults
        ) from error
    if not isinstance(value, dict | list):
        raise DocumentFaulty([Fault("", "", field, _("A list, or a group of “key: value” lines, is expected."))])
    return value
