"""Questionnaire versions in the database: load, publish, and read back as the engine's types."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import models, transaction

from clients.body_places import find_body_places
from clients.models import QuestionnaireVersion
from clients.questionnaire import Questionnaire
from clients.questionnaire_document import parse_questionnaire
from practice import audit
from practice.faults import read_document
from practice.models import User

#: Called inside the transaction that publishes a version. The floor above marks the running plans here.
after_publish: list[Callable[[QuestionnaireVersion, datetime], None]] = []


class NoQuestionnaire(Exception):
    """No questionnaire is published, so nobody can be asked or screened: run `manage.py load_screening FILE`."""


class Loaded(NamedTuple):
    version: QuestionnaireVersion
    questionnaire: Questionnaire
    is_new: bool


def load_screening(source: Path | str | Mapping[str, Any], *, at: datetime, by: User | None = None) -> Loaded:
    """Check a questionnaire document, from a file or in hand, and publish it as the next version.

    Loading the same document again changes nothing. Raises DocumentFaulty with every fault, named by file, entry and
    field; nothing is changed then.
    """
    name, document = ("questionnaire", source) if isinstance(source, Mapping) else _read(Path(source))
    places = find_body_places()
    questionnaire = parse_questionnaire(document, file=name, catalog=places.slugs if places else None)
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        known = QuestionnaireVersion.objects.filter(digest=digest).first()
        if known:
            return Loaded(known, questionnaire, False)
        newest = QuestionnaireVersion.objects.aggregate(newest=models.Max("number"))["newest"] or 0
        version = QuestionnaireVersion.objects.create(
            number=newest + 1, document=document, digest=digest, created_at=at, published_at=at, published_by=by
        )
        audit.record(by or "load_screening", "questionnaire.published", version)
        for listener in after_publish:
            listener(version, at)
    return Loaded(version, questionnaire, True)


def _read(path: Path) -> tuple[str, Any]:
    return path.name, read_document(path)


def current_version() -> QuestionnaireVersion:
    """The newest published version, its document left in the database. Raises NoQuestionnaire."""
    version = QuestionnaireVersion.objects.published().defer("document").order_by("-number").first()
    if version is None:
        raise NoQuestionnaire
    return version


def current_questionnaire() -> tuple[QuestionnaireVersion, Questionnaire]:
    """The version that new intakes and screenings use. Raises NoQuestionnaire."""
    version = current_version()
    return version, questionnaire_of(version)


def questionnaire_of(version: QuestionnaireVersion) -> Questionnaire:
    """A stored version as types. Kept in memory by digest: a published version never changes."""
    return _parsed(version.digest)


@lru_cache(maxsize=16)
def _parsed(digest: str) -> Questionnaire:
    version = QuestionnaireVersion.objects.get(digest=digest)
    return parse_questionnaire(version.document, file=f"version {version.number}")
