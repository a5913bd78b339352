"""The message that an assessment sends: an outbox row for each reader."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from clients.roster.emails import staff_to_tell
from clients.roster.models import Client
from practice.mail.outbox import queue


def needs_attention(client: Client, *, about: str, at: datetime) -> None:
    """To the client's therapist, else the owners: somebody is waiting. Names nobody and gives no reason.

    `about` is what it rests on; each reader is told of it once.
    """
    for member in staff_to_tell(client):
        queue(
            "needs_attention",
            to=member.user.email,
            practice=client.practice,
            language=member.user.language or client.practice.language,
            context={
                "name": member.user.get_short_name(),
                "url": settings.SITE_URL + reverse("clients:roster_detail", args=[client.pk]),
            },
            dedupe_key=f"needs-attention:{about}:{member.pk}",
            at=at,
        )
