"""Which screenings and notices rest, and why: until a day, or until something happens to a letter."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from clients.follow_up.models import FollowUp
from clients.record.models import Clearance
from practice.tenancy.models import Practice


def with_follow_ups(found: QuerySet[Any], *, today: date) -> QuerySet[Any]:
    """Add `is_resting`, `rests` (its kind), `rests_until`, `rests_since` and `is_reached` to rows of a client's.

    A row that waits for a letter is back once one arrives, is refused, verified or withdrawn. Adds no query.
    """
    about: Any = FollowUp.objects.across_practices().filter(about=OuterRef("pk"), client=OuterRef("client_id"))
    last = about.filter(kind__in=FollowUp.RESTING).order_by("-at", "pk")
    since = OuterRef("rests_since")
    news = Q(recorded_at__gt=since) | Q(rejected_at__gt=since) | Q(verified_at__gt=since) | Q(withdrawn_at__gt=since)
    letters = Clearance.objects.across_practices().filter(news, client=OuterRef("client_id"))
    told = found.annotate(
        rests=Subquery(last.values("kind")[:1]),
        rests_until=Subquery(last.values("until")[:1]),
        rests_since=Subquery(last.values("at")[:1]),
        is_reached=Exists(about.filter(kind__in=FollowUp.REACHED)),
    )
    known: QuerySet[Any] = told.annotate(
        is_resting=Case(
            When(Q(rests=FollowUp.Kind.LOOK_AGAIN, rests_until__gt=today), then=Value(True)),
            When(Q(rests=FollowUp.Kind.WAITS_FOR_LETTER) & ~Exists(letters), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )
    return known


def last_follow_ups(practice: Practice | uuid.UUID, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, FollowUp]:
    """The last word on each screening or notice of `keys`, in one query."""
    if not keys:
        return {}
    found = FollowUp.objects.for_practice(practice).filter(about__in=keys).select_related("by__user")
    return {row.about: row for row in found.order_by("at", "pk")}
