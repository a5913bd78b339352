from practice.models.audit import AuditEntry
from practice.models.bounces import Suppression
from practice.models.member import Member
from practice.models.outbox import MailConnection, MailServer, OutboundMessage
from practice.models.practice import Practice
from practice.models.user import User

__all__ = ["AuditEntry", "MailConnection", "MailServer", "Member", "OutboundMessage", "Practice", "Suppression", "User"]
