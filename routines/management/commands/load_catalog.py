"""Load a zone catalog from a YAML or JSON file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.core.yaml_documents import DocumentFaulty
from routines.catalog.versions import CatalogChange, current_version, load_catalog


class Command(BaseCommand):
    help = "Load the zone catalog from FILE. Loading the same file twice changes nothing; a bad file changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        def progress(section: str, entries: int) -> None:
            if verbosity:
                self.stdout.write(f"  {section:<22}{entries:>4}")

        try:
            change = load_catalog(file, at=timezone.now(), progress=progress)
        except DocumentFaulty as refusal:
            for fault in refusal.faults:
                self.stderr.write(_line(fault))
            self.stderr.write(_("Nothing was changed."))
            raise SystemExit(1) from None
        self._report(change)

    def _report(self, change: CatalogChange) -> None:
        for what, counts in (
            (_("added"), change.added),
            (_("changed"), change.changed),
            (_("retired"), change.retired),
        ):
            if counts:
                parts = ", ".join(f"{section} {count}" for section, count in counts.items())
                self.stdout.write(f"{what}: {counts.total()} ({parts})")
        if change.is_new_version:
            self.stdout.write(_("Catalog version %(number)s.") % {"number": current_version().number})
        else:
            number = current_version().number
            self.stdout.write(_("Nothing new; still catalog version %(number)s.") % {"number": number})


def _line(fault: Any) -> str:
    return ": ".join(part for part in (fault.file, fault.entry, fault.field, fault.message) if part)
