"""What mail providers report: django-anymail reads each one's form, we keep what matters.

Imported only where EMAIL_WEBHOOKS names a provider. Providers whose reports do not say whether a bounce is for good,
or that need a client library of their own (Amazon SES, Resend), are left out.
"""

import logging
import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from anymail.exceptions import AnymailError
from anymail.signals import EventType, RejectReason, inbound, tracking
from anymail.urls import urlpatterns as anymail_patterns
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import URLPattern
from django.utils import timezone

from practice.bounces.reports import receive_report, status_in
from practice.mail.providers import PROVIDERS
from practice.mail.suppression import Bounce, note_bounce
from practice.permissions.table import public

logger = logging.getLogger(__name__)
OUR_ID = re.compile(r"^<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@[^@]*)?$", re.IGNORECASE)
#: What a provider says of an address that it will not even try.
REFUSED_FOR_GOOD = (RejectReason.INVALID, RejectReason.BOUNCED)


def webhook_urls(providers: list[str]) -> list[URLPattern]:
    """Addresses for the providers named, and for no other; none without a secret. Unknown names are for the checks."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return []
    wanted = {f"{name}_{part}webhook" for name in providers if name in PROVIDERS for part in ("tracking_", "")}
    if settings.EMAIL_RETURN_PATH_DOMAIN:
        wanted |= {f"{name}_inbound_webhook" for name in providers if name in PROVIDERS}
    found = [pattern for pattern in anymail_patterns if pattern.name in wanted]
    return [URLPattern(each.pattern, _guarded(each.callback), each.default_args, each.name) for each in found]


def _guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A report that cannot be read is the sender's fault, not ours. wraps() keeps anymail's exemption from CSRF."""

    @public("for mail providers, who prove themselves with the secret of ANYMAIL_WEBHOOK_SECRET")
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except SuspiciousOperation:
            logger.warning("A webhook was refused: wrong secret, wrong signature or too large.")
        except (AnymailError, ImproperlyConfigured) as fault:
            logger.error("A webhook is not set up: %s", type(fault).__name__)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as fault:
            logger.warning("A webhook cannot be read: %s", type(fault).__name__)
        return HttpResponseBadRequest()

    return guarded


@receiver(tracking)
def note_tracking(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    kind = kind_of(event)
    if not kind:
        return
    key = message_of(event)
    if key is None:
        logger.warning("A bounce was ignored: %s names no message of ours.", esp_name)
        return
    status = status_in(str(event.mta_response or ""))
    note_bounce(key, kind=kind, status=status, recipient=str(event.recipient or ""), at=timezone.now())


@receiver(inbound)
def note_inbound(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """A report that came back to the signed return path, through a provider that receives mail for us."""
    message = event.message
    if message is not None:
        to = [message.envelope_recipient] if message.envelope_recipient else []
        receive_report(message.as_bytes(), to=to, at=timezone.now())


def kind_of(event: Any) -> str:
    """What an event of a provider means for the address; empty where it is no bounce."""
    if event.event_type == EventType.COMPLAINED:
        return Bounce.COMPLAINT
    if event.event_type == EventType.DEFERRED:
        return Bounce.SOFT
    if event.event_type not in (EventType.BOUNCED, EventType.REJECTED):
        return ""
    status = status_in(str(event.mta_response or ""))
    is_final = event.reject_reason in REFUSED_FOR_GOOD or status.startswith("5")
    return Bounce.HARD if is_final and not status.startswith("4") and not is_passing(event.esp_event) else Bounce.SOFT


def is_passing(report: Any) -> bool:
    """Whether the provider's own form calls the bounce a passing one; anymail has no word for that."""
    if not isinstance(report, dict):
        return False
    spark = report.get("msys")
    inner: dict[str, Any] = next(iter(spark.values()), {}) if isinstance(spark, dict) else {}
    words = {str(report.get(name, "")).lower().replace("_", "") for name in ("Type", "event")}
    lasting_classes = ("10", "30", "90")  # SparkPost's hard bounce classes
    return (
        "softbounce" in words
        or report.get("hard_bounce") is False
        or ("bounce_class" in inner and str(inner["bounce_class"]) not in lasting_classes)
    )


def message_of(event: Any) -> uuid.UUID | None:
    """The message, by the metadata that we gave the provider, else by our own Message-ID."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    for named in (metadata.get("message"), event.message_id):
        if found := OUR_ID.match(str(named or "").strip().rstrip(">")):
            return uuid.UUID(found[1])
    return None
