from practice.mail.models.outbox import MailConnection, MailServer, OutboundMessage
from practice.mail.models.suppression import Suppression

__all__ = ["MailConnection", "MailServer", "OutboundMessage", "Suppression"]
