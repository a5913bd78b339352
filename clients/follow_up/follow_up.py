"""Writing down what was done about a finding or a notice."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction

from clients.follow_up.models import FollowUp
from clients.roster.invitation import send_invitation
from clients.roster.lock import lock_client
from clients.roster.models import Client
from practice.audit import audit
from practice.tenancy.models import Member

#: The same by the same person within this time is the same press of the button.
JUST_NOW = timedelta(seconds=30)


@transaction.atomic
def follow_up(
    client: Client,
    *,
    about: uuid.UUID,
    kind: FollowUp.Kind,
    by: Member,
    at: datetime,
    note: str = "",
    until: date | None = None,
) -> FollowUp:
    """Keep what `by` did about one screening or notice, `about` being its key. Pressing twice keeps one.

    `until`: the day on which to look again, for LOOK_AGAIN only.
    """
    lock_client(client.pk)
    note = note.strip()
    mine = FollowUp.objects.for_practice(client.practice_id).filter(client=client, by=by, at__gt=at - JUST_NOW)
    for same in mine.filter(about=about, kind=kind, until=until):
        if same.note == note:
            return same
    made = FollowUp.objects.create(client=client, about=about, kind=kind, note=note, until=until, at=at, by=by)
    audit.record(by, "follow_up.made", made)
    return made


@transaction.atomic
def ask_again(client: Client, *, about: uuid.UUID, by: Member, at: datetime) -> FollowUp:
    """Send the client a new link to the questions, and keep that it was sent. Raises ClientArchived."""
    send_invitation(client, by=by, at=at)
    return follow_up(client, about=about, kind=FollowUp.Kind.ASKED_AGAIN, by=by, at=at)
