"""Thin loops for Celery. Whatever is lost here, the next look finds."""

import time

from celery import shared_task
from django.utils import timezone

from clients.letters.expiry import warn_expiring

TASK_SECONDS = 60


@shared_task(name="clients.letters.letters.wake")
def warn_of_letters() -> None:
    began = time.monotonic()
    while time.monotonic() - began < TASK_SECONDS:
        if not warn_expiring(timezone.now()):
            return
