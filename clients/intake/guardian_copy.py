"""The guardian's copy of a signed intake: who may read it, and what follows when the mail about it comes back."""

import uuid
from datetime import date, datetime

from django.db import transaction

from clients.assessment import emails as staff_emails
from clients.intake.emails import GUARDIAN_COPY
from clients.record.models import Intake
from clients.roster.lock import lock_client
from clients.roster.models import Client
from clients.roster.signals import client_changed
from clients.screening.age import AGE, age_on
from clients.screening.answers import read_date
from clients.screening.guardianship import ADULT
from practice.audit import audit
from practice.mail.models import OutboundMessage
from practice.mail.suppression import BounceReport
from practice.tenancy.models import User

BY = "mail server"


def may_read_copy(intake: Intake, user: User, today: date) -> bool:
    """Whether that person signed for the client as guardian, and the child has not grown up since."""
    if intake.guardian_id != user.pk or intake.client.is_archived:
        return False
    then = read_date((intake.signature or {}).get("on")) or today
    age = _age_on(intake, then, then)
    return age is None or age >= ADULT or (_age_on(intake, today, then) or 0) < ADULT


def _age_on(intake: Intake, day: date, signed_on: date) -> int | None:
    """By the day of birth; else as it was typed, and a year more with each full year since."""
    if born := intake.client.birth_day:
        return age_on(born, day)
    entry = intake.answers.get(AGE)
    typed = entry["value"] if entry else None
    return typed + age_on(signed_on, day) if isinstance(typed, int) else None


@transaction.atomic
def note_unreached(bounce: BounceReport, *, at: datetime) -> None:
    """A copy came back for good: once, the signature stops counting, running plans pause, and the staff is told."""
    message = bounce.message
    if message.kind != GUARDIAN_COPY or bounce.kind != OutboundMessage.Bounce.HARD:
        return
    pk = uuid.UUID(str(message.context["intake"]))
    row = Intake.objects.across_practices().filter(pk=pk).values_list("client_id", flat=True).first()
    if row is None:
        return
    client: Client = lock_client(row)
    unreached = Intake.objects.across_practices().filter(pk=pk, guardian_unreached_at=None)
    if unreached.update(guardian_unreached_at=at):
        audit.record(BY, "bounce.told", message, practice=client.practice, client_ref=client.pk)
        staff_emails.needs_attention(client, about=f"guardian:{message.pk}", at=at)
        client_changed.send(Client, client=client, at=at)
