"""The same figure for django-post-office: `python bench/peer_outbox.py [--messages 500] [--rounds 5]`.

Its queue of finished e-mails on SQLite (WAL, full sync) against the bare loop that sends the same e-mails, in the same
run and to the same server as bench/outbox.py: with its five threads, each on a connection of its own, and with one.
It checks nothing before it sends and marks nothing while it sends.
"""

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

THREADS = (5, 1)
#: Together as long as a reminder of ours: 8 kB.
TEXT = "A line of some forty letters, more or less.\n" * 30
HTML = "<html>" + "<p>A line of some forty letters, more or less.</p>\n" * 120 + "</html>"


def set_up(folder: str, port: int, messages: int) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        INSTALLED_APPS=["post_office"],
        SECRET_KEY="bench",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{folder}/peer.sqlite3",
                "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL", "transaction_mode": "IMMEDIATE"},
            }
        },
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        POST_OFFICE={
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
            "BATCH_SIZE": messages,
            "LOG_LEVEL": 0,
        },
    )
    django.setup()
    logging.disable()
    call_command("migrate", verbosity=0)


def queue(messages: int) -> list[Any]:
    """Django's finished e-mails, as the queue holds them."""
    from post_office import mail
    from post_office.models import Email

    Email.objects.all().delete()
    for number in range(messages):
        mail.send(
            f"client{number}@example.org",
            "routines@practice.example",
            subject="Time for your routine",
            message=TEXT,
            html_message=HTML,
            headers={"Message-ID": f"<{number}@practice.example>"},
        )
    return [row.email_message() for row in Email.objects.all()]


def send_queued(messages: int, threads: int) -> float:
    """Messages a second."""
    from django.conf import settings
    from post_office.mail import send_queued as send
    from post_office.models import STATUS, Email

    settings.POST_OFFICE["THREADS_PER_PROCESS"] = threads
    began = time.perf_counter()
    send(processes=1, log_level=0)
    seconds = time.perf_counter() - began
    assert Email.objects.filter(status=STATUS.sent).count() == messages
    return messages / seconds


def main() -> None:
    from bench.outbox import arrived, bare, sink

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    words = parser.parse_args()
    with sink(pipelining=False) as port, tempfile.TemporaryDirectory(prefix="sp-bench-") as folder:
        set_up(folder, port, words.messages)
        for threads in THREADS:
            loops, theirs = [], []
            for _round in range(words.rounds):
                emails = queue(words.messages)
                loops.append(bare(port, emails, lambda one: (one.to[0], one.message().as_bytes(linesep="\r\n"))))
                theirs.append(send_queued(words.messages, threads))
                assert arrived(port) == (words.messages, 1)
            ratios = [own / loop for own, loop in zip(theirs, loops, strict=True)]
            print(
                f"django-post-office, {threads} threads  {median(theirs):5.0f}/s   "
                f"bare loop from finished e-mails {median(loops):5.0f}/s  "
                f"ratio {median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"
            )


if __name__ == "__main__":
    main()
