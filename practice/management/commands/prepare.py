from typing import Any

from django.core.management.base import BaseCommand

from practice.startup import bootstrap


class Command(BaseCommand):
    help = "Makes this installation ready to serve: tables, starter data, files. Quick when there is nothing to do."

    def handle(self, *args: Any, **options: Any) -> None:
        bootstrap.prepare(tell=self.stdout.write)
