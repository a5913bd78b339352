"""`receive_bounce < message`: for a pipe from the mail server that takes mail for EMAIL_RETURN_PATH_DOMAIN.

Postfix: `bounces unix - n n - - pipe user=… argv=…/manage.py receive_bounce --to ${original_recipient}`.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from practice.bounces.reports import LARGEST_REPORT, receive_report

#: sysexits.h, EX_TEMPFAIL: the mail server keeps the message and tries again.
TRY_AGAIN = 75


class Command(BaseCommand):
    help = "Read one undelivered-mail or spam report from standard input. Whatever is not ours changes nothing."
    #: A mail server waits: the checks ran when the site started.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", action="append", default=[], help="the recipient of the envelope")

    def handle(self, *args: Any, to: list[str], **options: Any) -> None:
        source = sys.stdin.buffer
        raw = source.read(LARGEST_REPORT + 1)
        while source.read(LARGEST_REPORT):
            pass  # a mail server whose pipe breaks would call this a failure and send the report once more
        try:
            receive_report(raw, to=to, at=timezone.now())
        except DatabaseError:
            # Exit 0 for all that is ignored: an answer to a bounce would be a bounce to nobody.
            self.stderr.write("The database does not answer; try again.")
            sys.exit(TRY_AGAIN)
