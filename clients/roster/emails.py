"""One function per message that the first floor sends. Each makes an outbox row."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from clients.record.models import Clearance, ScreeningRecord
from clients.roster.models import Client, Invitation
from practice.core.clock import local_today
from practice.mail.models import OutboundMessage
from practice.mail.outbox import queue
from practice.mail.suppression import undeliverable
from practice.permissions.table import Role
from practice.tenancy.models import Member


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
            "url": url,
            "open_until": _day(invitation, client),
            "invitation": str(invitation.pk),
        },
        expires_after=invitation.expires_at - at,
        guard="clients.roster.emails.invitation_still_open",
        at=at,
    )


def _day(invitation: Invitation, client: Client) -> str:
    """The link's last day as the client's calendar and language have it."""
    with translation.override(client.language):
        return date_format(local_today(invitation.expires_at, client.time_zone))


def invitation_still_open(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """Last check before the mail server: reasons not to send."""
    wanted = {message.pk: uuid.UUID(message.context["invitation"]) for message in messages}
    invitations = Invitation.objects.across_practices().select_related("client").in_bulk(wanted.values())
    reasons = {key: _reason_not_to_invite(invitations.get(invitation), at) for key, invitation in wanted.items()}
    return {key: reason for key, reason in reasons.items() if reason}


def _reason_not_to_invite(invitation: Invitation | None, at: datetime) -> str | None:
    if invitation is None:
        return "invitation is gone"
    if invitation.client.is_archived:
        return "client is archived"
    state = invitation.state(at)
    return None if state == Invitation.State.OPEN else f"invitation is {state}"


def needs_attention(client: Client, *, record: ScreeningRecord, at: datetime) -> None:
    """To the client's therapist, else the owners: somebody waits. Names nobody and says nothing of why."""
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
            dedupe_key=f"needs-attention:{record.pk}:{member.pk}",
            at=at,
        )


def staff_to_tell(client: Client) -> list[Member]:
    """The client's therapist, else the owners; nobody whose own address takes no mail, unless there is nobody else."""
    owners = Member.objects.for_practice(client.practice_id).filter(role=Role.OWNER, is_active=True)
    therapist = client.therapist
    asked = [[therapist] if therapist and therapist.is_active else [], list(owners.select_related("user"))]
    dead = undeliverable({member.user.email for members in asked for member in members})
    for members in asked:
        if reached := [member for member in members if member.user.email not in dead]:
            return reached
    return asked[0] or asked[1]


def address_fails(client: Client, *, message: OutboundMessage, at: datetime) -> None:
    """To the staff: mail to a client comes back. Names nobody and says nothing of why."""
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


def letter_arrived(letter: Clearance, *, at: datetime) -> None:
    """To the client's therapist, else the owners: a paper waits to be read. Names nobody; once a day for one client.

    The caller holds the client's lock, so that two uploads at once tell once.
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
            "last_day": last_day,
            "url": settings.SITE_URL + reverse("clients:clearance_own"),
            "letter": str(letter.pk),
        },
        expires_after=timedelta(days=14),
        guard="clients.roster.emails.letter_still_counts",
        dedupe_key=f"letter-expiring:{letter.pk}",
        at=at,
    )


def letter_still_counts(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """Last check before the mail server: reasons not to send."""
    wanted = {message.pk: uuid.UUID(message.context["letter"]) for message in messages}
    letters = Clearance.objects.across_practices().counting().select_related("client").in_bulk(wanted.values())
    reasons = {key: _reason_not_to_warn(letters.get(letter)) for key, letter in wanted.items()}
    return {key: reason for key, reason in reasons.items() if reason}


def _reason_not_to_warn(letter: Clearance | None) -> str | None:
    if letter is None:
        return "letter no longer counts"
    if letter.client.is_archived:
        return "client is archived"
    return "letter was renewed" if letter.is_renewed else None
