"""A message's row turned into an e-mail: three templates, the recipient's language, clean headers."""

from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from jinja2 import TemplateNotFound

from practice.mail.models import OutboundMessage
from practice.mail.models.outbox import bare_address
from practice.mail.providers import metadata_headers
from practice.mail.templates import one_line, template

LONGEST_NAME, LONGEST_PRACTICE, LONGEST_SUBJECT = 70, 120, 150


def render(message: OutboundMessage) -> EmailMultiAlternatives:
    """Raises whatever the templates raise; a kind without body.html goes as plain text."""
    practice = message.practice
    with translation.override(message.language or (practice.language if practice else settings.LANGUAGE_CODE)):
        context: dict[str, Any] = {
            "emergency_number": practice.emergency_number if practice else "",
            "site_url": settings.SITE_URL,
            "language": translation.get_language(),
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            **message.context,
            "practice": one_line(practice.name, LONGEST_PRACTICE) if practice else "",
        }
        context["subject"] = one_line(template(f"{message.kind}/subject.txt").render(context), LONGEST_SUBJECT)
        email = EmailMultiAlternatives(
            subject=context["subject"],
            body=template(f"{message.kind}/body.txt").render(context).strip() + "\n",
            from_email=_sender(practice.name if practice else ""),
            to=[message.to_email],
            reply_to=[practice.contact_email] if practice and practice.contact_email else None,
            headers=_headers(message),
        )
        if html := _html(message.kind, context):
            email.attach_alternative(html, "text/html")
    return email


def _html(kind: str, context: dict[str, Any]) -> str:
    name = f"{kind}/body.html"
    try:
        return template(name).render(context)
    except TemplateNotFound as missing:
        if missing.name != name:
            raise
        return ""


def _sender(practice_name: str) -> str:
    address = bare_address(settings.DEFAULT_FROM_EMAIL)
    return (
        formataddr((one_line(practice_name, LONGEST_NAME), address)) if practice_name else settings.DEFAULT_FROM_EMAIL
    )


def _headers(message: OutboundMessage) -> dict[str, str]:
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if settings.EMAIL_IDEMPOTENCY_HEADER:
        headers[settings.EMAIL_IDEMPOTENCY_HEADER] = str(message.pk)
    headers |= metadata_headers(message)
    unsubscribe = message.context.get("unsubscribe_url")
    if unsubscribe:
        # RFC 8058: the mail program posts this one field, without asking anything.
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
