"""Screening cases kept in files: reading them, running them, comparing a result with what was expected."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.utils.translation import gettext as _

from clients.screening.answers import Answer, AnswerValue, read_date
from clients.screening.engine import screen
from clients.screening.letter_terms import Clearance
from clients.screening.questionnaire import Questionnaire
from practice.core.schema import Place, Unreadable
from practice.core.yaml_documents import DocumentFaulty, Fault, YamlEntry, YamlValue, load_document
from routines.catalog.types import Catalog
from routines.rules_workbench.case_lint import slips_in
from routines.rules_workbench.case_outcome import CaseOutcome, Expected, ExpectedFinding, ExpectedStep, FoundFinding
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step

MAX_CASES_BYTES = 256 * 1024 * 1024


class CasesFaulty(DocumentFaulty):
    """The file of cases cannot be run; every fault names file and case."""


@dataclass(frozen=True)
class Case:
    """One client on one day with a plan, and, where known, what screening has to find."""

    id: str
    today: date
    answers: Mapping[str, Answer]
    clearances: tuple[Clearance, ...]
    steps: tuple[Step, ...]
    expected: Expected | None
    slips: tuple[str, ...] = ()


def read_cases(text: str, *, file: str) -> list[Case]:
    """Read cases (YAML or JSON: a list, or `bases` and `vignettes`). Raises CasesFaulty naming file and case."""
    bases, document = load_cases_document(text, file=file)
    faults: list[Fault] = []
    place = Place(file, faults)
    cases = []
    for index, raw in enumerate(document):
        try:
            cases.append(_read_case(raw, bases, index, place))
        except Unreadable:
            continue
    if faults:
        raise CasesFaulty(faults)
    return cases


def read_case(raw: YamlValue, bases: Mapping[str, YamlEntry], index: int, outer: Place) -> Case:
    """One case as types. Raises CasesFaulty with the place's faults."""
    try:
        return _read_case(raw, bases, index, outer)
    except Unreadable as error:
        raise CasesFaulty(outer.faults) from error


def load_cases_document(text: str, *, file: str) -> tuple[Mapping[str, YamlEntry], list[YamlValue]]:
    """The bases and the cases as written. Raises CasesFaulty when the text is something else."""
    document = _load(text, file)
    bases: YamlValue = {}
    if isinstance(document, dict) and "vignettes" in document:
        bases, document = document.get("bases", {}), document["vignettes"]
    elif isinstance(document, dict) and "id" in document:
        document = [document]
    if not isinstance(document, list):
        raise CasesFaulty([Fault(file, "", "", _("A list of cases is expected, or bases and vignettes."))])
    if not isinstance(bases, dict) or not all(isinstance(base, dict) for base in bases.values()):
        raise CasesFaulty([Fault(file, "bases", "", _("Each base is a group of “question: answer” lines."))])
    return cast("Mapping[str, YamlEntry]", bases), document


def _load(text: str, file: str) -> YamlValue:
    if text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{"):
        try:
            document: YamlValue = json.loads(text.lstrip("\ufeff"))
            return document
        except (ValueError, RecursionError):
            pass  # YAML's own brackets look the same, and its message names the line.
    try:
        return load_document(text, file=file, max_bytes=MAX_CASES_BYTES)
    except DocumentFaulty as error:
        raise CasesFaulty(error.faults) from error


def _read_case(raw: YamlValue, bases: Mapping[str, YamlEntry], index: int, outer: Place) -> Case:
    name = raw.get("id") if isinstance(raw, dict) else None
    label = f"vignettes[{index}] {name if name is not None else ''}".rstrip()
    place = Place(outer.file, outer.faults, label)
    if not isinstance(raw, dict):
        raise place.refuse(_("A case is a group of “key: value” lines."))
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise place.at("id").refuse(_("A case needs an id."))
    today = read_date(raw.get("today"))
    if today is None:
        raise place.at("today").refuse(_("A day of the form 2026-03-16 is expected."))
    expected = raw.get("expected")
    if expected is not None and not isinstance(expected, dict):
        raise place.at("expected").refuse(_("What is expected is a group of “key: value” lines."))
    return Case(
        id=str(name),
        today=today,
        answers=_read_answers(raw, bases, place),
        clearances=tuple(
            _read_clearance(item, place.at(f"clearances[{number}]"))
            for number, item in enumerate(_list(raw.get("clearances"), place.at("clearances")))
        ),
        steps=_read_steps(raw, place),
        expected=cast("Expected | None", expected),
        slips=slips_in(raw),
    )


def _list(value: YamlValue, place: Place) -> list[YamlValue]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise place.refuse(_("A list is expected."))
    return value


def _read_answers(raw: YamlEntry, bases: Mapping[str, YamlEntry], place: Place) -> dict[str, Answer]:
    """The base's answers, replaced by the case's own; null means left blank."""
    base = raw.get("base")
    if base is not None and (not isinstance(base, str) or base not in bases):
        raise place.at("base").refuse(_("There is no base “%(name)s” in this file.") % {"name": base})
    own = raw.get("answers")
    if own is not None and not isinstance(own, dict):
        raise place.at("answers").refuse(_("Answers are “question: answer” lines."))
    together = {**(bases[base] if base is not None else {}), **(own or {})}
    days = _read_answer_dates(raw.get("answer_dates"), place.at("answer_dates"))
    return {
        str(question): Answer(cast("AnswerValue", value), days.get(str(question), days.get("")))
        for question, value in together.items()
        if value is not None
    }


def _read_answer_dates(raw: YamlValue, place: Place) -> dict[str, date]:
    """One day for all answers, kept under the empty name, or a day for each question; without one, today."""
    written = raw if isinstance(raw, dict) else {"": raw} if raw is not None else {}
    days = {}
    for question, value in written.items():
        day = read_date(value)
        if day is None:
            raise place.refuse(_("A day of the form 2026-03-16 is expected."))
        days[str(question)] = day
    return days


def _read_clearance(raw: YamlValue, place: Place) -> Clearance:
    if not isinstance(raw, dict):
        raise place.refuse(_("A letter is a group of “key: value” lines."))
    covers = raw.get("covers")
    if isinstance(covers, str):
        covers = [covers]
    if not isinstance(covers, list) or not all(isinstance(rule, str) for rule in covers):
        raise place.at("covers").refuse(_("A list of rules is expected."))
    days: dict[str, date | None] = {}
    for key in ("issued_on", "valid_until"):
        days[key] = read_date(raw.get(key))
        if raw.get(key) is not None and days[key] is None:
            raise place.at(key).refuse(_("A day of the form 2026-03-16 is expected."))
    # Only a verified letter counts; cases do not say so because theirs all are.
    counts = raw.get("verified", True) is True
    return Clearance(
        id=str(raw.get("id", "")),
        covers=frozenset(map(str, covers)) if counts else frozenset(),
        issued_on=days["issued_on"],
        valid_until=days["valid_until"],
        issued_by=str(raw.get("from") or ""),
    )


def _read_steps(raw: YamlEntry, place: Place) -> tuple[Step, ...]:
    steps: dict[int | str, Step] = {}
    for index, item in enumerate(_list(raw.get("plan"), place.at("plan"))):
        step = _read_step(item, place.at(f"plan[{index}]"))
        if step.number in steps:
            raise place.at(f"plan[{index}].step").refuse(_("Two steps have the same number."))
        steps[step.number] = step
    return tuple(steps.values())


def _read_step(raw: Any, place: Place) -> Step:
    """Read one step. Names that the catalog does not know are left to the verdict. Raises Unreadable."""
    if not isinstance(raw, Mapping):
        raise place.refuse(_("A step is a group of “key: value” lines."))
    number = raw.get("step")
    if not isinstance(number, int | str) or isinstance(number, bool):
        raise place.at("step").refuse(_("A step needs a number."))
    for key in ("zone", "technique", "side", "pressure", "tool", "position"):
        if raw.get(key) is not None and not isinstance(raw[key], str):
            raise place.at(key).refuse(_("A name, or null, is expected."))
    return Step(
        number=number,
        zone=raw.get("zone"),
        technique=raw.get("technique") or "",
        side=raw.get("side") or "none",
        pressure=raw.get("pressure") or "none",
        seconds=raw.get("duration_s"),
        tool=raw.get("tool"),
        position=raw.get("position"),
    )


def run_case(case: Case, questionnaire: Questionnaire, catalog: Catalog) -> CaseOutcome:
    """The result of one case as plain data, in the words of the document."""
    screening = screen(questionnaire, case.answers, case.clearances, case.today)
    plan = check_steps(screening, case.steps, catalog)
    return {
        "id": case.id,
        "overall": screening.overall,
        "urgency": screening.urgency,
        "findings": [
            {"rule": finding.rule, "outcome": finding.outcome, "cleared_by": finding.cleared_by}
            for finding in screening.findings
        ],
        "steps": {
            str(number): {
                side: {
                    "state": verdict.state,
                    "rules": list(verdict.rules),
                    "own_states": {touch.rule: touch.state for touch in verdict.touches},
                }
                for side, verdict in sides.items()
            }
            for number, sides in plan.steps.items()
        },
        "releasable": plan.releasable,
        "invalid": [{"step": wrong.step, "reason": wrong.reason} for wrong in plan.invalid],
    }


def describe_differences(result: CaseOutcome, expected: Expected) -> list[str]:
    """How a result differs from what was expected, a line each; parts that `expected` leaves out are not compared."""
    pairs: list[tuple[str, object, object]] = []
    if "overall" in expected:
        pairs.append(("overall", expected["overall"], result["overall"]))
        pairs.append(("urgency", expected.get("urgency"), result["urgency"]))
    if "releasable" in expected:
        pairs.append(("releasable", expected["releasable"], result["releasable"]))
    if "findings" in expected:
        wanted = expected["findings"] or []
        pairs.append(("findings", _finding_set(wanted), _finding_set(result["findings"])))
        for finding in wanted:
            if (steps := finding.get("steps")) is not None:
                pairs.append((f"steps of {finding['rule']}", _touched(steps), _acted(result, finding["rule"])))
    if "step_states" in expected:
        found = {
            number: {side: part["state"] for side, part in sides.items()} for number, sides in result["steps"].items()
        }
        wanted_states = {str(number): dict(sides) for number, sides in (expected["step_states"] or {}).items()}
        for number in sorted(set(found) | set(wanted_states)):
            pairs.append((f"step {number}", wanted_states.get(number), found.get(number)))
    return [
        _("%(part)s: expected %(wanted)s, found %(found)s")
        % {"part": part, "wanted": _plain(wanted), "found": _plain(found)}
        for part, wanted, found in pairs
        if wanted != found
    ]


def _plain(value: object) -> str:
    return json.dumps(sorted(value) if isinstance(value, set) else value, ensure_ascii=False, default=str)


def _finding_set(findings: Sequence[FoundFinding | ExpectedFinding]) -> set[tuple[str, str, str]]:
    return {(finding["rule"], finding["outcome"], str(finding.get("cleared_by") or "")) for finding in findings}


def _touched(steps: list[ExpectedStep]) -> set[tuple[str, str, str]]:
    return {(str(step["step"]), side, step["state"]) for step in steps for side in step["sides"]}


def _acted(result: CaseOutcome, rule: str) -> set[tuple[str, str, str]]:
    return {
        (number, side, part["own_states"][rule])
        for number, sides in result["steps"].items()
        for side, part in sides.items()
        if rule in part["own_states"]
    }
