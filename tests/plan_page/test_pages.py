"""A plan as the practice sees it, the lists, pausing, giving back and ending."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clients.consent.consent import withdraw_consent
from clients.roster.models import Client
from clients.roster.roster import archive_client
from practice.audit.models import AuditEntry
from practice.tenancy.models import Member
from routines.builder.edit import change_plan
from routines.plans.models import Plan
from routines.plans.publish import end_plan, publish_plan, suspend_plan
from routines.sessions.models import RoutineSession
from tests.factories.builder import make_draft
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan
from tests.factories.reading import queries

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(signed: Client, jon: Member) -> Plan:
    return make_published_plan(signed, jon)


def at(name: str, plan: Plan) -> str:
    return reverse(f"routines:{name}", args=[plan.pk])


def seen(browser: Browser, path: str, **query: Any) -> str:
    return browser.get(path, query).content.decode()


def state(plan: Plan) -> str:
    return Plan.objects.across_practices().get(pk=plan.pk).state


def log_sessions(plan: Plan, count: int) -> None:
    for number in range(count):
        RoutineSession.objects.create(
            plan=plan, version=plan.current_version, local_day=NOON.date() - timedelta(days=number), state="done",
            begun_at=NOON - timedelta(days=number), log={"comfort_before": 4, "comfort_after": 6, "note": "<b>ok</b>"},
        )  # fmt: skip


def test_doors(plan: Plan, jon: Member, dana: Member, rex: Member, noor: Client, browse: Any, client: Browser) -> None:
    pages = [at("plan_detail", plan), at("plan_end", plan), reverse("routines:client_plans", args=[noor.pk])]
    acts = [at(name, plan) for name in ("plan_suspend", "plan_resume", "plan_end", "plan_copy")]
    for method, paths in (("get", pages), ("post", acts)):
        for path in paths:
            assert getattr(browse(rex), method)(path).status_code == 404
            assert getattr(browse(dana), method)(path).status_code == 403
            assert getattr(browse(noor), method)(path).status_code == 403
            assert "/accounts/login/" in getattr(client, method)(path)["Location"]
    for path in [*pages, reverse("routines:plans_list")]:
        assert browse(jon).get(path).status_code == 200
    for path in acts[:2]:
        assert browse(jon).get(path).status_code == 405
    assert browse(dana).get(reverse("routines:plans_list")).status_code == 403
    assert state(plan) == "published"


def test_another_practices_plans_are_not_listed(plan: Plan, rex: Member, browse: Any) -> None:
    assert "No plan here yet" in seen(browse(rex), reverse("routines:plans_list"))


def test_the_released_version_is_shown_and_looking_recorded(plan: Plan, jon: Member, browse: Any) -> None:
    page = seen(browse(jon), at("plan_detail", plan))
    assert "version 1, released 16 March 2026" in page
    assert plan.current_version.code in page
    assert "Nothing logged yet" in page
    assert "<svg" in page
    assert AuditEntry.objects.across_practices().filter(action="plan.viewed", subject_id=plan.pk).count() == 1


def test_a_draft_says_that_nobody_sees_it(signed: Client, jon: Member, browse: Any) -> None:
    page = seen(browse(jon), at("plan_detail", make_draft(signed, jon)))
    assert "Not released yet" in page
    assert "What the client did" not in page


def test_the_phase_in_hand_is_unfolded(signed: Client, jon: Member, browse: Any) -> None:
    plan = make_published_plan(signed, jon, protocol="plantar-phased", affected="left")
    second = plan.current_version.content.phases[1].id  # type: ignore[union-attr]
    with time_machine.travel(NOW + timedelta(days=20), tick=False):
        assert '<details class="phase" id="phase-1" open>' in seen(browse(jon), at("plan_detail", plan))
        browse(jon).post(at("plan_open_part", plan), {"part": second})
        page = seen(browse(jon), at("plan_detail", plan))
    assert '<details class="phase" id="phase-2" open>' in page
    assert '<details class="phase" id="phase-1">' in page


def test_pause_give_back_and_end(plan: Plan, jon: Member, browse: Any) -> None:
    browser = browse(jon)
    browser.post(at("plan_suspend", plan))
    assert state(plan) == "suspended"
    assert "Paused by the practice" in seen(browser, at("plan_detail", plan))
    for _twice in range(2):
        assert browser.post(at("plan_resume", plan), follow=True).status_code == 200
    assert state(plan) == "published"
    assert "End it for good" in seen(browser, at("plan_end", plan))
    assert state(plan) == "published"
    for _twice in range(2):
        assert browser.post(at("plan_end", plan), follow=True).status_code == 200
    assert state(plan) == "ended"
    page = seen(browser, at("plan_detail", plan))
    assert "Copy to a new draft" in page
    assert "Change the draft" not in page
    for name in ("plan_suspend", "plan_resume"):
        assert browser.post(at(name, plan), follow=True).status_code == 200
    assert state(plan) == "ended"


def test_what_is_no_longer_safe_is_not_given_back(plan: Plan, signed: Client, jon: Member, browse: Any) -> None:
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    make_signed_intake(signed, at=NOW, fever_unwell="yes")
    answer = browse(jon).post(at("plan_resume", plan), follow=True)
    assert "does not pass today" in answer.content.decode()
    assert state(plan) == "suspended"


def test_new_answers_that_pause_a_plan_are_told_with_question_rule_and_step(
    plan: Plan, signed: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(
        signed, at=NOW, heel_arch_pain=8, heel_pain_side="both", heel_pain_course="new_or_improving",
        heel_pain_assessed="yes",
    )  # fmt: skip
    assert state(plan) == "suspended"
    page = seen(browse(jon), at("plan_detail", plan))
    assert "Paused for safety" in page
    assert re.search(r"<s>[^<]+</s> <b>8", page)
    assert "Rule plantar-acute-flare" in page
    assert "Step 1: Heel" in page


def test_a_withdrawn_consent_is_named(plan: Plan, signed: Client, jon: Member, browse: Any) -> None:
    withdraw_consent(signed, purpose="home_routine", by=signed.user, at=NOW)
    assert state(plan) == "suspended"
    assert "Paused: a consent was withdrawn" in seen(browse(jon), at("plan_detail", plan))
    assert "Consent is missing" in seen(browse(jon), at("builder_edit", plan))
    browse(jon).post(at("plan_resume", plan))
    assert state(plan) == "suspended"


def test_an_archived_clients_plan_is_readable_only(plan: Plan, signed: Client, jon: Member, browse: Any) -> None:
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    archive_client(signed, by=jon, at=NOW)
    page = seen(browse(jon), at("plan_detail", plan))
    assert "record is archived" in page
    assert "Copy to a new draft" not in page
    answer = browse(jon).post(at("plan_resume", plan), follow=True)
    assert "Restore it before you change a plan" in answer.content.decode()
    assert state(plan) == "suspended"


@pytest.mark.parametrize("count", [3, 40])
def test_few_queries_whatever_was_logged(plan: Plan, signed: Client, jon: Member, browse: Any, count: int) -> None:
    log_sessions(plan, count)
    for number in range(1, min(count, 12)):
        change_plan(plan, by=jon, at=NOW, title=f"Routine {number}")
        publish_plan(plan, by=jon, at=NOW)
    browser = browse(jon)
    seen(browser, at("plan_detail", plan))
    assert queries(browser, at("plan_detail", plan)) <= 12
    page = seen(browser, at("plan_detail", plan))
    assert "<b>ok</b>" not in page
    if count == 40:
        assert "40 sessions" in page
        assert "and 4 earlier ones" in page
        assert page.count("4 before, 6 after") == 12
        assert (
            "16 March"
            not in seen(browser, at("plan_detail", plan), page="2").split('id="sessions"')[1].split("Reminders")[0]
        )
    for odd in ("x", "-1", "99999999999"):
        assert browser.get(at("plan_detail", plan), {"page": odd}).status_code == 200


@pytest.mark.parametrize("count", [3, 40])
def test_the_lists_are_cut_into_pages(rules: None, noor: Client, jon: Member, browse: Any, count: int) -> None:
    for _number in range(count):
        make_draft(noor, jon)
    browser, listed = browse(jon), reverse("routines:plans_list")
    of_client = reverse("routines:client_plans", args=[noor.pk])
    for path in (listed, of_client):
        seen(browser, path)
        assert queries(browser, path) <= 12
        assert seen(browser, path).count('class="row-item"') == min(count, 25)
    if count == 40:
        assert seen(browser, listed, page=2).count('class="row-item"') == 15
        assert 'href="?state=draft&amp;page=2"' in seen(browser, listed, state="draft")
        fragment = browser.get(of_client, HTTP_HX_REQUEST="true").content.decode()
        assert "All 40 plans" in fragment
        assert "<html" not in fragment
    assert seen(browser, listed, state="ended").count('class="row-item"') == 0
    assert seen(browser, listed, state="no-such").count('class="row-item"') == min(count, 25)


def test_a_very_long_name_does_no_harm(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    Client.objects.across_practices().filter(pk=noor.pk).update(name="<b>Ünï 足 🦶</b> " * 300)
    make_signed_intake(noor)
    plan = make_published_plan(noor, jon)
    pages = [at("plan_detail", plan), at("builder_edit", plan), at("plan_end", plan), reverse("routines:plans_list")]
    pages += [reverse("routines:plan_new", args=[noor.pk]), reverse("routines:attention_today")]
    for path in pages:
        page = seen(browse(jon), path)
        assert "<b>Ünï" not in page
        assert page.count("Ünï") < 40, path
    end_plan(plan, by=jon, at=NOW)
    assert browse(jon).get(at("plan_detail", plan)).status_code == 200


def test_the_newest_session_version_and_plan_come_first(plan: Plan, signed: Client, jon: Member, browse: Any) -> None:
    log_sessions(plan, 3)
    change_plan(plan, by=jon, at=NOON, title="Second release")
    publish_plan(plan, by=jon, at=NOON + timedelta(minutes=3))
    page = browse(jon).get(at("plan_detail", plan)).context["page"]
    assert [session.local_day.day for session in page.sessions] == [16, 15, 14]
    assert [version.number for version in page.versions] == [2, 1]
    later = make_draft(signed, jon, at=NOON + timedelta(hours=2), title="Latest")
    for address in (reverse("routines:plans_list"), reverse("routines:client_plans", args=[signed.pk])):
        assert [row.pk for row in browse(jon).get(address).context["page"]] == [later.pk, plan.pk]
