"""Thin loops for Celery. Whatever is lost here, the next look finds."""

import time
from contextlib import closing
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.utils import timezone

from practice.celery import wake_worker
from practice.mail import outbox
from practice.mail.transport import make_transport

#: A task begins no new batch after this; send_batch keeps its own time, and both stay under CELERY_TASK_TIME_LIMIT.
TASK_SECONDS = 30


@shared_task(name="practice.mail.outbox.wake")
def wake() -> None:
    began = time.monotonic()
    with closing(make_transport()) as transport:
        while time.monotonic() - began < TASK_SECONDS:
            if not outbox.send_due(timezone.now(), transport=transport):
                return
    outbox.wake()


@worker_ready.connect
def look_without_beat(sender: Any, **kwargs: Any) -> None:
    """Each worker asks by itself now and then, so that everything goes on when the beat is dead."""
    sender.timer.call_repeatedly(settings.OWN_LOOK_SECONDS, wake_all)


def wake_all() -> None:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        wake_worker(str(entry["task"]))
