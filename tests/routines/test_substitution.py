"""The nearest steps that would be allowed: every offer passes the rules, and one click puts it in place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from clients.assessment.assess import screen_client
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.builder.edit import change_step
from routines.builder.substitutes import MOST, find_substitutes
from routines.catalog.versions import current_catalog
from routines.plans.check_draft import as_step, check_plan
from routines.plans.models import Plan
from routines.safety.check_steps import check_steps
from routines.safety.steps import validate_step
from tests.make import NOON
from tests.make_builder import first_step, make_draft
from tests.make_intake import make_signed_intake

NOW = NOON + timedelta(hours=1)
WOUND = {"open_wound": [{"side": "left", "region": "heel"}]}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def blocked_plan(client: Client, by: Member, **answers: Any) -> Plan:
    make_signed_intake(client, **answers)
    return make_draft(client, by)


def fresh(plan: Plan) -> Plan:
    return Plan.objects.across_practices().select_related("client__practice").get(pk=plan.pk)


def test_each_offer_passes_the_rules_and_the_nearest_comes_first(rules: None, noor: Client, jon: Member) -> None:
    plan = blocked_plan(noor, jon, **WOUND)
    catalog, screening = current_catalog(), screen_client(noor, at=NOW)
    step = as_step(1, first_step(plan))
    offered = find_substitutes(step, screening, catalog, cap="light")
    assert 1 < len(offered) <= MOST
    first = offered[0].step
    assert (first.zone, first.technique, first.side) == (step.zone, step.technique, "right")
    for option in offered:
        assert not validate_step(option.step, catalog)
        assert check_steps(screening, [option.step], catalog).may_be_released
        assert catalog.rank_of(option.step.pressure) <= catalog.rank_of("light")


def test_gentler_on_the_same_place_comes_first_where_that_is_enough(rules: None, noor: Client, jon: Member) -> None:
    make_signed_intake(noor, exhausted_today="yes")
    catalog, screening = current_catalog(), screen_client(noor, at=NOW)
    firm = replace(
        as_step(1, first_step(make_draft(noor, jon))), technique="area-massage", pressure="firm", tool="hands"
    )
    assert find_substitutes(firm, screening, catalog)[0].step == replace(firm, pressure="light")


def test_nothing_is_offered_where_the_answers_forbid_any_step(rules: None, noor: Client, jon: Member) -> None:
    plan = blocked_plan(noor, jon, fever_unwell="yes")
    assert find_substitutes(as_step(1, first_step(plan)), screen_client(noor, at=NOW), current_catalog()) == []


def test_one_click_swaps_and_is_screened_again(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    plan = blocked_plan(noor, jon, **WOUND)
    browser = browse(jon)
    edit = reverse("routines:builder_edit", args=[plan.pk])
    assert "allowed steps instead" in browser.get(edit).content.decode()
    offered = find_substitutes(as_step(0, first_step(plan)), screen_client(noor, at=NOW), current_catalog())
    swap = reverse("routines:builder_swap_step", args=[plan.pk, first_step(plan).pk])
    page = browser.post(swap, {"revision": fresh(plan).revision, "option": offered[-1].key}, follow=True)
    assert "allowed steps instead" not in page.content.decode()
    assert check_plan(fresh(plan), at=NOW).releasable
    assert first_step(plan).zone_id == offered[-1].step.zone


@pytest.mark.parametrize("option", ["", "heel-sleep-s1|circular-motion|both|strong|60", "x" * 900])
def test_only_what_is_offered_can_be_put_there(
    rules: None, noor: Client, jon: Member, browse: Any, option: str
) -> None:
    plan = blocked_plan(noor, jon, **WOUND)
    before = as_step(1, first_step(plan))
    swap = reverse("routines:builder_swap_step", args=[plan.pk, first_step(plan).pk])
    page = browse(jon).post(swap, {"revision": fresh(plan).revision, "option": option}, follow=True)
    assert "no longer offered" in page.content.decode()
    assert as_step(1, first_step(plan)) == before


def test_a_page_that_is_out_of_date_swaps_nothing(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    plan = blocked_plan(noor, jon, **WOUND)
    seen = fresh(plan).revision
    key = find_substitutes(as_step(0, first_step(plan)), screen_client(noor, at=NOW), current_catalog())[0].key
    change_step(first_step(plan), by=jon, at=NOW, note="Slowly.")
    swap = reverse("routines:builder_swap_step", args=[plan.pk, first_step(plan).pk])
    browse(jon).post(swap, {"revision": seen, "option": key})
    assert first_step(plan).side == "both"
