"""What a message that came back means for its client: who is told, and which wish ends."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from clients.consent.consent import withdraw_consent
from clients.record.models import Consent
from clients.roster import emails
from clients.roster.models import Client
from clients.roster.models.client import ClientQuerySet
from practice.audit import audit
from practice.mail.models import Suppression
from practice.mail.suppression import Bounce, Told
from practice.tenancy.models import Practice

BY = "mail server"


def message_came_back(told: Told, at: datetime) -> None:
    """For practice.mail.suppression.after_bounce. Who calls a message spam wants no more reminders.

    Only messages to clients are told of, so that a notice which itself comes back makes no further notice.
    """
    message = told.message
    if message.client_ref is None or message.practice_id is None:
        return
    found = Client.objects.for_practice(message.practice_id).select_related("practice", "therapist__user")
    client = found.filter(pk=message.client_ref).first()
    if client is None:
        return
    is_complaint = told.kind == Bounce.COMPLAINT
    if is_complaint:
        withdraw_consent(client, purpose=Consent.Purpose.REMINDERS, by=BY, at=at)
    # An address that was corrected since, or is known to be dead already, is no news.
    is_current = client.email.lower() == message.to_email.lower()
    if is_current and (is_complaint or told.suppressed_now) and not client.is_archived:
        emails.address_fails(client, message=message, at=at)
        audit.record(BY, "bounce.told", message, practice=client.practice, client_ref=client.pk)


def unreachable_clients(practice: Practice) -> ClientQuerySet:
    """Active clients whose address takes no mail, with when and why: `fails_since`, `fails_kind`."""
    suppressed = Suppression.objects.in_force().filter(address=OuterRef("email"))
    clients = Client.objects.for_practice(practice).active().filter(Exists(suppressed))
    return clients.annotate(fails_since=suppressed.values("since")[:1]).order_by("-fails_since", "pk")
