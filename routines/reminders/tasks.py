"""Thin loops for Celery. Whatever is lost here, the next look finds."""

import time

from celery import shared_task
from django.utils import timezone

from routines.rechecking import recheck
from routines.reminders import replan_queue, send

TASK_SECONDS = 60


@shared_task(name="routines.reminders.send.wake")
def wake() -> None:
    began = time.monotonic()
    while time.monotonic() - began < TASK_SECONDS and send.mirror_outcomes():
        pass
    replan_queue.compare_slice(timezone.now())
    while time.monotonic() - began < TASK_SECONDS:
        now = timezone.now()
        if not send.plan_ahead(now) + send.queue_due(now):
            return


@shared_task(name="routines.rechecking.recheck.wake")
def check_marked() -> None:
    began = time.monotonic()
    while time.monotonic() - began < TASK_SECONDS:
        if not recheck.recheck_marked(timezone.now()):
            return
