"""Mail providers whose webhooks are understood: what each needs, and the header that brings our message's name back."""

import json
from dataclasses import dataclass

from django.conf import settings

from practice.mail.models import OutboundMessage


@dataclass(frozen=True)
class Provider:
    """`header` travels with each message, and comes back as metadata; `settings` are needed beside the secret."""

    header: str
    is_json: bool = True
    within: str = ""
    settings: tuple[str, ...] = ()


PROVIDERS = {
    "brevo": Provider("X-Mailin-custom"),
    "mailgun": Provider("X-Mailgun-Variables", settings=("MAILGUN_WEBHOOK_SIGNING_KEY",)),
    "mailjet": Provider("X-MJ-EventPayload"),
    "mandrill": Provider("X-MC-Metadata", settings=("MANDRILL_WEBHOOK_KEY",)),
    "postmark": Provider("X-PM-Metadata-message", is_json=False),
    "sparkpost": Provider("X-MSYS-API", within="metadata"),
}


def metadata_headers(message: OutboundMessage) -> dict[str, str]:
    """Providers replace our Message-ID with their own; this is what they report back instead. A random key, no more."""
    headers = {}
    for name in settings.EMAIL_WEBHOOKS:
        if provider := PROVIDERS.get(name):
            value: object = {"message": str(message.pk)}
            value = {provider.within: value} if provider.within else value
            headers[provider.header] = json.dumps(value) if provider.is_json else str(message.pk)
    return headers
