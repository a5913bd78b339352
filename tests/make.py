"""Builders: plain functions that make what a test needs, through the product's own verbs where there are any."""

from datetime import UTC, datetime
from typing import Any

from clients.roster.models import Client
from practice.tenancy.models import Member, Practice, User

NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)


def make_practice(name: str = "Stillwater", **fields: Any) -> Practice:
    return Practice.objects.create(name=name, **fields)


def make_user(email: str, name: str = "", **fields: Any) -> User:
    return User.objects.create_user(email, "secret-enough-1", name=name, **fields)


def make_member(practice: Practice, role: str, email: str, name: str = "") -> Member:
    return Member.objects.create(practice=practice, user=make_user(email, name), role=role)


def make_client(
    practice: Practice, email: str = "noor@example.org", name: str = "Noor Haddad", **fields: Any
) -> Client:
    defaults = {"time_zone": "Europe/London", "language": "en-gb", "registered_at": NOON}
    user, _made = User.objects.get_or_create(email=email, defaults={"name": name[:200]})
    return Client.objects.create(practice=practice, user=user, name=name, email=email, **{**defaults, **fields})
