"""Noting which places a client does not have."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from clients.assessment.assess import NotScreenable, record_screening
from clients.roster.models import Client
from clients.roster.roster import ClientChanged
from clients.screening.absent_places import Pair, tidied
from clients.screening.body_places import body_places
from practice.audit import audit
from practice.tenancy.models import Member


@transaction.atomic
def note_absent_places(client: Client, pairs: Collection[Pair], *, revision: int, by: Member, at: datetime) -> Client:
    """Keep the places that are not there; the client is screened again, and with that their running plans.

    Sending the same again changes nothing. Raises ClientChanged when `revision` is no longer the saved one, NoCatalog
    when there are no places.
    """
    saved = (
        Client.objects.for_practice(client.practice_id)
        .select_for_update(of=("self",), no_key=True)
        .select_related("practice", "user", "therapist__user")
        .get(pk=client.pk)
    )
    not_present = tidied(pairs, body_places())
    if saved.not_present == not_present:
        return saved
    if saved.revision != revision:
        raise ClientChanged(saved)
    saved.not_present = not_present
    saved.revision += 1
    saved.save(update_fields=["not_present", "revision"])
    audit.record(by, "client.places_changed", saved)
    with suppress(NotScreenable):  # where nothing is signed no plan runs
        record_screening(saved, cause="places", at=at, by=by)
    return saved
