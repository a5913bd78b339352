"""One function per message that the first floor sends. Each makes an outbox row."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from clients.models import Clearance, Client, Invitation, ScreeningRecord
from practice.clock import local_today
from practice.models import Member, OutboundMessage
from practice.outbox import queue
from practice.permissions import Role


def intake_invitation(invitation: Invitation, *, url: str, at: datetime) -> OutboundMessage:
    client = invitation.client
    return queue(
        "intake_invitation",
        to=client.email,
        practice=client.practice,
        client_ref=client.pk,
        language=client.language,
        context={
            "name": client.short_name,
            "practice": client.practice.name,
            "url": url,
            "open_until": _day(invitation, client),
            "invitation": str(invitation.pk),
        },
        expires_after=invitation.expires_at - at,
        guard="clients.emails.invitation_still_open",
        at=at,
    )


def _day(invitation: Invitation, client: Client) -> str:
    """The link's last day as the client's calendar and language have it."""
    with translation.override(client.language):
        return date_format(local_today(invitation.expires_at, client.time_zone))


def invitation_still_open(message: OutboundMessage) -> str | None:
    """Last check before the mail server: a reason not to send, or None."""
    invitation = (
        Invitation.objects.across_practices()
        .select_related("client")
        .filter(pk=uuid.UUID(message.context["invitation"]))
        .first()
    )
    if invitation is None:
        return "invitation is gone"
    if invitation.client.is_archived:
        return "client is archived"
    state = invitation.state(timezone.now())
    return None if state == Invitation.State.OPEN else f"invitation is {state}"


def needs_attention(client: Client, *, record: ScreeningRecord, at: datetime) -> None:
    """To the client's therapist, else the owners: somebody waits. Names nobody and says nothing of why."""
    for member in _staff_for(client):
        queue(
            "needs_attention",
            to=member.user.email,
            practice=client.practice,
            language=member.user.language or client.practice.language,
            context={
                "name": member.user.get_short_name(),
                "practice": client.practice.name,
                "url": settings.SITE_URL + reverse("clients:roster_detail", args=[client.pk]),
            },
            dedupe_key=f"needs-attention:{record.pk}:{member.pk}",
            at=at,
        )


def _staff_for(client: Client) -> list[Member]:
    """The client's therapist, else the owners."""
    therapist = client.therapist
    if therapist and therapist.is_active:
        return [therapist]
    owners = Member.objects.for_practice(client.practice_id).filter(role=Role.OWNER, is_active=True)
    return list(owners.select_related("user"))


def letter_arrived(letter: Clearance, *, at: datetime) -> None:
    """To the client's therapist, else the owners: a paper waits to be read. Names nobody; once a day for one client.

    The caller holds the client's lock, so that two uploads at once tell once.
    """
    client = letter.client
    for member in _staff_for(client):
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
                "practice": client.practice.name,
                "url": settings.SITE_URL + reverse("clients:clearance_read", args=[letter.pk]),
            },
            dedupe_key=key,
            at=at,
        )


def letter_expiring(letter: Clearance, *, at: datetime) -> OutboundMessage:
    """To the client: a paper runs out soon. Says neither what it is about nor who wrote it."""
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
            "practice": client.practice.name,
            "last_day": last_day,
            "url": settings.SITE_URL + reverse("clients:clearance_own"),
            "letter": str(letter.pk),
        },
        expires_after=timedelta(days=14),
        guard="clients.emails.letter_still_counts",
        dedupe_key=f"letter-expiring:{letter.pk}",
        at=at,
    )


def letter_still_counts(message: OutboundMessage) -> str | None:
    """Last check before the mail server: a reason not to send, or None."""
    found = Clearance.objects.across_practices().counting().filter(pk=uuid.UUID(message.context["letter"]))
    letter = found.select_related("client").first()
    if letter is None:
        return "letter no longer counts"
    if letter.client.is_archived:
        return "client is archived"
    return "letter was renewed" if letter.is_renewed else None
