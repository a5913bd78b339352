"""Questionnaire versions in the database: load, publish, and read back as the engine's types."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import models, transaction

from clients.questionnaire.apply_local_rules import tighten
from clients.questionnaire.local_rules import read_overlay
from clients.questionnaire.models import PracticeRules, QuestionnaireVersion
from clients.questionnaire.parse import parse_questionnaire
from clients.screening.body_places import BodyPlaces, find_body_places
from clients.screening.questionnaire import Questionnaire
from practice.audit import audit
from practice.core.yaml_documents import read_document
from practice.tenancy.models import User


class NoQuestionnaire(Exception):
    """No questionnaire is published, so nobody can be asked or screened: run `manage.py load_screening FILE`."""


class RulesMoved(Exception):
    """Another version was published after the page was opened; look at the changes against that one first."""


class CasesFail(Exception):
    """Stored cases fail with these rules; publishing them needs a reason in words. `names` says which cases."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(", ".join(self.names))


class AlreadySignedOff(Exception):
    """A clinician's name stands under these rules already; it is not replaced."""


#: Asked before a version is published: the names of the stored cases that fail with it.
before_publish: list[Callable[[Questionnaire], list[str]]] = []
#: Called inside the transaction that publishes a version. The floor above marks the running plans here.
after_publish: list[Callable[[QuestionnaireVersion, datetime], None]] = []


class Loaded(NamedTuple):
    version: QuestionnaireVersion
    questionnaire: Questionnaire
    is_new: bool


def load_screening(
    source: Path | str | Mapping[str, Any], *, at: datetime, by: User | None = None, reason: str = ""
) -> Loaded:
    """Check a questionnaire document, from a file or in hand, and publish it as the next version.

    Loading the same document again changes nothing. Raises DocumentFaulty with every fault, named by file, entry and
    field, or CasesFail where stored cases fail and no reason is given; nothing is changed then.
    """
    name, document = ("questionnaire", source) if isinstance(source, Mapping) else _read(Path(source))
    questionnaire = check_document(document, file=name)
    with transaction.atomic():
        take_turns()
        known = QuestionnaireVersion.objects.filter(digest=digest_of(document)).first()
        if known:
            return Loaded(known, questionnaire, False)
        return Loaded(publish(document, questionnaire, at=at, by=by, reason=reason), questionnaire, True)


def check_document(document: Any, *, file: str) -> Questionnaire:
    """The document as types, held against the catalog where there is one. Raises DocumentFaulty."""
    places = find_body_places()
    return parse_questionnaire(document, file=file, catalog=places.slugs if places else None)


def digest_of(document: Any) -> str:
    """The same for the same content, however its keys are ordered."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def take_turns() -> None:
    """Two people who publish at once go one after the other; call it inside the transaction, then look again."""
    QuestionnaireVersion.objects.select_for_update().order_by("-number").values_list("pk", flat=True).first()


@transaction.atomic
def publish(
    document: Any, questionnaire: Questionnaire, *, at: datetime, by: User | None, reason: str = "", note: str = ""
) -> QuestionnaireVersion:
    """Make a checked document the version in force, and do at once what follows from it.

    Raises CasesFail when stored cases fail and no reason is given; with one, it and their names are kept.
    """
    failing = [name for check in before_publish for name in check(questionnaire)]
    if failing and not reason.strip():
        raise CasesFail(failing)
    newest = QuestionnaireVersion.objects.aggregate(newest=models.Max("number"))["newest"] or 0
    version = QuestionnaireVersion.objects.create(
        number=newest + 1,
        document=document,
        digest=digest_of(document),
        created_at=at,
        published_at=at,
        published_by=by,
        note=note,
        failing_cases=failing,
        reason=reason.strip() if failing else "",
    )
    audit.record(by or "load_screening", "questionnaire.published", version)
    for follow in after_publish:
        follow(version, at)
    return version


@transaction.atomic
def sign_off(version: QuestionnaireVersion, name: str, *, by: User, at: datetime) -> QuestionnaireVersion:
    """A clinician has reviewed these rules: takes the draft label from them. Once; raises AlreadySignedOff after."""
    locked = QuestionnaireVersion.objects.select_for_update().defer("document").get(pk=version.pk)
    if locked.signed_off_at:
        raise AlreadySignedOff
    locked.signed_off_by, locked.signed_off_at, locked.sign_off_recorded_by = name.strip()[:200], at, by
    locked.save(update_fields=["signed_off_by", "signed_off_at", "sign_off_recorded_by"])
    audit.record(by, "questionnaire.signed_off", locked)
    return locked


def _read(path: Path) -> tuple[str, Any]:
    return path.name, read_document(path)


def current_version() -> QuestionnaireVersion:
    """The newest published version, its document left in the database. Raises NoQuestionnaire."""
    version = QuestionnaireVersion.objects.published().defer("document").order_by("-number").first()
    if version is None:
        raise NoQuestionnaire
    return version


def current_questionnaire(practice: Any = None) -> tuple[QuestionnaireVersion, Questionnaire]:
    """The version that new intakes and screenings use, with what the practice adds. Raises NoQuestionnaire."""
    version = current_version()
    return version, questionnaire_of(version, rules_of_practice(practice) if practice else None)


def rules_of_practice(practice: Any) -> PracticeRules | None:
    """What the practice adds to the shared rules now; None where nothing was ever added."""
    return PracticeRules.objects.for_practice(practice).order_by("-number").first()


def rules_of_practices(practices: Collection[Any]) -> dict[Any, PracticeRules]:
    """The same for many practices in one read, by their keys."""
    found = PracticeRules.objects.across_practices().filter(practice__in=practices).order_by("number")
    return {rules.practice_id: rules for rules in found}


def questionnaire_of(version: QuestionnaireVersion, rules: PracticeRules | None = None) -> Questionnaire:
    """A stored version as types, with a practice's rules on it. Kept in memory by digests: neither ever changes."""
    if rules is None:
        return _parsed(version.digest)
    return tightened(_parsed(version.digest), rules)


def questionnaires_of(
    version: QuestionnaireVersion, own: Mapping[Any, PracticeRules], practices: Collection[Any]
) -> dict[Any, Questionnaire]:
    """`questionnaire_of` for many practices, by their keys; `own` holds the rules of those that have any."""
    shared = _parsed(version.digest)
    strict = {practice: rules for practice in practices if (rules := own.get(practice)) and rules.document}
    places = find_body_places() if strict else None
    return {
        practice: _tightened(shared, strict[practice], places) if practice in strict else shared
        for practice in practices
    }


def tightened(shared: Questionnaire, rules: PracticeRules | None) -> Questionnaire:
    """A questionnaire with a practice's rules on it, for instance a draft that is not published yet."""
    if rules is None or not rules.document:
        return shared
    return _tightened(shared, rules, find_body_places())


def _tightened(shared: Questionnaire, rules: PracticeRules, places: BodyPlaces | None) -> Questionnaire:
    key = (id(shared), rules.digest, id(places))
    kept = _kept.get(key)
    # The objects themselves are compared too: an id may be used again once its object is gone.
    if kept is None or kept[0] is not shared or kept[1] is not places:
        ranks, slugs = (places.pressure_ranks, places.slugs) if places else ({}, None)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[key] = (shared, places, tighten(shared, read_overlay(rules.document), ranks, slugs))
    return kept[2]


MOST_KEPT = 200
_kept: dict[tuple[int, str, int], tuple[Questionnaire, BodyPlaces | None, Questionnaire]] = {}


@lru_cache(maxsize=16)
def _parsed(digest: str) -> Questionnaire:
    version = QuestionnaireVersion.objects.filter(digest=digest)[0]
    return parse_questionnaire(version.document, file=f"version {version.number}")
