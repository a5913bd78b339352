"""The link that opens one client's intake: send, resend, revoke, open."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from clients.roster import emails
from clients.roster.models import Client, Invitation
from practice.audit import audit
from practice.mail import outbox
from practice.tenancy.models import Member, User

TOKEN_BYTES = 32
#: A second "send" within this time is the same press of the button.
JUST_NOW = timedelta(seconds=30)
#: Where the browser keeps which invitation it began. Not an account: it opens this one intake.
SESSION_KEY = "intake_invitation_id"


class InvitationClosed(Exception):
    """The link was real once; `state` says why it no longer opens."""

    def __init__(self, state: str) -> None:
        self.state = state


class ClientArchived(Exception):
    """Archived clients are not invited."""


@transaction.atomic
def send_invitation(client: Client, *, by: Member, at: datetime) -> tuple[Invitation, str]:
    """A new link by e-mail, open for the practice's `invitation_days`. Older links of the client close.

    Only here is the address with the token known; the database keeps its digest.
    """
    client = (
        Client.objects.for_practice(client.practice_id)
        .select_for_update(of=("self",), no_key=True)
        .select_related("practice")
        .get(pk=client.pk)
    )
    if client.is_archived:
        raise ClientArchived
    revoke_open_invitations(client, by=by, at=at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        client=client,
        token_digest=digest(token),
        sent_by=by,
        sent_at=at,
        expires_at=at + timedelta(days=client.practice.invitation_days),
    )
    url = settings.SITE_URL + reverse("clients:invitation_open", args=[token])
    emails.intake_invitation(invitation, url=url, at=at)
    audit.record(by, "invitation.sent", invitation, practice=client.practice)
    return invitation, url


def was_just_sent(client: Client, *, at: datetime) -> bool:
    return (
        Invitation.objects.for_practice(client.practice_id)
        .filter(client=client, sent_at__gt=at - JUST_NOW)
        .unused()
        .exists()
    )


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Member | User, at: datetime) -> bool:
    """Close the link. False when it was already used or revoked; a link is closed once."""
    changed = Invitation.objects.across_practices().filter(pk=invitation.pk).unused().update(revoked_at=at)
    if changed:
        invitation.revoked_at = at
        outbox.ask_again_about(invitation.client_id)
        audit.record(by, "invitation.revoked", invitation, practice=invitation.client.practice)
    return bool(changed)


def revoke_open_invitations(client: Client, *, by: Member | User, at: datetime) -> int:
    """Close every link of the client that could still open. Inside the caller's transaction."""
    return sum(
        revoke_invitation(invitation, by=by, at=at)
        for invitation in Invitation.objects.for_practice(client.practice_id)
        .filter(client=client)
        .unused()
        .select_related("client__practice")
    )


def find_invitation(token: str) -> Invitation | None:
    """The invitation of a link. Changes nothing: mail scanners open links too."""
    return (
        Invitation.objects.across_practices()
        .select_related("client__practice", "client__user")
        .filter(token_digest=digest(token))
        .first()
    )


@transaction.atomic
def open_invitation(token: str, *, at: datetime) -> Invitation | None:
    """The invitation whose intake may begin now, marked as opened; None for an unknown link.

    Raises InvitationClosed when it was used or revoked, or has expired. Opening again is allowed.
    """
    invitation = find_invitation(token)
    if invitation is None:
        return None
    if not may_open(invitation, at):
        raise InvitationClosed(closed_because(invitation, at))
    if invitation.opened_at is None:
        invitation.opened_at = at
        invitation.save(update_fields=["opened_at"])
        audit.record("invitation link", "invitation.opened", invitation, practice=invitation.client.practice)
    return invitation


@transaction.atomic
def use_invitation(invitation: Invitation, *, at: datetime) -> None:
    """The intake that it opened is signed: the link opens nothing from now on."""
    Invitation.objects.across_practices().filter(pk=invitation.pk, used_at=None).update(used_at=at)
    invitation.used_at = invitation.used_at or at


def may_open(invitation: Invitation, at: datetime) -> bool:
    return invitation.is_open(at) and not invitation.client.is_archived


def closed_because(invitation: Invitation, at: datetime) -> str:
    state = invitation.state(at)
    return Invitation.State.REVOKED if state == Invitation.State.OPEN else state


def begun_in(session: Any, *, at: datetime) -> Invitation | None:
    """The invitation that this browser began, while it may still open; asked on every page of the intake."""
    try:
        key = uuid.UUID(session.get(SESSION_KEY) or "")
    except ValueError:
        return None
    invitation = Invitation.objects.across_practices().select_related("client__practice").filter(pk=key).first()
    return invitation if invitation and may_open(invitation, at) else None


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
