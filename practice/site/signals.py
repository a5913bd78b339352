"""What the page of metrics asks of the rooms above."""

from django.dispatch import Signal

#: `at`. A receiver answers with an iterable of Prometheus metrics; each read has to be bounded and served by an index.
metrics_wanted = Signal()
