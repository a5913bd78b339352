"""The request as our views see it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from practice.permissions.table import Role

if TYPE_CHECKING:
    from practice.tenancy.models import Member, Practice, User


class PracticeRequest(HttpRequest):
    """`member` is set when the signed-in person works in a practice; `practice` is that member's."""

    user: "User"
    member: "Member"
    practice: "Practice"
    seats: "list[Member]"
    roles: frozenset[Role]
    htmx: HtmxDetails
