"""Every channel asks the one question: it shows a plan that may be shown, and none of it when the answer is no."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clients.consent.consent import give_consents
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.mail.outbox import send_due
from practice.tenancy.models import Member
from routines.plans.models import Plan
from routines.plans.visibility import Showing
from routines.rechecking import recheck
from routines.reminders.models import Reminder
from routines.reminders.send import plan_ahead, queue_due
from routines.sessions.log import begin_session
from tests.make import NOON
from tests.make_day import nothing_changed
from tests.make_plan import make_published_plan

NO = "The one question says no."
Channel = Callable[[Plan, Browser, Browser], bool]


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def plan(signed: Client, jon: Member) -> Plan:
    give_consents(signed, wordings={"reminders": "Yes, remind me."}, by=signed.user, at=NOON)
    return make_published_plan(signed, jon)


def page(name: str) -> Channel:
    return lambda plan, own, staff: "routine-steps" in own.get(reverse(f"routines:{name}")).content.decode()


def file(name: str, kind: str) -> Channel:
    def served(plan: Plan, own: Browser, staff: Browser) -> bool:
        browser = staff if name == "handout_staff" else own
        answer = browser.get(reverse(f"routines:{name}", args=[plan.pk]))
        return answer.status_code == 200 and answer["Content-Type"].startswith(kind)

    return served


def paper_code(plan: Plan, own: Browser, staff: Browser) -> bool:
    address = reverse("routines:handout_check", args=[plan.current_version.code])  # type: ignore[union-attr]
    return "This sheet is current" in Browser().get(address).content.decode()


def session_pages(name: str) -> Channel:
    def shown(plan: Plan, own: Browser, staff: Browser) -> bool:
        session = plan.sessions.get()
        return own.get(reverse(f"routines:{name}", args=[session.pk])).status_code == 200

    return shown


def session_start(plan: Plan, own: Browser, staff: Browser) -> bool:
    plan.sessions.all().delete()
    own.post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": "5"})
    return plan.sessions.exists()


def queued_reminder(plan: Plan, own: Browser, staff: Browser) -> bool:
    due = first_due(plan)
    queue_due(due)
    return reminders().exists()


def sent_reminder(plan: Plan, own: Browser, staff: Browser) -> bool:
    """It lay in the outbox when the answer was still yes; asked again before it is handed over."""
    first = reminders().get()
    with time_machine.travel(first.not_before, tick=False):
        while send_due(first.not_before):
            pass
    return reminders().get().state == OutboundMessage.State.SENT


def first_due(plan: Plan) -> datetime:
    plan.sessions.all().delete()
    plan_ahead(NOON)
    found = Reminder.objects.across_practices().filter(plan=plan).order_by("due_at").first()
    assert found is not None
    return found.due_at


def reminders() -> Any:
    return OutboundMessage.objects.across_practices().filter(kind="reminder")


CHANNELS: dict[str, Channel] = {
    "today's page": page("portal_today"),
    "the plan's page": page("portal_plan"),
    "the client's PDF": file("handout_client", "application/pdf"),
    "the therapist's PDF": file("handout_staff", "application/pdf"),
    "the code on the PDF": paper_code,
    "the calendar": file("calendar_file", "text/calendar"),
    "the day's questions": session_pages("session_before"),
    "the run-through": session_pages("session_run"),
    "a new session": session_start,
    "a reminder to be queued": queued_reminder,
    "a reminder about to leave": sent_reminder,
}


@pytest.mark.parametrize("says", ["yes", "no"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_shows_the_plan_when_and_only_when_the_one_question_says_yes(
    channel: str, says: str, plan: Plan, noor: Client, jon: Member, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan itself is well: only the answer of `may_show` differs."""
    own, staff = browse(noor), browse(jon)
    session = begin_session(plan, by=noor.user, at=NOON, comfort_before=5)
    if channel == "the run-through":
        nothing_changed(own, reverse("routines:session_run", args=[session.pk]))
    if channel == "a reminder about to leave":
        queue_due(first_due(plan))
    asked: list[Plan] = []

    def answer(asked_of: Plan, *, at: datetime) -> Showing:
        asked.append(asked_of)
        return Showing(says == "yes", "" if says == "yes" else NO)

    monkeypatch.setattr(recheck, "may_show", answer)
    assert CHANNELS[channel](plan, own, staff) is (says == "yes")
    assert {one.pk for one in asked} == {plan.pk}
