"""The signed return path: MAIL FROM names the message, and whoever sends something back proves that they had it."""

import base64
import hmac
import uuid

from django.conf import settings
from django.utils.crypto import salted_hmac

from practice.mail.models import OutboundMessage
from practice.mail.models.outbox import bare_address

SALT = "practice.mail.suppression.return_path"
PREFIX = "bounce+"
#: 120 bits. With the prefix and 32 digits the local part has the 64 letters that RFC 5321 allows, all in lower case,
#: since some servers fold it.
SIGNATURE_BYTES = 15


class NotOurs(ValueError):
    """No return path that this site has made."""


def return_path(message: OutboundMessage) -> str:
    """The envelope sender: signed where EMAIL_RETURN_PATH_DOMAIN is set, else DEFAULT_FROM_EMAIL."""
    if not settings.EMAIL_RETURN_PATH_DOMAIN:
        return bare_address(settings.DEFAULT_FROM_EMAIL)
    return f"{PREFIX}{message.pk.hex}.{_sign(message.pk.hex)}@{settings.EMAIL_RETURN_PATH_DOMAIN}"


def read_return_path(address: str) -> uuid.UUID:
    """The message that `address` was made for. Raises NotOurs; asks no database."""
    local, _at, domain = address.strip().lower().rpartition("@")
    named, _dot, signature = local.removeprefix(PREFIX).partition(".")
    expected_domain = settings.EMAIL_RETURN_PATH_DOMAIN.lower()
    if not expected_domain or domain != expected_domain or not local.startswith(PREFIX):
        raise NotOurs
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(_sign(named, secret).encode(), signature.encode()) for secret in secrets):
        raise NotOurs
    return uuid.UUID(hex=named)


def _sign(named: str, secret: str | bytes | None = None) -> str:
    digest = salted_hmac(SALT, named, secret=secret, algorithm="sha256").digest()
    return base64.b32encode(digest[:SIGNATURE_BYTES]).decode().lower()
