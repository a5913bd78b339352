"""Noting which places a client does not have."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from clients.assessment.assess import NotScreenable, assess, record
from clients.questionnaire.versions import NoQuestionnaire
from clients.roster.lock import lock_client
from clients.roster.models import Client
from clients.roster.roster import ClientChanged
from clients.screening.absent_places import Pair, tidied
from practice.audit import audit
from practice.tenancy.models import Member
from routines.catalog.markable import body_places


@transaction.atomic
def note_absent_places(client: Client, pairs: Collection[Pair], *, revision: int, by: Member, at: datetime) -> Client:
    """Save the places that are not there; the client is screened again, and their running plans are checked with that.

    Sending the same again changes nothing. Raises ClientChanged when `revision` is no longer the saved one, NoCatalog
    when there are no places.
    """
    saved = lock_client(client.pk)
    not_present = tidied(pairs, body_places())
    if saved.not_present == not_present:
        return saved
    if saved.revision != revision:
        raise ClientChanged(saved)
    saved.not_present = not_present
    saved.revision += 1
    saved.save(update_fields=["not_present", "revision"])
    audit.record(by, "client.places_changed", saved)
    with suppress(NotScreenable, NoQuestionnaire):  # where nothing is signed no plan runs
        record(assess(saved, at=at), cause="places", at=at, by=by)
    return saved
