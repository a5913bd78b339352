"""Every model of the app, where Django looks for them. Rooms import from each other's `models`."""

from practice.audit.models import AuditEntry
from practice.mail.models import MailConnection, MailServer, OutboundMessage, Suppression
from practice.tenancy.models import Member, Practice, User

__all__ = ["AuditEntry", "MailConnection", "MailServer", "Member", "OutboundMessage", "Practice", "Suppression", "User"]
