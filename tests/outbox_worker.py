"""An outbox's worker without Celery, in a process of its own: `python -m tests.outbox_worker fill 100` or `send`.

`send` goes on until it is ended. `send-and-die` kills itself, really, in the instant after the mail server has
accepted a second message and before that is committed.
"""

import os
import signal
import sys
import time
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from practice.mail import deliver, lease, outbox, smtp_client  # noqa: E402
from tests.make_reminders import make_message  # noqa: E402


def fill(messages: int) -> None:
    call_command("migrate", verbosity=0)
    for number in range(messages):
        make_message(timezone.now(), to=f"m{number}@example.org")


def send() -> None:
    while True:
        if not outbox.send_due(timezone.now()):
            time.sleep(0.2)


def send_and_die() -> None:
    smtp_client.AT_ONCE_SECONDS = 30  # a busy machine must not spoil the instant
    # The short lease of the tests would be renewed for each message, which settles the one before.
    deliver.LONGEST_TALK = timedelta(seconds=1)
    settle_and_mark, seen = lease._settle_and_mark, []

    def die(*words: object) -> bool:
        seen.append(words)
        if len(seen) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return settle_and_mark(*words)  # type: ignore[arg-type]

    lease._settle_and_mark = die
    outbox.send_due(timezone.now())


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        {"send": send, "send-and-die": send_and_die}[sys.argv[1]]()
