"""What a client agreed to: give, take back, what is in force."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from clients.record.models import Consent, Intake
from clients.roster.models import Client
from practice.audit import audit
from practice.tenancy.models import Member, User

#: Without these nothing may be shown or screened; reminders are a wish of their own.
NEEDED_FOR_A_PLAN = (Consent.Purpose.HEALTH_DATA, Consent.Purpose.HOME_ROUTINE)

#: Called inside the transaction with each consent taken back. The floor above suspends plans here.
after_withdrawal: list[Callable[[Consent, datetime], None]] = []
#: Called inside the transaction with each consent given. The floor above plans reminders here.
after_giving: list[Callable[[Consent, datetime], None]] = []


@transaction.atomic
def give_consents(
    client: Client, *, wordings: Mapping[str, str], by: User | Member | str, at: datetime, intake: Intake | None = None
) -> list[Consent]:
    """`wordings`: purpose -> the words that the client saw. One in force is left as it was given."""
    in_force = consents_in_force(client)
    given = []
    for purpose, wording in wordings.items():
        if Consent.Purpose(purpose) in in_force:
            continue
        consent = Consent.objects.create(client=client, intake=intake, purpose=purpose, wording=wording, given_at=at)
        audit.record(by, "consent.given", consent, practice=client.practice)
        given.append(consent)
        for listener in after_giving:
            listener(consent, at)
    return given


@transaction.atomic
def withdraw_consent(client: Client, *, purpose: str, by: User | Member | str, at: datetime) -> Consent | None:
    """Take a consent back from this moment on. None when there was none in force: asking twice is no fault."""
    consent = (
        Consent.objects.for_practice(client.practice_id)
        .select_for_update(of=("self",), no_key=True)
        .filter(client=client, purpose=purpose)
        .in_force()
        .first()
    )
    if consent is None:
        return None
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    audit.record(by, "consent.withdrawn", consent, practice=client.practice)
    for listener in after_withdrawal:
        listener(consent, at)
    return consent


def consents_in_force(client: Client) -> frozenset[str]:
    """Purposes that the client agrees to now."""
    return frozenset(
        Consent.objects.for_practice(client.practice_id)
        .filter(client=client)
        .in_force()
        .values_list("purpose", flat=True)
    )
