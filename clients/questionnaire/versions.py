"""Questionnaire versions in the database: load, publish, and read back as the engine's types."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, cast

from django.db import models, transaction

from clients.questionnaire.apply_local_rules import apply_local_rules
from clients.questionnaire.local_rules import read_local_rules
from clients.questionnaire.local_rules_document import LocalRulesDocument
from clients.questionnaire.models import PracticeRules, QuestionnaireVersion
from clients.questionnaire.parse import parse_questionnaire
from clients.questionnaire.signals import questionnaire_published, questionnaire_publishing
from clients.screening.questionnaire import Questionnaire
from practice.audit import audit
from practice.core.ask import ask
from practice.core.digest import digest_of
from practice.core.yaml_documents import YamlEntry, YamlValue, read_document
from practice.tenancy.models import Practice, User
from routines.catalog.markable import BodyPlaces, find_body_places
from routines.catalog.types import CatalogSlugs


class NoQuestionnaire(Exception):
    """No questionnaire is published, so nobody can be asked or screened: run `manage.py load_screening FILE`."""


class CasesFail(Exception):
    """Stored cases fail with these rules; publishing them needs a reason in words. `names` says which cases."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(", ".join(self.names))


class AlreadySignedOff(Exception):
    """A clinician has signed these rules off already; the name is not replaced."""


class Loaded(NamedTuple):
    version: QuestionnaireVersion
    questionnaire: Questionnaire
    is_new: bool


def load_screening(source: Path | str | YamlEntry, *, at: datetime, by: User | None = None, reason: str = "") -> Loaded:
    """Check a questionnaire document, from a file or in hand, and publish it as the next version.

    Loading the same document again changes nothing. Raises DocumentFaulty with every fault, named by file, entry and
    field, or CasesFail where stored cases fail and no reason is given; nothing is changed then.
    """
    name, document = ("questionnaire", source) if isinstance(source, dict) else _read(Path(source))
    questionnaire = check_document(document, file=name)
    with transaction.atomic():
        take_turns()
        known = QuestionnaireVersion.objects.filter(digest=digest_of(document)).first()
        if known:
            return Loaded(known, questionnaire, False)
        group = cast("YamlEntry", document)  # or it would not have passed the check
        return Loaded(publish(group, questionnaire, at=at, by=by, reason=reason), questionnaire, True)


def check_document(document: object, *, file: str) -> Questionnaire:
    """The document as types, checked against the catalog where there is one. Raises DocumentFaulty."""
    places = find_body_places()
    return parse_questionnaire(document, file=file, catalog=places.slugs if places else None)


def take_turns() -> None:
    """Let people who publish at once go one after the other: call it inside the transaction, then look again.

    Not the key: an act that stores a screening by that version at the same time must be able to commit.
    """
    QuestionnaireVersion.objects.select_for_update(no_key=True).order_by("-number").values_list("pk", flat=True).first()


@transaction.atomic
def publish(
    document: YamlEntry,
    questionnaire: Questionnaire,
    *,
    at: datetime,
    by: User | None,
    reason: str = "",
    note: str = "",
) -> QuestionnaireVersion:
    """Make a checked document the version in force, and do what follows from it at once.

    Raises CasesFail when stored cases fail and no reason is given; with one, it and their names are kept.
    """
    answers = ask(questionnaire_publishing, QuestionnaireVersion, questionnaire=questionnaire)
    failing = [name for names in answers for name in names]
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
    questionnaire_published.send(QuestionnaireVersion, version=version, at=at)
    return version


@transaction.atomic
def sign_off(version: QuestionnaireVersion, name: str, *, by: User, at: datetime) -> QuestionnaireVersion:
    """Note that a clinician has reviewed these rules: the draft label goes. Raises AlreadySignedOff the second time."""
    locked = QuestionnaireVersion.objects.select_for_update().defer("document").get(pk=version.pk)
    if locked.signed_off_at:
        raise AlreadySignedOff
    locked.signed_off_by, locked.signed_off_at, locked.sign_off_recorded_by = name.strip()[:200], at, by
    locked.save(update_fields=["signed_off_by", "signed_off_at", "sign_off_recorded_by"])
    audit.record(by, "questionnaire.signed_off", locked)
    return locked


def _read(path: Path) -> tuple[str, YamlValue]:
    return path.name, read_document(path)


def current_version() -> QuestionnaireVersion:
    """The newest published version, its document left in the database. Raises NoQuestionnaire."""
    return _newest(QuestionnaireVersion.objects.published())


def _newest(published: models.QuerySet[QuestionnaireVersion]) -> QuestionnaireVersion:
    version = published.defer("document").order_by("-number").first()
    if version is None:
        raise NoQuestionnaire
    return version


class RulesInForce(NamedTuple):
    """What judges a practice's clients now: the shared version, what the practice adds to it, and both together."""

    version: QuestionnaireVersion
    rules: PracticeRules | None
    questionnaire: Questionnaire

    def is_same(self, version: QuestionnaireVersion | None, rules: PracticeRules | None) -> bool:
        return self.version == version and self.rules == rules


def rules_in_force(practice: Practice | uuid.UUID) -> RulesInForce:
    """The shared version and the practice's own rules of this moment, in one query. Raises NoQuestionnaire."""
    own = PracticeRules.objects.for_practice(practice).order_by("-number").values("pk")[:1]
    version = _newest(QuestionnaireVersion.objects.published().annotate(own_rules=models.Subquery(own)))
    key: uuid.UUID | None = version.own_rules  # type: ignore[attr-defined]  # annotated one line above
    rules = _rules(key) if key else None
    return RulesInForce(version, rules, questionnaire_of(version, rules))


@lru_cache(maxsize=200)
def _rules(key: uuid.UUID) -> PracticeRules:
    """A row never changes, so it is read once per process."""
    return PracticeRules.objects.across_practices().get(pk=key)


def current_questionnaire(practice: Practice | uuid.UUID | None = None) -> tuple[QuestionnaireVersion, Questionnaire]:
    """The version that new intakes and screenings use, with what the practice adds. Raises NoQuestionnaire."""
    if practice:
        version, _own, questionnaire = rules_in_force(practice)
        return version, questionnaire
    version = current_version()
    return version, questionnaire_of(version)


def rules_of_practice(practice: Practice | uuid.UUID) -> PracticeRules | None:
    """What the practice adds to the shared rules now; None where nothing was ever added."""
    return PracticeRules.objects.for_practice(practice).order_by("-number").first()


def rules_of_practices(practices: Collection[uuid.UUID]) -> dict[uuid.UUID, PracticeRules]:
    """The same for many practices in one read, by their keys."""
    found = PracticeRules.objects.across_practices().filter(practice__in=practices).order_by("number")
    return {rules.practice_id: rules for rules in found}


def questionnaire_of(version: QuestionnaireVersion, rules: PracticeRules | None = None) -> Questionnaire:
    """A stored version as types, with a practice's rules on it. Kept in memory by digests: neither ever changes."""
    if rules is None or not rules.document:
        return _parsed(version.digest)
    return _with_local_rules(_key(version, rules, find_body_places()))


def questionnaires_of(
    version: QuestionnaireVersion, own: Mapping[uuid.UUID, PracticeRules], practices: Collection[uuid.UUID]
) -> dict[uuid.UUID, Questionnaire]:
    """`questionnaire_of` for many practices, by their keys; `own` holds the rules of those that have any."""
    shared = _parsed(version.digest)
    strict = {practice: rules for practice in practices if (rules := own.get(practice)) and rules.document}
    places = find_body_places() if strict else None
    return {
        practice: _with_local_rules(_key(version, strict[practice], places)) if practice in strict else shared
        for practice in practices
    }


def with_local_rules(shared: Questionnaire, rules: PracticeRules | None) -> Questionnaire:
    """A questionnaire that is not stored, such as a draft, with a practice's rules on top; made anew each time."""
    if rules is None or not rules.document:
        return shared
    ranks, slugs = _bounds(find_body_places())
    return apply_local_rules(shared, read_local_rules(rules.document), dict(ranks), slugs)


@dataclass(frozen=True)
class _Key:
    """What a stored version with a practice's rules on it depends on; equal digests stand for equal documents."""

    version: str
    rules: str
    ranks: tuple[tuple[str, int], ...]
    slugs: CatalogSlugs | None
    document: LocalRulesDocument = field(compare=False, repr=False)


def _key(version: QuestionnaireVersion, rules: PracticeRules, places: BodyPlaces | None) -> _Key:
    return _Key(version.digest, rules.digest, *_bounds(places), document=rules.document)


def _bounds(places: BodyPlaces | None) -> tuple[tuple[tuple[str, int], ...], CatalogSlugs | None]:
    """The pressure levels with their ranks, and the names, that a practice's rules may use."""
    return (tuple(places.pressure_ranks.items()), places.slugs) if places else ((), None)


@lru_cache(maxsize=200)
def _with_local_rules(key: _Key) -> Questionnaire:
    return apply_local_rules(_parsed(key.version), read_local_rules(key.document), dict(key.ranks), key.slugs)


@lru_cache(maxsize=16)
def _parsed(digest: str) -> Questionnaire:
    version = QuestionnaireVersion.objects.filter(digest=digest)[0]
    return parse_questionnaire(version.document, file=f"version {version.number}")
