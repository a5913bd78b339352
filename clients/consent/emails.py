"""The message about an address that refuses mail: an outbox row for each reader."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from clients.roster.emails import staff_to_tell
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.mail.outbox import queue


def address_fails(client: Client, *, message: OutboundMessage, at: datetime) -> None:
    """To the staff: mail to a client comes back. Names nobody and gives no reason."""
    for member in staff_to_tell(client):
        queue(
            "address_fails",
            to=member.user.email,
            practice=client.practice,
            language=member.user.language or client.practice.language,
            context={
                "name": member.user.get_short_name(),
                "url": settings.SITE_URL + reverse("clients:roster_detail", args=[client.pk]),
            },
            dedupe_key=f"address-fails:{message.pk}:{message.attempt}:{message.bounce}:{member.pk}",
            at=at,
        )
