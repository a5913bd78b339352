"""The test bench: stored cases, run against any version of the rules, and which rules no case fires."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from clients.screening.questionnaire import Questionnaire
from practice.audit import audit
from practice.core.edit_conflict import EditConflict
from practice.core.schema import Place
from practice.core.yaml_documents import DocumentFaulty, Fault, YamlEntry
from practice.tenancy.models import User
from routines.catalog.types import Catalog
from routines.catalog.versions import CatalogMissing, current_catalog
from routines.rules_workbench.cases import (
    MAX_CASES_BYTES,
    Case,
    CasesFaulty,
    describe_differences,
    load_cases_document,
    read_case,
    run_case,
)
from routines.rules_workbench.models import ScreeningCase

PARTS = ("today", "answers", "answer_dates", "clearances", "plan")
MAX_CASE_BYTES = 200_000


@dataclass(frozen=True)
class CaseResult:
    """One stored case against one version: how it differs from what is expected, and which rules fired."""

    name: str
    differences: tuple[str, ...]
    fired: frozenset[str]
    row: ScreeningCase | None = None

    @property
    def passes(self) -> bool:
        return not self.differences


@dataclass(frozen=True)
class Bench:
    results: tuple[CaseResult, ...]
    #: Rules of the version that no case fires, passing or failing.
    uncovered: tuple[str, ...]
    rule_count: int

    @property
    def failing(self) -> tuple[CaseResult, ...]:
        return tuple(result for result in self.results if not result.passes)


def run_bench(questionnaire: Questionnaire) -> Bench:
    """Run every stored case in use against this questionnaire and the catalog in use."""
    rows = list(ScreeningCase.objects.filter(is_active=True).select_related("changed_by"))
    try:
        catalog = current_catalog()
    except CatalogMissing:
        missing = (_("No catalog is loaded, so the case cannot be run."),)
        return _bench((CaseResult(row.name, missing, frozenset(), row) for row in rows), questionnaire)
    return _bench((_run(row, questionnaire, catalog) for row in rows), questionnaire)


def _bench(results: Iterable[CaseResult], questionnaire: Questionnaire) -> Bench:
    done = tuple(results)
    fired = frozenset[str]().union(*(result.fired for result in done))
    uncovered = tuple(rule.slug for _question, rule in questionnaire.rules if rule.slug not in fired)
    return Bench(done, uncovered, len(questionnaire.rules))


def _run(row: ScreeningCase, questionnaire: Questionnaire, catalog: Catalog) -> CaseResult:
    try:
        case = _as_case(row)
        result = run_case(case, questionnaire, catalog)
        differences = describe_differences(result, case.expected or {})
    except (DocumentFaulty, KeyError, TypeError, AttributeError, ValueError) as error:
        # A case written by hand may say anything; one that cannot be run fails, and never passes.
        return CaseResult(row.name, (_("The case cannot be run: %(reason)s") % {"reason": error},), frozenset(), row)
    fired = frozenset(finding["rule"] for finding in result["findings"] if ":" not in finding["rule"])
    return CaseResult(row.name, tuple(differences), fired, row)


def _as_case(row: ScreeningCase) -> Case:
    place = Place(row.name, [])
    case = read_case({**row.case, "id": row.name, "expected": row.expected}, {}, 0, place)
    if place.faults:
        raise CasesFaulty(place.faults)
    return case


def failing_cases(questionnaire: Questionnaire) -> list[str]:
    """The names of the stored cases that fail with `questionnaire`."""
    return [result.name for result in run_bench(questionnaire).failing]


@transaction.atomic
def load_cases(source: Path, *, at: datetime, by: User | None = None, replace: bool = False) -> tuple[int, int]:
    """Store the cases of a file; returns how many are (new, replaced). Cases changed by hand stay unless `replace`.

    Raises DocumentFaulty naming file and case.
    """
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CasesFaulty(
            [Fault(source.name, "", "", _("The file cannot be read: %(why)s") % {"why": error})]
        ) from error
    stored = {row.name: row for row in ScreeningCase.objects.all()}
    new = replaced = 0
    for name, case, expected in _whole_cases(text, file=source.name):
        row = stored.get(name)
        if row is None:
            ScreeningCase.objects.create(name=name, case=case, expected=expected, created_at=at, changed_at=at)
            new += 1
        elif (replace or row.changed_by_id is None) and (row.case, row.expected) != (case, expected):
            row.case, row.expected, row.changed_at, row.changed_by = case, expected, at, by
            row.revision += 1
            row.save()
            replaced += 1
    return new, replaced


def _whole_cases(text: str, *, file: str) -> list[tuple[str, YamlEntry, YamlEntry]]:
    """Name, case and expectation of each, its base merged in. Raises CasesFaulty."""
    bases, raws = load_cases_document(text, file=file)
    faults: list[Fault] = []
    found = []
    for index, raw in enumerate(raws):
        case = read_case(raw, bases, index, Place(file, faults))
        if not case.expected:
            faults.append(Fault(file, case.id, "expected", _("Say what screening has to find.")))
            continue
        group = cast("dict[str, Any]", raw)  # or it would not have been read as a case
        answers = {**(bases.get(group.get("base", "")) or {}), **(group.get("answers") or {})}
        parts = {key: group[key] for key in PARTS if group.get(key) is not None} | {"answers": answers}
        found.append((case.id[:120], _plain(parts), _plain(group["expected"])))
    if faults:
        raise CasesFaulty(faults)
    return found


def _plain(value: Any) -> Any:
    """Days and all keys as text, as JSON keeps them."""
    return json.loads(json.dumps(value, default=lambda day: day.isoformat() if isinstance(day, date) else str(day)))


@transaction.atomic
def save_case(
    row: ScreeningCase | None, text: str, *, is_active: bool = True, revision: int = 0, by: User, at: datetime
) -> ScreeningCase:
    """Store one case typed as YAML, with id, today, answers, plan and expected.

    Raises CasesFaulty, also when another case has the name already, or EditConflict.
    """
    if len(text.encode()) > min(MAX_CASE_BYTES, MAX_CASES_BYTES):
        raise CasesFaulty([Fault("", "", "", _("The case is too long."))])
    whole = _whole_cases(text, file=_("case"))
    if len(whole) != 1:
        raise CasesFaulty([Fault("", "", "", _("Write one case at a time, beginning with “id:”."))])
    name, case, expected = whole[0]
    same_name = ScreeningCase.objects.filter(name=name)
    if (same_name.exclude(pk=row.pk) if row else same_name).exists():
        raise CasesFaulty([Fault("", name, "id", _("Another case has this name."))])
    values = {
        "name": name,
        "case": case,
        "expected": expected,
        "is_active": is_active,
        "changed_at": at,
        "changed_by": by,
    }
    if row is None:
        row = ScreeningCase.objects.create(**values, created_at=at)
    elif not ScreeningCase.objects.filter(pk=row.pk, revision=revision).update(**values, revision=F("revision") + 1):
        raise EditConflict("case")
    row.refresh_from_db()
    audit.record(by, "case.changed", row)
    return row
