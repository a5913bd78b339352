"""What staff read on every page while the mail server does not serve us."""

import re
from dataclasses import dataclass
from datetime import datetime

from practice.mail.models import MailServer, OutboundMessage
from practice.tenancy.models import Member, Practice

#: A server's answer may quote the address that it was asked about, which may be another practice's client.
ADDRESS = re.compile(r"[^\s<>(),;:\"']+@[^\s<>(),;:\"']+")


@dataclass(frozen=True)
class MailTrouble:
    """`said` in the server's words, without addresses; `waiting`: messages of one practice."""

    since: datetime
    said: str
    next_try: datetime | None
    waiting: int


def mail_trouble(practice: Practice) -> MailTrouble | None:
    """Two reads while mail is down."""
    server = MailServer.objects.filter(pk=1, down_since__isnull=False).first()
    if server is None or server.down_since is None:
        return None
    waiting = OutboundMessage.objects.for_practice(practice).open().count()
    return MailTrouble(server.down_since, ADDRESS.sub("…", server.reason), server.paused_until, waiting)


def trouble_for(member: Member | None) -> MailTrouble | None:
    """For a page of staff. While mail works this reads nothing: the seat was read together with `mail_down_since`."""
    if member is None or getattr(member, "mail_down_since", None) is None:
        return None
    return mail_trouble(member.practice)
