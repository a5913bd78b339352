from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from practice.tenancy.models import Practice
from routines.demo_practice import make_demo_practice


class Command(BaseCommand):
    help = "Makes the demo practice in an empty database. Refuses without DEMO=1 or beside real practices."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo practice has public passwords. It is only made with DEMO=1.")
        if Practice.objects.exists():
            raise CommandError("There is a practice already; the demo is only made in an empty database.")
        practice = make_demo_practice(at=timezone.now())
        self.stdout.write(f"Made {practice} with its clients.")
