"""What follows from mail that came back: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `bounce` (a BounceReport) and `at`: once for each message that came back for good or was called spam.
message_bounced = Signal()
