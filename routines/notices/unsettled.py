"""A client's own matters, for the pages of that client and of their plans."""

from clients.follow_up.resting import last_follow_ups
from clients.roster.models import Client
from routines.notices.matters import Matter, matter_of_notice
from routines.notices.models import Notice
from routines.plans.models import Plan

SHOWN = 20


def unsettled_of(client: Client, plan: Plan | None = None) -> list[Matter]:
    """What nobody has settled yet of the client's days, or of one plan's, the newest first; SHOWN at most."""
    found = Notice.objects.for_practice(client.practice_id).unsettled().filter(client=client)
    if plan:
        found = found.filter(plan=plan)
    notices = list(found.select_related("client")[:SHOWN])
    last = last_follow_ups(client.practice_id, [notice.pk for notice in notices])
    return [matter_of_notice(notice, last) for notice in notices]
