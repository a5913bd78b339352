"""What follows from flagged plans: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `flagged_at`: the value of `Plan.recheck_since` on every plan that was flagged just now.
plans_flagged = Signal()
