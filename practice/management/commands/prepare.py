from typing import Any

from django.core.management.base import BaseCommand

from practice import preparation


class Command(BaseCommand):
    help = "Makes this installation ready to serve: tables, starter data, files. Quick when there is nothing to do."

    def handle(self, *args: Any, **options: Any) -> None:
        preparation.prepare(tell=self.stdout.write)
