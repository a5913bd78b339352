"""The reasons for which a draft is not changed or released."""

from django.utils.translation import gettext as _

from clients.roster.models import Client


class DraftRefused(Exception):
    """The change cannot be made; the message says why and what to do."""


def refuse_archived(client: Client) -> None:
    """Raises DraftRefused for an archived client: nothing is prepared for a closed record."""
    if client.archived_at:
        raise DraftRefused(_("This client's record is archived. Restore it before you change a plan."))
