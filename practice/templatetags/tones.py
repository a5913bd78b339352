"""The house's colours: which class a message, an allauth element or a sending wears."""

from collections.abc import Collection

from django import template

register = template.Library()

SENDING_TONES = {
    "sent": "is-clear",
    "unconfirmed": "is-caution",
    "failed": "is-refer",
    "planned": "is-incomplete",
    "queued": "is-incomplete",
}
SENDING_ICONS = {
    "sent": "check",
    "unconfirmed": "circle-question-mark",
    "failed": "circle-x",
    "skipped": "skip-forward",
}


@register.filter
def alert_tone(tags: Collection[str]) -> str:
    """Of Django's messages and of allauth's alerts: their tags, as a string or a list."""
    if "danger" in tags or "error" in tags:
        return "alert-danger"
    return next((f"alert-{tag}" for tag in ("warning", "success") if tag in tags), "alert-info")


@register.filter
def badge_tone(tags: Collection[str]) -> str:
    return next(
        (f"text-bg-{tag}" for tag in ("success", "warning", "danger", "primary") if tag in tags), "text-bg-secondary"
    )


@register.filter
def button_tone(tags: Collection[str]) -> str:
    if "link" in tags:
        return "btn-quiet"
    if "danger" in tags:
        return "btn-outline-danger"
    return "btn-secondary" if {"outline", "secondary", "tool"} & set(tags) else "btn-primary"


@register.filter
def sending_tone(state: str) -> str:
    """Of a message's or a reminder's state; nothing for one that was skipped."""
    return SENDING_TONES.get(state, "")


@register.filter
def sending_icon(state: str) -> str:
    return SENDING_ICONS.get(state, "clock")
