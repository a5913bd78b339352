"""Whether a plan may be shown, as its row stands: each thing that stands in the way, with its own words."""

from datetime import date, timedelta
from typing import Any

import pytest

from clients.roster.models import Client
from routines.plans.models import Plan
from routines.plans.visibility import Showing, may_show
from tests.make import NOON


def plan(*, archived: bool = False, zone: str = "Europe/London", **fields: Any) -> Plan:
    client = Client(time_zone=zone, archived_at=NOON if archived else None)
    return Plan(client=client, **{"state": Plan.State.PUBLISHED, **fields})


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"archived": True}, "closed this record"),
        ({"archived": True, "state": Plan.State.ENDED}, "closed this record"),
        ({"state": Plan.State.SUSPENDED}, "is resting"),
        ({"state": Plan.State.ENDED}, "has ended"),
        ({"state": Plan.State.DRAFT}, "still preparing"),
        ({"recheck_since": NOON}, "is just being checked"),
        ({"safe_until": date(2026, 3, 15)}, "need to be given again"),
    ],
)
def test_what_stands_in_the_way_is_told(fields: dict[str, Any], says: str) -> None:
    showing = may_show(plan(**fields), at=NOON)
    assert showing.allowed is False
    assert not showing
    assert says in showing.reason


@pytest.mark.parametrize("fields", [{}, {"safe_until": date(2026, 3, 16)}, {"safe_until": date(2026, 3, 17)}])
def test_a_released_plan_that_is_safe_today_is_shown(fields: dict[str, Any]) -> None:
    showing = may_show(plan(**fields), at=NOON)
    assert showing == Showing(True, "")
    assert showing


def test_today_is_the_clients_own() -> None:
    last = date(2026, 3, 16)
    assert may_show(plan(zone="Pacific/Auckland", safe_until=last), at=NOON - timedelta(hours=2))
    assert not may_show(plan(zone="Pacific/Auckland", safe_until=last), at=NOON)
