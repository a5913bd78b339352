"""What follows from a changed client: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `client` and `at`: corrected, archived or restored.
client_changed = Signal()
#: Asked for the list of clients. A receiver answers with a PlanColumn; the list works without one.
plan_column_wanted = Signal()
