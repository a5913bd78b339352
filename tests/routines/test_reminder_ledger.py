"""“Did this client get yesterday's reminder?” in words; a practice's day with what became of each moment."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from practice.mail.models import OutboundMessage
from routines.plans.publish import suspend_plan
from routines.reminders.answer import note_done, snooze_reminder
from routines.reminders.ledger import figures_of
from routines.reminders.models import Reminder
from tests.make import NOON, make_client
from tests.make_plan import make_starter
from tests.make_reminders import make_running_plan
from tests.routines.test_reminder_answers import sent_row
from tests.routines.test_reminders import DUE, tick

pytestmark = pytest.mark.django_db
URL = "/reminders/"
Message = OutboundMessage.State


def read(browser: Browser, url: str, at, **asked) -> str:
    with time_machine.travel(at, tick=False):
        answer = browser.get(url, asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def client_page(browser: Browser, client, at) -> str:
    return read(browser, reverse("routines:client_ledger", args=[client.pk]), at).replace("</strong>", "")


def test_yesterday_in_words(noor, jon, dana, browse) -> None:
    make_running_plan(noor, jon)
    tick(NOON)
    tick(DUE)
    page = client_page(browse(dana), noor, DUE + timedelta(days=1))
    assert "Yesterday, Tue 17 Mar: 1 of 1 accepted by the mail server, at 07:30" in page
    assert "delivered" not in page


def test_the_way_there_is_one_click_from_the_clients_page(noor, dana, browse) -> None:
    page = browse(dana).get(reverse("clients:roster_detail", args=[noor.pk])).content.decode()
    assert reverse("routines:client_ledger", args=[noor.pk]) in page


def test_the_latest_moment_comes_first(noor, jon, dana, browse) -> None:
    make_running_plan(noor, jon, times=("08:00", "20:00", "13:00"))
    tick(NOON)
    page = read(browse(dana), URL, NOON + timedelta(days=1), day="2026-03-17")
    places = [page.index(f">{slot}<") for slot in ("20:00", "13:00", "08:00")]
    assert places == sorted(places)


def test_why_not_in_words(noor, jon, browse) -> None:
    plan = make_running_plan(noor, jon)
    tick(NOON)
    suspend_plan(plan, by=jon, at=NOON, cause="test")
    tick(DUE)
    page = client_page(browse(jon), noor, DUE + timedelta(hours=1))
    assert "Today, Tue 17 Mar: 0 of 1 accepted by the mail server" in page
    assert "07:30: Skipped. The routine was not open to the client at that moment." in page


def test_nothing_was_due(noor, jon, browse) -> None:
    page = client_page(browse(jon), noor, NOON)
    assert "Yesterday, Sun 15 Mar: no reminder was due" in page


def test_unconfirmed_and_still_to_come(noor, jon, browse) -> None:
    make_running_plan(noor, jon, times=("07:30", "20:00"))
    tick(NOON)
    tick(DUE)
    OutboundMessage.objects.across_practices().update(state=Message.UNCONFIRMED, reason="")
    page = client_page(browse(jon), noor, DUE + timedelta(minutes=1))
    assert "07:30: Unconfirmed." in page
    assert "One more is planned, at 20:00." in page


def test_answers_stand_beside_their_moment(noor, jon, browse) -> None:
    make_starter()
    row = sent_row(make_running_plan(noor, jon))
    snooze_reminder(row, "30", at=DUE)
    note_done(row, at=DUE + timedelta(minutes=10))
    page = client_page(browse(jon), noor, DUE + timedelta(hours=2))
    assert "The client put it off until 08:00" in page
    assert "The client says it is done" in page


# ---- The practice


def test_a_day_of_the_practice(practice, noor, jon, dana, browse) -> None:
    other = make_client(practice, "other@example.org", "Olga Other")
    make_running_plan(noor, jon), suspend_plan(make_running_plan(other, jon), by=jon, at=NOON, cause="test")
    tick(NOON)
    tick(DUE)
    browser = browse(dana)
    page = read(browser, URL, DUE)
    assert noor.name in page
    assert other.name in page
    assert "Heel" not in page
    assert "Olga" not in read(browser, URL, DUE, day="2026-03-17", outcome="sent")
    assert noor.name not in read(browser, URL, DUE, day="2026-03-17", outcome="skipped")
    assert noor.name not in read(browser, URL, DUE, day="2026-03-16")
    assert noor.name in read(browser, URL, DUE, day="", outcome="sent")


@pytest.mark.parametrize(
    "asked", [{"day": "x"}, {"day": "0001-01-01"}, {"outcome": "<b>"}, {"page": "-1"}, {"day": ""}]
)
def test_nonsense_is_answered(jon, browse, asked) -> None:
    read(browse(jon), URL, DUE, **asked)


def test_each_practice_has_its_own(noor, jon, rex, browse) -> None:
    make_running_plan(noor, jon)
    tick(NOON)
    tick(DUE)
    assert noor.name not in read(browse(rex), URL, DUE)
    assert figures_of(rex.practice, at=DUE)["due"] == 0
    assert browse(noor).get(URL).status_code == 403


def test_queries_do_not_grow(practice, jon, browse, django_assert_max_num_queries) -> None:
    for number in range(60):
        make_running_plan(make_client(practice, f"c{number}@example.org", f"Client {number}"), jon)
    tick(NOON)
    tick(DUE)
    browser = browse(jon)
    browser.get(URL)
    with django_assert_max_num_queries(12):
        page = read(browser, URL, DUE)
    assert page.count("row-item") == 50
    assert "60 moments" in page


def test_figures(practice, noor, jon) -> None:
    make_running_plan(noor, jon, times=("07:30", "08:30", "09:30", "11:00"))
    tick(NOON)
    for minutes, late in ((0, 0), (60, 5), (120, 0)):
        tick(DUE + timedelta(minutes=minutes + late))
    *_others, third = Reminder.objects.across_practices().filter(state="sent").order_by("due_at")
    OutboundMessage.objects.across_practices().filter(pk=third.message_id).update(state=Message.UNCONFIRMED)
    Reminder.objects.across_practices().filter(pk=third.pk).update(state="queued")
    at = DUE.replace(hour=11, minute=5)
    assert figures_of(practice, at=at) == {
        "due": 4, "sent": 2, "skipped": 0, "failed": 0, "late": 2, "unconfirmed": 1, "waiting": 1,
        "oldest": DUE.replace(hour=11, minute=0),
    }  # fmt: skip


# ---- One click, RFC 8058


@pytest.mark.parametrize("multipart", [False, True])
def test_every_reminder_can_be_stopped_by_one_post(practice, jon, multipart) -> None:
    people = [make_client(practice, f"c{number}@example.org", f"Client {number}") for number in range(20)]
    for person in people:
        make_running_plan(person, jon)
    tick(NOON)
    tick(DUE)
    assert len(mail.outbox) == 20
    for sent in mail.outbox:
        headers = sent.message()
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        url = headers["List-Unsubscribe"].strip("<>")
        program = Browser(enforce_csrf_checks=True)
        path = url.removeprefix("http://testserver")
        kind = {} if multipart else {"content_type": "application/x-www-form-urlencoded"}
        body = {"List-Unsubscribe": "One-Click"} if multipart else "List-Unsubscribe=One-Click"
        answer = program.post(path, body, **kind)
        assert answer.status_code == 200, "no redirect"
        assert not answer.cookies
        [person] = [person for person in people if person.email == sent.to[0]]
        assert not person.consents.in_force().exists()
    tick(DUE + timedelta(days=1))
    assert len(mail.outbox) == 20
