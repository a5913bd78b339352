"""Puts the member, the practice and the roles on each request."""

from collections.abc import Callable
from typing import cast

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from practice.mail.models import MailServer
from practice.permissions.table import Role
from practice.tenancy.models import Member, User

MEMBER_SESSION_KEY = "member_id"


def find_member(request: HttpRequest) -> Member | None:
    """The seat that the person chose last, else the oldest active one."""
    if not request.user.is_authenticated:
        return None
    own = Member.objects.across_practices().filter(user=request.user, is_active=True).select_related("practice")
    # Read along, so that the banner of practice/mail/outage.py costs no query while mail works.
    down_since = MailServer.objects.filter(pk=1).values("down_since")[:1]
    seats = list(own.annotate(mail_down_since=Subquery(down_since)))
    request.seats = seats  # type: ignore[attr-defined]  # for the menu that changes seats
    chosen = request.session.get(MEMBER_SESSION_KEY)
    return next((seat for seat in seats if str(seat.pk) == chosen), seats[0] if seats else None)


def find_roles(request: HttpRequest, member: Member | None) -> frozenset[Role]:
    """Anyone signed in may use the portal: it shows nothing but their own."""
    if not request.user.is_authenticated:
        return frozenset()
    roles = {Role.CLIENT}
    if member:
        roles.add(Role(member.role))
    if request.user.is_catalog_admin:
        roles.add(Role.CATALOG_ADMIN)
    return frozenset(roles)


class PracticeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member = find_member(request)
        if member:
            member.user = cast(User, request.user)  # already in hand
        request.member = member  # type: ignore[attr-defined]
        request.practice = member.practice if member else None  # type: ignore[attr-defined]
        request.roles = find_roles(request, member)  # type: ignore[attr-defined]
        # Staff read times on the practice's clocks; pages for a client name the client's zone themselves.
        with timezone.override(member.practice.time_zone if member else None):
            response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            # Pages of a person are not kept on a shared computer, nor by a proxy.
            add_never_cache_headers(response)
        return response


class AdminPolicyMiddleware:
    """Relaxes the content security policy for the admin site, and nowhere else.

    Unfold's pages run on Alpine, whose expressions in attributes are compiled at run time (`unsafe-eval`), and carry
    their theme in a <style> element and in style attributes (`unsafe-inline`, for styles only). They hold no inline
    script, so scripts stay limited to our own files. Only catalog admins reach these pages, which show no client data.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.resolver_match and "admin" in request.resolver_match.app_names:
            response._csp_update = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}  # type: ignore[attr-defined]
        return response
