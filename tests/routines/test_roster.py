"""What the clients' list shows of plans, and what follows a corrected client."""

import pytest
from django.utils import timezone

from clients.roster.models import Client
from clients.roster.roster import archive_client, correct_client
from routines.first_page.plan_column import plan_states
from routines.plans.models import Plan
from tests import make
from tests.make import NOON


def draft(client: Client, state: str = "draft") -> Plan:
    return Plan.objects.create(
        client=client,
        title="Evening feet",
        starts_on=NOON.date(),
        state=state,
        state_changed_at=NOON,
        created_at=NOON,
        changed_at=NOON,
    )


def test_the_list_shows_the_plan_that_matters_most(browse, jon, dana, practice, noor) -> None:
    draft(noor, "ended")
    draft(noor)
    make.make_client(practice, "none@example.org", "No Plan")
    assert plan_states([noor.pk]) == {noor.pk: ("draft", "Draft")}
    rows = browse(jon).get("/clients/").context["rows"]
    assert {row.client.name: row.plan for row in rows} == {"Noor Haddad": ("draft", "Draft"), "No Plan": None}
    assert all(row.plan is None for row in browse(dana).get("/clients/").context["rows"])


@pytest.mark.parametrize(
    ("state", "found"), [("draft", ["Noor Haddad"]), ("suspended", []), ("nonsense", ["Noor Haddad", "Other"])]
)
def test_the_list_is_narrowed_by_plan(browse, jon, practice, noor, state, found) -> None:
    draft(noor)
    make.make_client(practice, "other@example.org", "Other")
    rows = browse(jon).get("/clients/", {"plan": state}).context["rows"]
    assert [row.client.name for row in rows] == found


def test_reception_cannot_ask_for_plans(browse, dana, noor) -> None:
    page = browse(dana).get("/clients/", {"plan": "suspended"})
    assert [row.client.name for row in page.context["rows"]] == ["Noor Haddad"]


def test_reminders_hear_of_new_clocks_and_of_the_archive(noor, jon, monkeypatch) -> None:
    heard = []
    monkeypatch.setattr(
        "routines.first_page.plan_column.replan_client",
        lambda client, at: heard.append((client.time_zone, client.is_archived)),
    )
    correct_client(noor, revision=0, by=jon, at=NOON, time_zone="Asia/Tokyo")
    archive_client(noor, by=jon, at=timezone.now())
    assert heard == [("Asia/Tokyo", False), ("Asia/Tokyo", True)]
