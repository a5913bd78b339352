"""Wording in the builder: what is said too boldly is kept and told; what may not leave the house is not released."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.builder.edit import change_phase, change_plan, change_step
from routines.plans.models import Plan
from tests.factories.builder import first_phase, first_step, make_draft
from tests.factories.people import NOON
from tests.factories.reading import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def plan(signed: Client, jon: Member) -> Plan:
    return make_draft(signed, jon)


def save(browser: Browser, plan: Plan, **values: str) -> Any:
    plan.refresh_from_db()
    sent = {"title": "Heel comfort", "starts_on": "2026-03-20", "note_to_client": "", "therapist_note": "", **values}
    return browser.post(
        reverse("routines:builder_change_plan", args=[plan.pk]), {"revision": plan.revision, **sent}, follow=True
    )


def release(browser: Browser, plan: Plan) -> Any:
    plan.refresh_from_db()
    return browser.post(reverse("routines:builder_publish", args=[plan.pk]), {"revision": plan.revision})


@pytest.mark.parametrize(
    "title", ["Back pain relief", "Sinus relief", "Immune support", "Sciatic nerve reset", "Liver cleanse"]
)
def test_a_bold_title_is_kept_and_told_with_another_wording(plan: Plan, jon: Member, browse: Any, title: str) -> None:
    page = html_of(save(browse(jon), plan, title=title))
    plan.refresh_from_db()
    assert plan.title == title
    assert 'id="about-plan" open' in page
    told = page.partition('class="wording is-caution"')[2].partition("</p>")[0]
    assert f"“{title}” is a health claim" in told
    assert "Heel and arch comfort" in told
    assert "Better said otherwise" in page
    assert release(browse(jon), plan).status_code == 302


@pytest.mark.parametrize(
    "note",
    ["You can skip your tablets on massage days.", "A sore spot here points to your kidneys.", "Stop your insulin."],
)
def test_advice_on_medicine_and_a_diagnosis_are_not_released(plan: Plan, jon: Member, browse: Any, note: str) -> None:
    saved = html_of(save(browse(jon), plan, note_to_client=note))
    assert "It cannot be released like this." in saved
    answer = release(browse(jon), plan)
    assert answer.status_code == 422
    assert "Not released" in html_of(answer)
    assert "<li>Note to the client: “" in html_of(answer)
    assert plan.versions.count() == 0
    change_plan(plan, by=jon, at=NOON, note_to_client="A real treat for your feet.")
    assert release(browse(jon), plan).status_code == 302


def test_a_condition_in_a_title_is_not_released(plan: Plan, jon: Member, browse: Any) -> None:
    save(browse(jon), plan, title="IBS and bloating")
    assert release(browse(jon), plan).status_code == 422
    assert plan.versions.count() == 0


def test_a_kind_sentence_is_not_spoken_of(plan: Plan, jon: Member, browse: Any) -> None:
    page = html_of(save(browse(jon), plan, note_to_client="A real treat for your feet."))
    assert 'class="wording' not in page
    assert "Better said otherwise" not in page


def test_phases_and_steps_are_told_where_they_stand(plan: Plan, jon: Member, browse: Any) -> None:
    change_phase(first_phase(plan), by=jon, at=NOON, focus="Detox for the whole body")
    change_step(first_step(plan), by=jon, at=NOON, note="This heals you.")
    page = html_of(browse(jon).get(reverse("routines:builder_edit", args=[plan.pk])))
    assert 'class="phase-edit" open' in page
    assert (
        "“Detox for the whole body” is a health claim"
        in page.partition('class="phase-edit"')[2].partition("</details>")[0]
    )
    assert "“heals” is a health claim" in page.partition('class="step-wording"')[2].partition("</div>")[0]
