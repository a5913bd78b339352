"""What the trail asks of the rooms above."""

from django.dispatch import Signal

#: `practice` and `refs` (keys of clients). A receiver answers with a mapping of key to name; an erased person has none.
names_wanted = Signal()
