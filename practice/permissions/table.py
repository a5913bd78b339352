"""Who may do what: one table, one door (`@needs`), asked by every view."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect


class Role(TextChoices):
    OWNER = "owner", _("Owner")
    THERAPIST = "therapist", _("Therapist")
    RECEPTION = "reception", _("Reception")
    CLIENT = "client", _("Client")
    CATALOG_ADMIN = "catalog_admin", _("Catalog admin")


#: capability -> what it lets a person do.
CAPABILITIES: dict[str, str] = {
    "clients.view": "see names, e-mail addresses and invitations of the practice's clients",
    "clients.edit": "add and change clients, send and revoke invitations",
    "health.view": "read answers, findings, session logs",
    "plans.view": "see plans",
    "plans.edit": "build, publish, suspend and end plans",
    "catalog.view": "browse the zone catalog with its internal notes",
    "catalog.edit": "change the zone catalog",
    "rules.edit": "draft, preview and publish the shared questions and rules; keep the screening cases",
    "outbox.view": "see what became of each e-mail",
    "staff.manage": "invite and deactivate staff",
    "practice.edit": "change the practice's settings",
    "audit.view": "read the audit trail",
    "portal.use": "open one's own plan, sessions and answers",
    "account.use": "sign in and look after one's own account",
}

_RECEPTION = frozenset({"clients.view", "clients.edit", "outbox.view", "account.use"})
_THERAPIST = _RECEPTION | {"health.view", "plans.view", "plans.edit", "catalog.view"}
TABLE: dict[Role, frozenset[str]] = {
    Role.RECEPTION: _RECEPTION,
    Role.THERAPIST: _THERAPIST,
    Role.OWNER: _THERAPIST | {"staff.manage", "practice.edit", "audit.view"},
    Role.CLIENT: frozenset({"portal.use", "account.use"}),
    Role.CATALOG_ADMIN: frozenset({"catalog.view", "catalog.edit", "rules.edit", "account.use"}),
}


class Access(NamedTuple):
    """What a view asks of the person who opens it. `capability` None: anyone, signed in or not."""

    capability: str | None
    why_public: str = ""


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def roles_can(roles: Iterable[Role], capability: str) -> bool:
    return any(capability in TABLE[role] for role in roles)


def can(request: HttpRequest, capability: str) -> bool:
    return roles_can(request.roles, capability)  # type: ignore[attr-defined]


def needs(capability: str) -> Callable[[View], View]:
    """Door of a view: sign-in first (401 by redirect), then the capability (403)."""
    if capability not in CAPABILITIES:
        raise ValueError(f"Unknown capability {capability!r}: add it to practice/permissions/table.py.")

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                # Inside, because auth's views need the user model, whose members need Role from here.
                from django.contrib.auth.views import redirect_to_login

                if request.htmx:  # type: ignore[attr-defined]
                    # The whole page goes to sign-in, not the fragment that was asked for.
                    here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
                    return HttpResponseClientRedirect(redirect_to_login(here).url)
                return redirect_to_login(request.get_full_path())
            if not can(request, capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = Access(capability)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return door


def public(why: str) -> Callable[[View], View]:
    """Declares a view that anyone may open, with the reason why that is right."""

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        guarded.access = Access(None, why)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return door
