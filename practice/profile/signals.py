"""What follows from changed settings of a practice: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `practice`, `changed` (names of the settings) and `at`.
practice_changed = Signal()
