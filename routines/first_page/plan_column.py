"""What the clients' list shows of plans, and what a corrected client changes up here."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from clients.roster.models import Client
from clients.roster.roster import PlanColumn
from routines.plans.models import Plan
from routines.rechecking.recheck import recheck_plans_of
from routines.reminders.plan import replan_client

#: Of several plans the list shows the one that matters most now.
FIRST = (Plan.State.SUSPENDED, Plan.State.PUBLISHED, Plan.State.DRAFT, Plan.State.ENDED)


def plan_states(clients: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[str, str]]:
    """Client -> (state, label) of the plan to show, one query for a page of clients."""
    # The keys come from rows that were read inside the fence.
    pairs = Plan.objects.across_practices().filter(client__in=clients).values_list("client_id", "state")
    best: dict[uuid.UUID, Plan.State] = {}
    for client_id, value in pairs:
        state = Plan.State(value)
        if client_id not in best or FIRST.index(state) < FIRST.index(best[client_id]):
            best[client_id] = state
    return {client_id: (state.value, str(state.label)) for client_id, state in best.items()}


def plan_choices() -> list[tuple[str, str]]:
    return [(state.value, str(state.label)) for state in FIRST]


def having_plan(clients: QuerySet, state: str) -> QuerySet:
    return clients.filter(Exists(Plan.objects.across_practices().filter(client=OuterRef("pk"), state=state)))


PLAN_COLUMN = PlanColumn(states=plan_states, choices=plan_choices, having=having_plan)


def client_changed(client: Client, at: datetime) -> None:
    """For clients.roster.roster.after_change: reminders follow new clocks, and stop for an archived client.

    A corrected day of birth, or another local day, may change what the rules say.
    """
    recheck_plans_of(client, at=at, cause="client")
    replan_client(client, at=at)
