"""Runs inside a site under test: `python -m tests.outbox_driver 20 30` makes 20 messages and 30 due reminders."""

import sys
from datetime import time, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from practice.core.clock import local_now  # noqa: E402
from practice.mail.outbox import queue  # noqa: E402
from tests import make, make_reminders  # noqa: E402


def fill(messages: int, clients: int) -> None:
    """Messages that wait, and clients whose reminder fell due a minute ago."""
    now = timezone.now()
    midnight = time()  # equal: no quiet hours, whatever the time of day of the test
    practice = make.make_practice(quiet_hours_from=midnight, quiet_hours_to=midnight)
    jon = make.make_member(practice, "therapist", "jon@example.org", "Jon Reyes")
    slot = f"{local_now(now, 'Europe/London') - timedelta(minutes=1):%H:%M}"
    for number in range(clients):
        client = make.make_client(practice, f"client{number}@example.org", f"Client {number}")
        day = local_now(now, client.time_zone).date()
        frozen = {"times": (slot,), "starts_on": day - timedelta(days=3)}
        make_reminders.make_running_plan(client, jon, at=now - timedelta(days=1), **frozen)
    for number in range(messages):
        context = {"name": "Noor", "url": "http://localhost/"}
        queue("plan_ready", to=f"m{number}@example.org", at=now, practice=practice, context=context)


if __name__ == "__main__":
    fill(*map(int, sys.argv[1:]))
