"""What follows from a consent: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `consent` and `at`.
consent_given = Signal()
#: `consent` and `at`.
consent_withdrawn = Signal()
