"""Figures for a monitor: behind a token, without a client in them, and cheap."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from practice.mail.lease import TOO_LATE
from practice.mail.models import MailServer, OutboundMessage
from routines.reminders.models import Reminder
from routines.reminders.skip_reasons import STALE
from tests.make_reminders import make_message, make_running_plan
from tests.routines.test_reminders import tick

pytestmark = pytest.mark.django_db
URL = "/metrics/"
TOKEN = "a-token-for-the-monitor"


def scrape(**headers: str):
    return Browser().get(URL, headers={"Authorization": f"Bearer {TOKEN}", **headers})


def read(text: str) -> dict[str, float]:
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_without_a_token_in_the_environment_there_is_no_such_page(settings, ada, browse) -> None:
    settings.METRICS_TOKEN = ""
    for header in ("Bearer ", "Bearer", "", f"Bearer {TOKEN}"):
        assert scrape(Authorization=header).status_code == 404
    assert browse(ada).get(URL).status_code == 404


def test_another_token_is_refused(settings, mira, browse) -> None:
    settings.METRICS_TOKEN = TOKEN
    for header in ("", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"):
        assert scrape(Authorization=header).status_code == 401
    assert browse(mira).get(URL).status_code == 401
    assert Browser().post(URL, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405


def test_what_a_monitor_reads(settings, practice, noor, jon, django_assert_max_num_queries) -> None:
    settings.METRICS_TOKEN = TOKEN
    now = timezone.now()
    slot = (now - timedelta(minutes=10)).astimezone(timezone.get_fixed_timezone(0))
    noor.time_zone = "UTC"
    noor.save()
    make_running_plan(noor, jon, at=now - timedelta(minutes=30), times=(f"{slot:%H:%M}",), starts_on=slot.date())
    tick(now - timedelta(minutes=29))
    make_message(now - timedelta(minutes=5), practice=practice)
    trouble = {"failures": 3, "down_since": now - timedelta(minutes=7), "reason": "450 busy"}
    MailServer.objects.update_or_create(pk=1, defaults=trouble)
    with django_assert_max_num_queries(9):
        answer = scrape()
    assert answer["Content-Type"].startswith("text/plain")
    found = read(answer.content.decode())
    assert found["sole_practice_reminders_waiting"] == 1
    assert found["sole_practice_reminders_due_last_hourplanned"] == 1
    assert found["sole_practice_reminders_late_last_hour"] == 1
    assert 540 <= found["sole_practice_reminders_oldest_waiting_seconds"] <= 720
    assert found["sole_practice_outbox_waitingdue"] == 1
    assert 300 <= found["sole_practice_outbox_oldest_waiting_seconds"] <= 330
    assert found["sole_practice_mail_server_down"] == 1
    text = answer.content.decode()
    for secret in (noor.email, noor.name, practice.name, str(noor.pk), str(practice.pk), "450 busy"):
        assert secret not in text


@pytest.mark.parametrize(
    ("state", "reason", "named"),
    [
        ("sent", "", {"due_last_hoursent"}),
        ("unconfirmed", "", {"due_last_hourunconfirmed", "unconfirmed"}),
        ("failed", "550 no", {"due_last_hourfailed"}),
        ("skipped", "Already logged.", {"due_last_hourskipped"}),
        ("skipped", STALE, {"due_last_hourskipped", "late_last_hour", "given_up_last_day"}),
        ("skipped", TOO_LATE, {"due_last_hourskipped", "late_last_hour", "given_up_last_day"}),
    ],
)
def test_each_end_has_its_own_figure(settings, practice, noor, jon, state, reason, named) -> None:
    settings.METRICS_TOKEN = TOKEN
    now = timezone.now()
    plan = make_running_plan(noor, jon, at=now, times=("03:00",))
    message = make_message(now - timedelta(minutes=20), practice=practice)
    ended = {"state": state, "reason": reason, "settled_at": now - timedelta(minutes=20)}
    OutboundMessage.objects.across_practices().filter(pk=message.pk).update(**ended)
    Reminder.objects.create(
        plan=plan,
        local_day=now.date(),
        slot="02:00",
        due_at=now - timedelta(minutes=20),
        state="queued" if state != "unconfirmed" else state,
        message=message,
    )
    found = read(scrape().content.decode())
    reminders = {name.removeprefix("sole_practice_reminders_") for name, value in found.items() if value}
    assert {name for name in reminders if not name.startswith("sole_practice")} == named
    assert found["sole_practice_outbox_unconfirmed"] == (state == "unconfirmed")


def test_a_quiet_site_has_zeroes(settings, db) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert set(read(scrape().content.decode()).values()) == {0.0}
