"""Figures of the whole installation for a monitor: counts and ages, never a client, a practice or an address.

Each read is bounded and served by an index. A floor above adds its own to `gatherers`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from practice.mail.models import MailServer, OutboundMessage

PREFIX = "sole_practice_"
Gatherer = Callable[[datetime], Iterable[Metric]]


def gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, words, value=value)


def gauges(name: str, words: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def age(since: datetime | None, at: datetime) -> float:
    """Seconds, never below 0; 0 where nothing waits."""
    return max(0.0, (at - since).total_seconds()) if since else 0.0


def outbox_metrics(at: datetime) -> Iterator[Metric]:
    """Three reads: the open rows and those in doubt (partial indexes), and the mail server's one row."""
    messages = OutboundMessage.objects.across_practices()
    ready = Q(not_before__lte=at)
    waiting = messages.open().aggregate(
        due=Count("pk", filter=ready), deferred=Count("pk", filter=~ready), oldest=Min("created_at", filter=ready)
    )
    yield gauges(
        "outbox_waiting",
        "Messages that have not been settled: due now, or put off until a later try.",
        "when",
        {"due": waiting["due"], "later": waiting["deferred"]},
    )
    yield gauge("outbox_oldest_waiting_seconds", "Age of the oldest message that is due.", age(waiting["oldest"], at))
    yield gauge(
        "outbox_unconfirmed", "Messages that may have arrived: a person decides.", messages.unconfirmed().count()
    )
    server = MailServer.objects.filter(pk=1).first()
    down_since = server.down_since if server else None
    yield gauge("mail_server_down", "1 while the mail server does not serve us.", float(down_since is not None))
    yield gauge("mail_server_down_seconds", "For how long it has not.", age(down_since, at))


gatherers: list[Gatherer] = [outbox_metrics]


def write_metrics(at: datetime) -> bytes:
    """Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Gathered(at))
    return generate_latest(registry)


class _Gathered:
    def __init__(self, at: datetime) -> None:
        self._at = at

    def collect(self) -> Iterator[Metric]:
        for gatherer in gatherers:
            yield from gatherer(self._at)

    def describe(self) -> list[Metric]:
        """Nothing is read while registering."""
        return []


def is_monitor(authorization: str) -> bool:
    """Whether the header carries METRICS_TOKEN. Without a token in the environment nobody is."""
    expected = settings.METRICS_TOKEN
    return bool(expected) and constant_time_compare(authorization, f"Bearer {expected}")
