"""One act at a time on what is known of a client."""

import uuid

from clients.roster.models import Client


def lock_client(client_id: uuid.UUID) -> Client:
    """The client's row, read anew with its practice, people and day answers, and held until the transaction ends.

    Held by whoever changes answers, letters or consents, and by whoever assesses the client to act on the result: what
    is stored then is what was assessed. Taken before any row of the client's intakes, letters, plans or sessions, so
    that no two acts wait for each other. Call it inside the transaction, before anything is read that the act rests on.
    """
    rows = Client.objects.across_practices().select_for_update(of=("self",), no_key=True)
    return rows.select_related("practice", "user", "therapist__user").get(pk=client_id)
