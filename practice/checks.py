"""What must be right before the site starts."""

import base64
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator

from practice.mail.providers import PROVIDERS
from practice.tenancy.models.practice import valid_time_zone


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


@register()
def bounces_come_in(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Webhooks that cannot work, or that anybody could call."""
    faults = []
    unknown = [name for name in settings.EMAIL_WEBHOOKS if name not in PROVIDERS]
    if unknown:
        faults.append(
            Error(
                f"EMAIL_WEBHOOKS names {', '.join(unknown)}, which is not understood here.",
                hint=f"Of use: {', '.join(PROVIDERS)}.",
                id="practice.E004",
            )
        )
    user, _colon, password = settings.ANYMAIL.get("WEBHOOK_SECRET", "").partition(":")
    if settings.EMAIL_WEBHOOKS and not (user and len(password) >= 16):
        faults.append(
            Error(
                "ANYMAIL_WEBHOOK_SECRET is missing or short, so webhooks are closed or easily guessed.",
                hint="Give `name:password` with a random password of 16 letters or more, and the same in the address "
                "that the provider calls: https://name:password@your.site/mail/webhooks/…",
                id="practice.E005",
            )
        )
    for name in settings.EMAIL_WEBHOOKS:
        for needed in PROVIDERS[name].settings if name in PROVIDERS else ():
            if not settings.ANYMAIL.get(needed):
                faults.append(Error(f"ANYMAIL_{needed} is missing; webhooks of {name} need it.", id="practice.E006"))
    return faults


@register()
def return_path_is_a_domain(app_configs: Any, **kwargs: Any) -> list[Error]:
    try:
        if settings.EMAIL_RETURN_PATH_DOMAIN:
            DomainNameValidator()(settings.EMAIL_RETURN_PATH_DOMAIN)
    except ValidationError:
        return [
            Error("EMAIL_RETURN_PATH_DOMAIN is not a domain, such as bounces.practice.example.", id="practice.E007")
        ]
    return []
