"""What follows from a new screening of a client: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `record` (ScreeningRecord), `assessment` (of which it is the record) and `at`.
client_screened = Signal()
