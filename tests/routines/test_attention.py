"""The therapist's first page: who needs them, most pressing first, cut with a link."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clients.roster.invitation import send_invitation
from clients.roster.models import Client
from clients.roster.roster import archive_client
from practice.tenancy.models import Member, Practice
from routines.builder.edit import change_plan
from routines.first_page.attention import SECTIONS, attention
from routines.plans.models import Plan
from routines.plans.publish import suspend_plan
from routines.sessions.models import RoutineSession
from tests.make import NOON, make_client
from tests.make_builder import make_draft, make_published_plan
from tests.make_intake import make_open_intake, make_signed_intake
from tests.reading import queries

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(hours=1)
TODAY = "/today/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def names(practice: Practice, *, after: timedelta = timedelta()) -> list[str]:
    return [section.name for section in attention(practice, at=NOW + after).sections]


def test_doors(practice: Practice, jon: Member, dana: Member, noor: Client, browse: Any, client: Browser) -> None:
    for path in (TODAY, "/today/quiet/"):
        assert browse(jon).get(path).status_code == 200
        assert browse(dana).get(path).status_code == 403
        assert browse(noor).get(path).status_code == 403
        assert "/accounts/login/" in client.get(path)["Location"]
    assert browse(jon).get("/today/no-such/").status_code == 404


def test_empty_says_what_to_do_next(jon: Member, browse: Any) -> None:
    page = browse(jon).get(TODAY).content.decode()
    assert "Nobody is waiting" in page
    assert reverse("clients:roster_register") in page


def test_another_practices_people_are_not_there(signed: Client, rex: Member, browse: Any) -> None:
    assert names(rex.practice) == []
    assert signed.name not in browse(rex).get(TODAY).content.decode()


def test_waiting_until_signed(rules: None, practice: Practice, noor: Client, jon: Member, browse: Any) -> None:
    assert names(practice) == ["waiting"]
    assert "not invited yet" in browse(jon).get(TODAY).content.decode()
    send_invitation(noor, by=jon, at=NOON)
    assert "invited 1" in browse(jon).get(TODAY).content.decode()
    make_open_intake(noor)
    assert "begun, not signed yet" in browse(jon).get(TODAY).content.decode()


def test_new_answers_until_a_plan_is_touched(practice: Practice, signed: Client, jon: Member, browse: Any) -> None:
    assert names(practice) == ["intakes"]
    page = browse(jon).get(TODAY).content.decode()
    assert reverse("routines:plan_new", args=[signed.pk]) in page
    assert "Clear" in page
    plan = make_draft(signed, jon, at=NOW)
    assert names(practice) == ["drafts"]
    make_signed_intake(signed, at=NOW + timedelta(minutes=1))
    assert names(practice) == ["intakes", "drafts"]
    change_plan(plan, by=jon, at=NOW + timedelta(minutes=2), title="Seen")
    assert names(practice) == ["drafts"]


def test_findings_come_first_and_not_twice(
    rules: None, practice: Practice, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(noor, blood_thinners="anticoagulant", blood_thinner_reason="prevention")
    assert names(practice) == ["urgent"]
    assert "Refer" in browse(jon).get(TODAY).content.decode()
    make_signed_intake(noor, at=NOW)
    assert names(practice) == ["intakes"]


def test_paused_quiet_and_aged_plans(practice: Practice, signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon, at=NOON + timedelta(minutes=1))
    assert names(practice) == []
    assert names(practice, after=timedelta(days=practice.quiet_after_days + 1)) == ["quiet"]
    RoutineSession.objects.create(
        plan=plan, version=plan.current_version, local_day=NOON.date(), state="done", begun_at=NOON + timedelta(days=5)
    )
    assert names(practice, after=timedelta(days=practice.quiet_after_days + 1)) == []
    assert names(practice, after=timedelta(days=800)) == ["expired"]
    suspend_plan(plan, by=jon, at=NOW, cause="therapist")
    assert names(practice, after=timedelta(days=800)) == ["paused"]


def test_changes_that_were_not_released_are_in_hand(practice: Practice, signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon, at=NOON + timedelta(minutes=1))
    change_plan(plan, by=jon, at=NOW, title="Heel comfort")
    assert names(practice) == ["drafts"]


def test_archived_clients_need_nobody(practice: Practice, signed: Client, jon: Member) -> None:
    make_draft(signed, jon)
    archive_client(signed, by=jon, at=NOW)
    assert names(practice) == []


@pytest.mark.parametrize("rows", [3, 45])
def test_few_queries_and_the_rest_behind_a_link(practice: Practice, jon: Member, browse: Any, rows: int) -> None:
    for number in range(rows):
        make_client(practice, f"client{number}@example.org", f"Client {number:03}")
    browser = browse(jon)
    browser.get(TODAY)
    assert queries(browser, TODAY) <= 12
    page = browser.get(TODAY).content.decode()
    assert page.count('class="row-title"') == min(rows, 8)
    assert ("/today/waiting/" in page) == (rows > 8)
    assert queries(browser, "/today/waiting/") <= 12
    shown = browser.get("/today/waiting/").content.decode()
    assert shown.count('class="row-title"') == min(rows, 40)
    assert browser.get("/today/waiting/", {"page": "2"}).content.decode().count('class="row-title"') in (3, 5)
    assert browser.get("/today/waiting/", {"page": "x"}).status_code == 200


def test_the_count_is_of_those_who_wait_for_the_therapist(practice: Practice, signed: Client, jon: Member) -> None:
    assert attention(practice, at=NOW).count == "1"
    for number in range(3):
        make_client(practice, f"client{number}@example.org", f"Client {number}")
    assert attention(practice, at=NOW).count == "1"
    assert Plan.objects.for_practice(practice).count() == 0


def test_each_section_has_a_page(jon: Member, browse: Any) -> None:
    for name in SECTIONS:
        assert browse(jon).get(f"/today/{name}/").status_code == 200
