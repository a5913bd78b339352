"""“Did this client get yesterday's reminder?” in one look; and the way out of reminders."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from practice.mail.models import OutboundMessage
from routines.reminders import send
from routines.reminders.models import Reminder
from routines.reminders.send import plan_ahead, queue_due
from tests.make import NOON, make_client
from tests.make_reminders import make_running_plan
from tests.routines.test_reminders import DUE, tick

pytestmark = pytest.mark.django_db


def ledger(client) -> str:
    return reverse("routines:client_ledger", args=[client.pk])


def test_every_due_moment_and_what_became_of_it(noor, jon, dana, browse) -> None:
    make_running_plan(noor, jon, times=("07:30", "20:00"))
    tick(NOON)
    tick(DUE)
    with time_machine.travel(DUE + timedelta(days=1), tick=False):
        page = browse(dana).get(ledger(noor)).content.decode()
    assert "Yesterday, 07:30" in page
    assert "Accepted by the mail server" in page
    assert "Heel and arch" not in page, "reception does not see plans"


def test_others_clients_are_not_found_and_clients_not_let_in(noor, rex, browse) -> None:
    assert browse(rex).get(ledger(noor)).status_code == 404
    assert browse(noor).get(ledger(noor)).status_code == 403


def test_queries_do_not_grow(noor, jon, browse, django_assert_max_num_queries) -> None:
    make_running_plan(noor, jon, times=("07:30", "09:00", "20:00"))
    tick(NOON)
    tick(NOON + timedelta(days=30))
    browser = browse(jon)
    with django_assert_max_num_queries(12), time_machine.travel(NOON + timedelta(days=30), tick=False):
        page = browser.get(ledger(noor)).content.decode()
    assert page.count("row-item") >= 50


def test_looking_does_not_stop_reminders_and_posting_does(noor, jon) -> None:
    make_running_plan(noor, jon)
    plan_ahead(NOON)
    queue_due(DUE)
    path = send.unsubscribe_url(noor).removeprefix("http://testserver")
    # Like a mail program: no cookie, no token.
    mail_program = Browser(enforce_csrf_checks=True)
    for _look in range(3):
        assert "Stop the reminders?" in mail_program.get(path).content.decode()
        mail_program.head(path)
    assert noor.consents.in_force().exists()
    for _twice in range(2):
        with time_machine.travel(DUE, tick=False):
            answer = mail_program.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "No more reminders" in answer.content.decode()
    assert not noor.consents.in_force().exists()
    assert not OutboundMessage.objects.across_practices().not_begun().exists()
    assert Reminder.objects.across_practices().planned().count() == 0


def test_a_link_speaks_for_its_own_client_only(noor, practice, jon) -> None:
    other = make_client(practice, "other@example.org", "Other")
    make_running_plan(noor, jon), make_running_plan(other, jon)
    Browser().post(send.unsubscribe_url(other).removeprefix("http://testserver"))
    assert noor.consents.in_force().exists()
    assert not other.consents.in_force().exists()


@pytest.mark.parametrize("token", ["x", "a:b:c", "é" * 50, "1" * 5000])
def test_a_broken_link_says_so(db, token) -> None:
    answer = Browser().post(reverse("routines:reminders_stop", args=[token]))
    assert answer.status_code == 404
    assert "does not work" in answer.content.decode()
