"""The therapist's first page: who needs them, most pressing first, cut with a link."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clients.follow_up.follow_up import follow_up
from clients.follow_up.models import FollowUp
from clients.letters.letters import receive_clearance, record_clearance
from clients.letters.sanitize_file import clean_file
from clients.roster.invitation import send_invitation
from clients.roster.models import Client
from clients.roster.roster import archive_client
from practice.mail.models import Suppression
from practice.tenancy.models import Member, Practice
from routines.builder.edit import change_plan
from routines.first_page.attention import SECTIONS, attention
from routines.plans.models import Plan
from routines.plans.publish import suspend_plan
from routines.sessions.models import RoutineSession
from tests.factories import letters
from tests.factories.builder import make_draft
from tests.factories.intake import make_open_intake, make_signed_intake
from tests.factories.matters import ON_BLOOD_THINNERS, make_notice, make_record
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.factories.reading import queries

pytestmark = [pytest.mark.django_db, pytest.mark.both("facts that the database adds up")]
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
    assert "Nothing found" in page
    plan = make_draft(signed, jon, at=NOW)
    assert names(practice) == ["drafts"]
    make_signed_intake(signed, at=NOW + timedelta(minutes=1))
    assert names(practice) == ["intakes", "drafts"]
    change_plan(plan, by=jon, at=NOW + timedelta(minutes=2), title="Seen")
    assert names(practice) == ["drafts"]


def test_findings_come_first_and_not_twice(
    rules: None, practice: Practice, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(noor, **ON_BLOOD_THINNERS)
    assert names(practice) == ["findings"]
    assert "Needs a letter" in browse(jon).get(TODAY).content.decode()
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


def make_one_of_each(practice: Practice, by: Member) -> None:
    """A client for each section at NOW and four weeks, named after it; made in another order than they are shown."""
    later = NOW + timedelta(weeks=4)
    people = {name: make_client(practice, f"{name}@example.org", f"the {name} one") for name in reversed(SECTIONS)}
    for name in ("letters", "unreachable", "ending", "quiet"):
        make_signed_intake(people[name])
    for name in ("letters", "unreachable", "ending"):  # released, so that the signed answers are seen to
        make_published_plan(people[name], by, at=later)
    make_signed_intake(people["intakes"])
    make_record(people["stop"], "STOP", "same_day", at=NOON)
    make_notice(people["hurt"], by, "hurt", at=later)
    make_signed_intake(people["not_now"], fever_unwell="yes")
    suspend_plan(make_published_plan(people["refer"], by), by=by, at=later, cause="letter")
    make_record(people["refer"], "REFER", at=later)
    make_notice(people["day"], by, "reduced", at=later)
    make_signed_intake(people["findings"], **ON_BLOOD_THINNERS)
    receive_clearance(people["letters"], file=clean_file(letters.jpeg()), by=by, at=later)
    Suppression.objects.create(address="unreachable@example.org", kind="hard", since=NOON)
    suspend_plan(make_published_plan(people["paused"], by), by=by, at=later, cause="therapist")
    expired = make_published_plan(people["expired"], by)
    Plan.objects.across_practices().filter(pk=expired.pk).update(safe_until=NOON.date())
    record_clearance(
        people["ending"], rules=["peripheral-arterial-disease"], issued_on=NOON.date(),
        valid_until=(later + timedelta(days=3)).date(), issued_by="GP", by=by, at=later,
    )  # fmt: skip
    make_published_plan(people["quiet"], by)
    make_draft(people["drafts"], by)
    make_signed_intake(people["drafts"], at=NOON - timedelta(hours=1))
    rested = make_record(people["resting"], "STOP", "emergency", at=NOON)
    day = (later + timedelta(days=9)).date()
    follow_up(people["resting"], about=rested.pk, kind=FollowUp.Kind.LOOK_AGAIN, until=day, by=by, at=NOW)


def test_the_most_pressing_comes_first(rules: None, practice: Practice, jon: Member, browse: Any) -> None:
    make_one_of_each(practice, jon)
    later = NOW + timedelta(weeks=4)
    with time_machine.travel(later, tick=False):
        page = browse(jon).get(TODAY).content.decode()
    order = [
        "stop", "hurt", "not_now", "refer", "day", "findings", "intakes", "letters", "unreachable", "paused", "expired",
        "ending", "quiet", "drafts", "waiting", "resting",
    ]  # fmt: skip
    assert names(practice, after=timedelta(weeks=4)) == order
    places = [page.index(f"the {name} one") for name in order]
    assert places == sorted(places)
    assert attention(practice, at=NOW + timedelta(weeks=4)).count == "14"  # the plan behind "refer" is paused too


def test_within_a_section_who_waits_longest_comes_first(rules: None, practice: Practice, jon: Member) -> None:
    """But new findings and drafts: the newest, for which somebody may be waiting right now."""
    later = NOON - timedelta(days=2), NOON - timedelta(days=1), NOON
    for number, at in enumerate(later, 1):
        people = {
            name: make_client(practice, f"{name}{number}@example.org", f"{name} {number}", registered_at=at)
            for name in ("findings", "intakes", "letters", "paused", "quiet", "drafts", "waiting")
        }
        make_signed_intake(people["findings"], at=at, **ON_BLOOD_THINNERS)
        make_signed_intake(people["intakes"], at=at)
        suspend_plan(make_published_plan(people["paused"], jon, at=at), by=jon, at=at, cause="therapist")
        make_published_plan(people["quiet"], jon, at=at)
        make_signed_intake(people["drafts"], at=at)
        make_draft(people["drafts"], jon, at=at)
        make_signed_intake(people["letters"], at=at)
        receive_clearance(people["letters"], file=clean_file(letters.jpeg()), by=jon, at=at)
    found = {
        section.name: [getattr(row, "client", row).name for row in section.rows]
        for section in attention(practice, at=NOON + timedelta(weeks=4)).sections
    }
    assert {name: [row[-1] for row in rows if name in row] for name, rows in found.items()} == {
        "findings": ["3", "2", "1"],
        "intakes": ["1", "2", "3"],
        "letters": ["1", "2", "3"],
        "paused": ["1", "2", "3"],
        "quiet": ["1", "2", "3"],
        "drafts": ["3", "2", "1"],
        "waiting": ["1", "2", "3"],
    }


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


def test_the_count_is_of_people_and_says_so_when_there_are_more(rules: None, practice: Practice) -> None:
    assert attention(practice, at=NOW).count == ""
    clients = [make_client(practice, f"client{number}@example.org", f"Client {number}") for number in range(9)]
    for client in clients[:3]:
        make_signed_intake(client)
    assert attention(practice, at=NOW).count == "3"
    for client in clients[3:]:
        make_signed_intake(client)
    assert attention(practice, at=NOW).count == "8+"


def test_each_section_has_a_page(jon: Member, browse: Any) -> None:
    for name in SECTIONS:
        assert browse(jon).get(f"/today/{name}/").status_code == 200
