"""What must be right before the site starts."""

import base64
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from practice.models.practice import valid_time_zone


@register()
def health_keys_open(app_configs: Any, **kwargs: Any) -> list[Error]:
    faults = []
    for part in filter(None, (piece.strip() for piece in settings.HEALTH_KEYS.split(","))):
        key_id, _, key = part.partition(":")
        try:
            right = bool(key_id) and len(base64.urlsafe_b64decode(key)) == 32
        except ValueError:
            right = False
        if not right:
            faults.append(
                Error(
                    f"HEALTH_KEYS: the entry {key_id!r} is not `id:key` with 32 bytes of URL-safe base64.",
                    hint="`manage.py make_health_key` prints a good one.",
                    id="practice.E001",
                )
            )
    return faults


@register()
def time_zone_exists(app_configs: Any, **kwargs: Any) -> list[Error]:
    from django.core.exceptions import ValidationError

    try:
        valid_time_zone(settings.TIME_ZONE)
    except ValidationError as fault:
        return [Error(fault.messages[0], id="practice.E002")]
    return []


@register()
def pango_loads(app_configs: Any, **kwargs: Any) -> list[Error]:
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return [
            Error(
                "Pango is missing, so no handout can be printed.",
                hint="Debian, Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. "
                "Fedora: dnf install pango. macOS: brew install pango.",
                id="practice.E003",
            )
        ]
    return []
