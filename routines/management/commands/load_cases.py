"""`manage.py load_cases FILE...`: store screening cases in the test bench."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from practice.core.yaml_documents import DocumentFaulty
from routines.rules_workbench.bench import load_cases


class Command(BaseCommand):
    help = "Store the screening cases of FILE, or of every file in a folder. Cases changed by hand stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="+")
        parser.add_argument("--replace", action="store_true", help="Overwrite cases changed by hand, too.")

    def handle(self, *args: Any, **options: Any) -> None:
        for file in (each for path in options["file"] for each in _files(path)):
            try:
                new, replaced = load_cases(file, at=timezone.now(), replace=options["replace"])
            except DocumentFaulty as refusal:
                raise CommandError(f"{refusal}\nNothing of {file.name} was stored.") from refusal
            self.stdout.write(f"{file.name}: {new} new cases, {replaced} replaced.")


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]
