from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clients.questionnaire.versions import CasesFail, load_screening
from practice.core.yaml_documents import DocumentFaulty


class Command(BaseCommand):
    help = "Check a questionnaire file and publish it as the next version. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--reason", default="", help="Why it is published though stored cases fail; kept.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_screening(options["file"], at=timezone.now(), reason=options["reason"])
        except DocumentFaulty as refusal:
            raise CommandError(f"{refusal}\n{len(refusal.faults)} fault(s); nothing was changed.") from refusal
        except CasesFail as refusal:
            raise CommandError(
                f"{len(refusal.names)} stored case(s) fail with these rules: {', '.join(refusal.names[:20])}\n"
                "Nothing was changed. Change the rules or the cases, or give a --reason."
            ) from refusal
        questionnaire = loaded.questionnaire
        did = "published" if loaded.is_new else "is already there"
        self.stdout.write(
            f"Questionnaire version {loaded.version.number} {did}: {len(questionnaire.questions)} questions, "
            f"{len(questionnaire.rules)} rules, {len(questionnaire.consistency_checks)} consistency checks, "
            f"{len(questionnaire.session_stop_rules)} session stop rules."
        )
