"""A client's own account: what they may set themselves, over all practices that look after them."""

from datetime import datetime

from django.db import transaction

from clients.roster.models import Client
from clients.roster.roster import correct_client
from practice.tenancy.models import User


@transaction.atomic
def change_own_settings(user: User, *, language: str, time_zone: str, at: datetime) -> int:
    """Language and clocks of the person, in each practice's record. Returns how many records there are."""
    records = list(Client.objects.of_user(user).select_for_update(of=("self",), no_key=True))
    for record in records:
        correct_client(record, revision=record.revision, by=user, at=at, language=language, time_zone=time_zone)
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
    return len(records)
