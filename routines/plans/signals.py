"""What follows from a plan that was released, paused or ended: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `plan`, `at`, and `is_new`: released for the first time just now.
plan_state_changed = Signal()
