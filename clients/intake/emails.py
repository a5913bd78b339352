"""The message that an intake sends: an outbox row."""

import uuid
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from clients.record.models import Intake
from practice.mail.models import OutboundMessage
from practice.mail.outbox import queue

GUARDIAN_COPY = "guardian_copy"


def guardian_copy(intake: Intake, *, at: datetime) -> OutboundMessage:
    """To the parent or guardian who signed: a link to the copy, behind a code. Names neither client nor answers.

    Without `client_ref`: what waits for a client follows a corrected address of the client, and this is not theirs.
    """
    signature = intake.signature or {}
    practice = intake.client.practice
    return queue(
        GUARDIAN_COPY,
        to=signature["email"],
        practice=practice,
        language=intake.client.language,
        context={
            "name": (str(signature["name"]).split() or [""])[0],
            "url": settings.SITE_URL + reverse("clients:intake_copy", args=[intake.pk]),
            "contact": practice.contact_phone or practice.contact_email,
            "intake": str(intake.pk),
        },
        precheck="clients.intake.emails.copy_still_due",
        dedupe_key=f"guardian-copy:{intake.pk}",
        at=at,
    )


def copy_still_due(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """Last check before the mail server: reasons not to send."""
    wanted = {message.pk: uuid.UUID(str(message.context["intake"])) for message in messages}
    kept = Intake.objects.across_practices().select_related("client").in_bulk(wanted.values())
    return {key: "client is archived" for key, pk in wanted.items() if pk not in kept or kept[pk].client.is_archived}
