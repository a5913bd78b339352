"""Celery's application, and the one way to wake a worker."""

import logging
import os
import time
from typing import Any

from celery import Celery
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu.exceptions import OperationalError
from kombu.transport.redis import QoS

from practice.core.startup_errors import refuse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")

# kombu gives back what a worker had taken but not begun over the connection that it has just lost, and so takes the
# worker down with Redis. Each of our tasks is only a wake, and the next one comes by itself.
QoS.restore_at_shutdown = False

app = Celery("sole-practice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["practice.mail", "clients.letters", "routines.reminders"])


@app.on_configure.connect
def check_settings(**kwargs: Any) -> None:
    try:
        settings.configured or settings.SECRET_KEY  # noqa: B018 - reading one loads them all
    except ImproperlyConfigured as fault:
        refuse(fault)


logger = logging.getLogger(__name__)
#: After a failed wake, how long this process leaves Redis alone; the beat looks every few seconds anyway.
QUIET_SECONDS = 30
_redis_back_at = 0.0


def wake_worker(task: str) -> None:
    """Ask for a look at the database now. Never fails and never waits long; a lost call is made up by the next."""
    global _redis_back_at
    if time.monotonic() < _redis_back_at:
        return
    try:
        app.send_task(task, expires=60, retry=False)
    except (OperationalError, OSError) as fault:
        _redis_back_at = time.monotonic() + QUIET_SECONDS
        logger.warning("Redis does not answer (%s); what is due waits for the next look.", type(fault).__name__)
