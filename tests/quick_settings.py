"""The site's settings with short leases and beats, for tests with real workers that are killed."""

from datetime import timedelta

from practice.settings import *  # noqa: F403

OUTBOX_LEASE = timedelta(seconds=4)
OUTBOX_BATCH = 10
EMAIL_TIMEOUT = 3
OWN_LOOK_SECONDS = 3
CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": 1.0}
    for name, entry in CELERY_BEAT_SCHEDULE.items()  # noqa: F405
}
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
