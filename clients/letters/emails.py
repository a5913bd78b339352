"""Messages about letters, one function each; each makes an outbox row."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from clients.record.models import Clearance
from clients.roster.emails import staff_to_tell
from practice.mail.models import OutboundMessage
from practice.mail.outbox import queue


def letter_arrived(letter: Clearance, *, at: datetime) -> None:
    """To the client's therapist, else the owners: a letter waits to be read. Names nobody; once a day per client.

    The caller holds the client's lock, so that two uploads at once send one message.
    """
    client = letter.client
    for member in staff_to_tell(client):
        key = f"letter-arrived:{client.pk}:{at.date()}:{member.pk}"
        if OutboundMessage.objects.for_practice(client.practice_id).filter(dedupe_key=key).exists():
            continue
        queue(
            "letter_arrived",
            to=member.user.email,
            practice=client.practice,
            language=member.user.language or client.practice.language,
            context={
                "name": member.user.get_short_name(),
                "url": settings.SITE_URL + reverse("clients:clearance_read", args=[letter.pk]),
            },
            dedupe_key=key,
            at=at,
        )


def letter_expiring(letter: Clearance, *, at: datetime) -> OutboundMessage:
    """To the client: a letter runs out soon. Says neither what it is about nor who wrote it."""
    client = letter.client
    with translation.override(client.language):
        last_day = date_format(letter.ends_on) if letter.ends_on else ""
    return queue(
        "letter_expiring",
        to=client.email,
        practice=client.practice,
        client_ref=client.pk,
        language=client.language,
        context={
            "name": client.short_name,
            "last_day": last_day,
            "url": settings.SITE_URL + reverse("clients:clearance_own"),
            "letter": str(letter.pk),
        },
        expires_after=timedelta(days=14),
        precheck="clients.letters.emails.letter_still_counts",
        dedupe_key=f"letter-expiring:{letter.pk}",
        at=at,
    )


def letter_still_counts(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """Last check before the mail server: reasons not to send."""
    wanted = {message.pk: uuid.UUID(str(message.context["letter"])) for message in messages}
    letters = Clearance.objects.across_practices().counting().select_related("client").in_bulk(wanted.values())
    reasons = {key: _reason_not_to_warn(letters.get(letter)) for key, letter in wanted.items()}
    return {key: reason for key, reason in reasons.items() if reason}


def _reason_not_to_warn(letter: Clearance | None) -> str | None:
    if letter is None:
        return "letter no longer counts"
    if letter.client.is_archived:
        return "client is archived"
    return "letter was renewed" if letter.is_renewed else None
