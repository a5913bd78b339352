"""Messages of the roster, one function each; each makes an outbox row. Also whom of the staff to tell of a client."""

import uuid
from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format

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
        precheck="clients.roster.emails.invitation_still_open",
        at=at,
    )


def _day(invitation: Invitation, client: Client) -> str:
    """The link's last day, by the client's calendar and in their language."""
    with translation.override(client.language):
        return date_format(local_today(invitation.expires_at, client.time_zone))


def invitation_still_open(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """Last check before the mail server: reasons not to send."""
    wanted = {message.pk: uuid.UUID(str(message.context["invitation"])) for message in messages}
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


def staff_to_tell(client: Client) -> list[Member]:
    """The client's therapist, else the owners; nobody whose own address refuses mail, unless there is nobody else."""
    owners = Member.objects.for_practice(client.practice_id).filter(role=Role.OWNER, is_active=True)
    therapist = client.therapist
    asked = [[therapist] if therapist and therapist.is_active else [], list(owners.select_related("user"))]
    dead = undeliverable({member.user.email for members in asked for member in members})
    for members in asked:
        if reached := [member for member in members if member.user.email not in dead]:
            return reached
    return asked[0] or asked[1]
