"""Signing, releasing and building ask the database a few times, whole requests with session and sign-in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.assessment import assess
from clients.consent.consent import give_consents
from clients.letters.letters import clearable_rules, record_clearance
from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.plans.models import Plan, PlanVersion
from tests.factories.builder import ARCH, HEEL, first_phase, make_draft
from tests.factories.intake import make_signed_intake
from tests.factories.intake_steps import REVIEW, begin, fields_of, walk
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan, make_starter
from tests.site.test_queries import SAVEPOINTS

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def screened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The results of every screening that is made for an assessment."""
    made: list[Any] = []
    screen = assess.screen

    def noted(*args: Any, **more: Any) -> Any:
        made.append(screen(*args, **more))
        return made[-1]

    monkeypatch.setattr(assess, "screen", noted)
    return made


@pytest.fixture
def signed(noor: Client, jon: Member) -> Client:
    make_starter()
    make_signed_intake(noor)
    return noor


def posted(browser: Browser, url: str, values: dict[str, Any], *, status: int = 302, **more: Any) -> list[str]:
    """The statements of one request; not the savepoints, of which the outermost only a test brings."""
    with CaptureQueriesContext(connection) as seen:
        answer = browser.post(url, values, **more)
    assert answer.status_code == status, answer.content
    return [query["sql"] for query in seen.captured_queries if not query["sql"].startswith(SAVEPOINTS)]


def assert_few(statements: list[str], most: int) -> None:
    assert len(statements) <= most, "\n".join([f"{len(statements)} statements", *(sql[:160] for sql in statements)])


def send_letter(client: Client, by: Member) -> None:
    rules = sorted(clearable_rules())[:1]
    record_clearance(client, rules=rules, issued_on=NOON.date(), valid_until=None, issued_by="GP", by=by, at=NOON)


@pytest.mark.parametrize("plans", [0, 1])
def test_signing(signed: Client, jon: Member, screened: list[Any], plans: int) -> None:
    """By the link, again, with every tick; the plan that runs meanwhile is checked by the same assessment."""
    for _number in range(plans):
        make_published_plan(signed, jon)
    send_letter(signed, jon)
    browser = begin(signed, jon)
    walk(browser)
    form = {**fields_of(browser.get(REVIEW)), "signed_as": "client", "signed_name": "Noor Haddad"}
    screened.clear()
    statements = posted(browser, REVIEW, {**form, "health_data": "on", "home_routine": "on", "reminders": "on"})
    assert_few(statements, 25)
    kept = ScreeningRecord.objects.across_practices().filter(cause="intake").latest("made_at")
    assert kept.overall == screened[0].overall
    assert len(screened) == 1


@pytest.mark.parametrize("letter", [False, True])
@pytest.mark.parametrize("reminders", [False, True])
def test_releasing(
    signed: Client, jon: Member, browse: Any, screened: list[Any], letter: bool, reminders: bool
) -> None:
    if reminders:
        give_consents(signed, wordings={"reminders": "Yes."}, by=signed.user, at=NOON)
    if letter:
        send_letter(signed, jon)
    plan, browser = make_draft(signed, jon), browse(jon)
    shown = browser.get(reverse("routines:builder_edit", args=[plan.pk])).context["page"]
    screened.clear()
    values = {"revision": plan.revision, "etag": shown.check.etag}
    assert_few(posted(browser, reverse("routines:builder_publish", args=[plan.pk]), values), 20)
    assert len(screened) == 1
    assert PlanVersion.objects.across_practices().get().screening.overall == screened[0].overall


def test_a_refused_release_shows_the_findings_that_refused_it(
    noor: Client, jon: Member, browse: Any, screened: list[Any]
) -> None:
    make_starter()
    make_signed_intake(noor, blood_thinners="anticoagulant", blood_thinner_reason="prevention")
    plan, browser = make_draft(noor, jon), browse(jon)
    browser.get(reverse("routines:builder_edit", args=[plan.pk]))
    screened.clear()
    url = reverse("routines:builder_publish", args=[plan.pk])
    assert_few(posted(browser, url, {"revision": plan.revision, "etag": ""}, status=422), 13)
    assert [screening.overall for screening in screened] == ["REFER"]


@pytest.mark.parametrize("zone", [HEEL, ARCH])
def test_adding_a_step(signed: Client, jon: Member, browse: Any, screened: list[Any], zone: str) -> None:
    """With the draft that htmx puts in its place: each step judged anew."""
    plan, browser = make_draft(signed, jon, protocol="wind-down-sleep"), browse(jon)
    browser.get(reverse("routines:builder_edit", args=[plan.pk]))
    phase = first_phase(plan)
    before = list(phase.steps.all())
    screened.clear()
    url = reverse("routines:builder_add_step", args=[plan.pk, phase.pk])
    values = {"revision": plan.revision, "zone": zone}
    assert_few(posted(browser, url, values, status=200, headers={"HX-Request": "true"}), 12)
    assert len(screened) == 1
    after = list(phase.steps.all())
    assert [step.sequence for step in after] == list(range(1, len(before) + 2))
    assert [step for step in after if step in before] == before
    (new,) = (step for step in after if step not in before)
    assert new.zone_id == zone


def test_putting_another_step_in_its_place(noor: Client, jon: Member, browse: Any, screened: list[Any]) -> None:
    """The offer and the page after it rest on one assessment."""
    make_starter()
    make_signed_intake(noor, open_wound=[{"side": "right", "region": "arch"}])
    plan, browser = make_draft(noor, jon, zones=[ARCH]), browse(jon)
    page = browser.get(reverse("routines:builder_edit", args=[plan.pk])).context["page"]
    row = page.phases[0].steps[0]
    screened.clear()
    url = reverse("routines:builder_swap_step", args=[plan.pk, row.step.pk])
    values = {"revision": plan.revision, "option": row.substitutes[0].key}
    statements = posted(browser, url, values, status=200, headers={"HX-Request": "true"})
    assert_few(statements, 12)
    assert len(screened) == 1
    stored = Plan.objects.across_practices().get(pk=plan.pk)
    assert stored.revision == plan.revision + 1
