"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

from practice.mail.outage import trouble_for
from practice.permissions.table import CAPABILITIES, Role, roles_can


class Can:
    """`{% if can.plans_edit %}`: the permission table, asked for this request. Unknown names fail loudly."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self._roles = roles

    def __getitem__(self, name: str) -> bool:
        capability = name.replace("_", ".", 1)
        if capability not in CAPABILITIES:
            raise LookupError(f"Unknown capability {capability!r} in a template.")
        return roles_can(self._roles, capability)


def site(request: HttpRequest) -> dict[str, object]:
    member = getattr(request, "member", None)
    return {
        "mail_trouble": lambda: trouble_for(member),  # asked by the frame of staff pages only
        "can": Can(getattr(request, "roles", frozenset())),
        "member": member,
        "practice": getattr(request, "practice", None),
        "demo": settings.DEMO,
    }
