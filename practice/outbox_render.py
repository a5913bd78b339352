"""A message's row turned into an e-mail: three templates, the recipient's language, clean headers."""

from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import translation

from practice.bounce_providers import metadata_headers
from practice.models import OutboundMessage

LONGEST_NAME, LONGEST_SUBJECT = 70, 150


def render(message: OutboundMessage) -> EmailMultiAlternatives:
    """Raises whatever the templates raise; a kind without body.html goes as plain text."""
    practice = message.practice
    with translation.override(message.language or (practice.language if practice else settings.LANGUAGE_CODE)):
        context: dict[str, Any] = {
            "practice": practice.name if practice else "",
            "emergency_number": practice.emergency_number if practice else "",
            "site_url": settings.SITE_URL,
            "language": translation.get_language(),
            **message.context,
        }
        folder = f"emails/{message.kind}"
        subject = one_line(_text(f"{folder}/subject.txt", context), LONGEST_SUBJECT)
        email = EmailMultiAlternatives(
            subject=subject,
            body=_text(f"{folder}/body.txt", context).strip() + "\n",
            from_email=_sender(practice.name if practice else ""),
            to=[message.to_email],
            reply_to=[practice.contact_email] if practice and practice.contact_email else None,
            headers=_headers(message),
        )
        try:
            email.attach_alternative(
                render_to_string(f"{folder}/body.html", {**context, "subject": subject}), "text/html"
            )
        except TemplateDoesNotExist as missing:
            if missing.args[0] != f"{folder}/body.html":
                raise
    return email


def _text(name: str, context: dict[str, Any]) -> str:
    """Plain text escapes nothing, so that “R & B” stays as it is."""
    return get_template(name).template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]


def one_line(text: str, longest: int) -> str:
    """Safe in a header: no line ends or other control characters, and never endless."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _sender(practice_name: str) -> str:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
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
