"""Thin loops for Celery. Whatever is lost here, the next look finds."""

import time

from celery import shared_task
from django.utils import timezone

from routines import reminder_marks, reminders, rescreening

TASK_SECONDS = 60


@shared_task(name="routines.reminders.wake")
def wake() -> None:
    began = time.monotonic()
    while time.monotonic() - began < TASK_SECONDS and reminders.mirror_outcomes():
        pass
    reminder_marks.compare_slice(timezone.now())
    while time.monotonic() - began < TASK_SECONDS:
        now = timezone.now()
        if not reminders.plan_ahead(now) + reminders.queue_due(now):
            return


@shared_task(name="routines.rescreening.wake")
def check_marked() -> None:
    began = time.monotonic()
    while time.monotonic() - began < TASK_SECONDS:
        if not rescreening.recheck_marked(timezone.now()):
            return
