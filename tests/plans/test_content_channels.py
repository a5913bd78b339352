"""Every channel reads the released value, and reads it alike: what it says there is said everywhere."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from icalendar import Calendar
from pypdf import PdfReader

from clients.consent.consent import give_consents
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.plans.content import CheckedSteps
from routines.plans.models import Plan, PlanStep
from routines.rechecking import flags
from routines.rechecking.recheck import recheck_flagged
from routines.reminders.models import Reminder, ReminderHorizon
from routines.reminders.replan_queue import flag_plans
from routines.reminders.send import plan_ahead
from routines.sessions.log import begin_session
from tests.factories.day import nothing_changed
from tests.factories.people import NOON
from tests.factories.plans import make_done_session, make_published_plan

TITLE, PLACE, HOW, CUE, NOTE, SLOT = (
    "Kestrel hour",
    "Kestrel ridge",
    "Like a feather.",
    "As a wing.",
    "Softly.",
    "14:10",
)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def plan(signed: Client, jon: Member) -> Plan:
    """Its release says other things than its draft and the catalog do."""
    give_consents(signed, wordings={"reminders": "Yes, remind me."}, by=signed.user, at=NOON)
    plan = make_published_plan(signed, jon)
    version = plan.current_version
    assert version is not None
    phase = version.content.phases[0]
    step = replace(phase.steps[0], place=PLACE, how=HOW, pressure_cue=CUE, note=NOTE, seconds=85)
    steps = tuple(replace(step, number=number, id=str(uuid.uuid4())) for number in range(1, 5))
    phase = replace(phase, times=(SLOT,), steps=steps)
    version.content = replace(version.content, title=TITLE, phases=(phase,))
    version.save()
    PlanStep.objects.across_practices().filter(phase__plan=plan).update(label="Draft", seconds=60)
    return Plan.objects.across_practices().select_related("client__practice", "current_version").get(pk=plan.pk)


def page(name: str, *, staff: bool = False, of_plan: bool = False) -> Callable[..., str]:
    def shown(plan: Plan, noors: Browser, jons: Browser) -> str:
        address = reverse(f"routines:{name}", args=[plan.pk] if of_plan else [])
        return (jons if staff else noors).get(address).content.decode()

    return shown


def paper(name: str, *, staff: bool = False) -> Callable[..., str]:
    def printed(plan: Plan, noors: Browser, jons: Browser) -> str:
        pdf = (jons if staff else noors).get(reverse(f"routines:{name}", args=[plan.pk])).content
        return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))

    return printed


def player(plan: Plan, noors: Browser, jons: Browser) -> str:
    session = begin_session(plan, by=plan.client.user, at=NOON, comfort_before=5)
    run = reverse("routines:session_run", args=[session.pk])
    nothing_changed(noors, run)
    return noors.get(run).content.decode()


def history(plan: Plan, noors: Browser, jons: Browser) -> str:
    make_done_session(plan)
    return page("portal_history")(plan, noors, jons)


def calendar(plan: Plan, noors: Browser, jons: Browser) -> str:
    told = noors.get(reverse("routines:calendar_file", args=[plan.pk])).content
    event = Calendar.from_ical(told).walk("VEVENT")[0]
    return f"{event['summary']} {event['dtstart'].dt:%H:%M} {event['duration'].dt}"


def reminders(plan: Plan, noors: Browser, jons: Browser) -> str:
    """Planned from nothing, as after the release."""
    Reminder.objects.across_practices().filter(plan=plan).delete()
    ReminderHorizon.objects.across_practices().filter(plan=plan).delete()
    flag_plans(Plan.objects.across_practices().filter(pk=plan.pk))
    plan_ahead(NOON)
    return " ".join(f"{row.slot} {row.due_at:%H:%M}" for row in Reminder.objects.across_practices().filter(plan=plan))


#: Channel -> how it is read, and what it has to say. Four steps of 85 seconds on both feet are 12 minutes, rounded up.
CHANNELS: dict[str, tuple[Callable[..., str], tuple[str, ...]]] = {
    "today's page": (page("portal_today"), (TITLE, PLACE, SLOT, "1 min 25 s")),
    "the plan's page": (page("portal_plan"), (TITLE, PLACE, HOW, CUE, NOTE, SLOT, "1 min 25 s")),
    "the player": (player, (TITLE, PLACE, HOW, CUE, NOTE, "1:25", 'data-seconds="85"')),
    "the history": (history, (TITLE,)),
    "the client's handout": (paper("handout_client"), (TITLE, PLACE, HOW, CUE, NOTE, SLOT, "1 min 25 s")),
    "the practice's handout": (paper("handout_staff", staff=True), (TITLE, PLACE, HOW, CUE, NOTE, SLOT)),
    "the calendar": (calendar, (TITLE, SLOT, "0:12:00")),
    "the reminders": (reminders, (f"{SLOT} {SLOT}",)),
    "the wishes": (page("wishes_edit"), (SLOT,)),
    "the practice's page": (page("plan_detail", staff=True, of_plan=True), (PLACE, NOTE, SLOT, "1 min 25 s")),
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_says_what_the_release_says(channel: str, plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    read, words = CHANNELS[channel]
    said = read(plan, browse(noor), browse(jon))
    assert [word for word in words if word not in said] == []


def test_re_checking_judges_what_the_release_says(plan: Plan) -> None:
    """The draft is well; the release, as it is kept for re-checking, asks for more than the technique allows."""
    version, later = plan.current_version, NOON + timedelta(minutes=5)
    assert version is not None
    flags.flag_all(later)
    assert recheck_flagged(later) == 1
    plan.refresh_from_db()
    assert plan.state == Plan.State.PUBLISHED
    step = replace(version.content.phases[0].steps[0], seconds=3600)
    version.checked_steps = CheckedSteps.of(
        replace(version.content, phases=(replace(version.content.phases[0], steps=(step,)),))
    )
    version.save()
    flags.flag_all(later)
    recheck_flagged(later)
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUSPENDED
    assert [(each["n"], each["place"]) for each in plan.state_reason["steps"]] == [(1, PLACE)]
