"""`manage.py screen CASES`: run screening cases without a database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

import clients
import routines
from clients.questionnaire.parse import parse_questionnaire
from clients.screening.questionnaire import Questionnaire
from practice.core.yaml_documents import DocumentFaulty, Fault, read_document
from routines.catalog.parse import parse_catalog
from routines.catalog.types import Catalog
from routines.rules_workbench.case_lint import unknown_questions
from routines.rules_workbench.case_outcome import CaseOutcome
from routines.rules_workbench.cases import MAX_CASES_BYTES, Case, describe_differences, read_cases, run_case

STARTER_QUESTIONNAIRE = Path(clients.__file__).parent / "questionnaire" / "data" / "screening.yaml"
STARTER_CATALOG = Path(routines.__file__).parent / "catalog" / "data" / "catalog.yaml"


class Command(BaseCommand):
    help = (
        "Screen the cases of a YAML or JSON file; exits 1 when one differs from its expected result, 2 on a bad file."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", help="A file of cases (bases and vignettes, or a list); - reads standard input.")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="json prints an object a line.")
        parser.add_argument("--questionnaire", type=Path, default=STARTER_QUESTIONNAIRE, help="Default: the starter.")
        parser.add_argument("--catalog", type=Path, default=STARTER_CATALOG, help="Default: the starter.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            catalog = parse_catalog(read_document(options["catalog"]), file=options["catalog"].name)
            questionnaire = parse_questionnaire(
                read_document(options["questionnaire"]), file=options["questionnaire"].name, catalog=catalog.slugs
            )
            text, name = _read_text(options["cases"])
            cases = read_cases(text, file=name)
        except DocumentFaulty as error:
            raise CommandError(str(error), returncode=2) from error
        different = 0
        for case in cases:
            different += not self._show(case, questionnaire, catalog, options["format"])
        compared = sum(1 for case in cases if case.expected is not None)
        if options["format"] == "text":
            self.stdout.write(
                _("%(count)d cases, %(compared)d compared, %(different)d different")
                % {"count": len(cases), "compared": compared, "different": different}
            )
        if different:
            raise CommandError(_("%(count)d cases differ from what was expected.") % {"count": different}, returncode=1)

    def _show(self, case: Case, questionnaire: Questionnaire, catalog: Catalog, style: str) -> bool:
        """Print one case. Returns whether it is as expected, or nothing was expected. Raises CommandError."""
        for slip in (*case.slips, *unknown_questions(case.answers, questionnaire)):
            self.stderr.write(f"{case.id}: {slip}")
        result = run_case(case, questionnaire, catalog)
        differences: list[str] = []
        if case.expected is not None:
            try:
                differences = describe_differences(result, case.expected)
            except (KeyError, TypeError, AttributeError) as error:
                message = _("What is expected cannot be read: %(reason)s") % {"reason": repr(error)}
                raise CommandError(f"{case.id}: {message}", returncode=2) from error
        for sides in result["steps"].values():
            for part in sides.values():
                del part["own_states"]
        if style == "json":
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._write_text(result, bool(differences), case.expected is not None)
        for line in differences:
            self.stderr.write(f"{case.id}: {line}")
        return not differences

    def _write_text(self, result: CaseOutcome, differs: bool, compared: bool) -> None:
        outcome = " ".join(filter(None, (result["overall"], result["urgency"])))
        releasable = _("may be released") if result["releasable"] else _("not releasable")
        verdict = (_("DIFFERENT") if differs else _("as expected")) if compared else ""
        self.stdout.write("  ".join(filter(None, (result["id"], outcome, releasable, verdict))))
        for finding in result["findings"]:
            letter = _("cleared by %(letter)s") % {"letter": finding["cleared_by"]} if finding["cleared_by"] else ""
            self.stdout.write(f"    {finding['outcome']:<10} {finding['rule']}  {letter}".rstrip())
        for number, sides in result["steps"].items():
            for side, part in sides.items():
                rules = ", ".join(part["rules"])
                self.stdout.write(f"    {number:>4} {side:<5} {part['state']:<22} {rules}".rstrip())
        for wrong in result["invalid"]:
            self.stdout.write(f"    {wrong['step']:>4} {_('invalid')}: {wrong['reason']}")


def _read_text(where: str) -> tuple[str, str]:
    name = _("standard input") if where == "-" else Path(where).name
    try:
        if where == "-":
            raw = sys.stdin.buffer.read(MAX_CASES_BYTES + 1)
        else:
            with Path(where).open("rb") as stream:
                raw = stream.read(MAX_CASES_BYTES + 1)
        return raw.decode("utf-8"), name
    except OSError as error:
        message = _("The file cannot be opened: %(reason)s") % {"reason": error.strerror or error}
        raise DocumentFaulty([Fault(name, "", "", message)]) from error
    except UnicodeDecodeError as error:
        raise DocumentFaulty([Fault(name, "", "", _("The file is not UTF-8 text."))]) from error
