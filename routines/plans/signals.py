"""What follows from a plan that was released, paused or ended: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `plan` and `at`.
plan_state_changed = Signal()
