from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from practice.sealed.own_keys import new_health_key


class Command(BaseCommand):
    help = "Prints a new key for HEALTH_KEYS. Put it in front of the old ones, which must stay to read older data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--id", default="k1", help="a short name that no other key of this site has (k1)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_health_key(options["id"]))
