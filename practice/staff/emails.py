"""One function for each message to people who sign in; each makes an outbox row."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import get_language

from practice.mail.models import OutboundMessage
from practice.mail.outbox import queue
from practice.tenancy.models import Member

#: allauth's template prefix -> our folder under templates/emails/.
ACCOUNT_MESSAGES = {
    "account/email/login_code": "sign_in_code",
    "account/email/password_reset_key": "password_reset",
    "account/email/email_confirmation": "confirm_email",
    "account/email/email_confirmation_signup": "confirm_email",
}


def account_message(template_prefix: str, email: str, context: Mapping[str, object]) -> OutboundMessage | None:
    """Sign-in codes, password links and address confirmations; None for allauth's other notices, never sent."""
    kind = ACCOUNT_MESSAGES.get(template_prefix)
    if kind is None:
        return None
    wanted = ("code", "password_reset_url", "activate_url", "key")
    return queue(
        kind,
        to=email,
        language=get_language() or "",
        context={name: str(context[name]) for name in wanted if context.get(name)},
        expires_after=timedelta(minutes=10),
        at=timezone.now(),
    )


def staff_invitation(member: Member, *, url: str) -> OutboundMessage:
    return queue(
        "staff_invitation",
        to=member.user.email,
        practice=member.practice,
        context={"name": member.user.get_short_name(), "url": url},
        at=timezone.now(),
    )
