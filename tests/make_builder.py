"""Builders for drafts and released plans, through the product's own verbs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from clients.roster.models import Client
from practice.core.clock import local_today
from practice.tenancy.models import Member
from routines.builder.edit import add_step, start_plan
from routines.catalog.versions import current_catalog
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.plans.publish import publish_plan
from tests.make import NOON
from tests.make_intake import make_signed_intake
from tests.make_plan import make_starter

HEEL, ARCH = "heel-sleep-s1", "arch-sleep-s1"


def make_rules() -> None:
    """The catalog and the questionnaire that every plan is checked against."""
    make_starter()


def make_draft(
    client: Client,
    by: Member,
    *,
    at: datetime = NOON,
    protocol: str | None = None,
    zones: Iterable[str] = (HEEL,),
    **more: Any,
) -> Plan:
    day = local_today(at, client.time_zone)
    wanted = {"protocol": protocol} if protocol else {"zones": zones}
    return start_plan(client, catalog=current_catalog(), by=by, at=at, starts_on=day, **wanted, **more)


def make_published_plan(client: Client, by: Member, *, at: datetime = NOON, **draft: Any) -> Plan:
    """For a client who has signed: answers are made healthy where there are none."""
    if not client.intakes.submitted().exists():
        make_signed_intake(client, at=at)
    plan = make_draft(client, by, at=at, **draft)
    publish_plan(plan, by=by, at=at)
    plan.refresh_from_db()
    return plan


def add_steps(plan: Plan, count: int, by: Member, *, at: datetime = NOON) -> None:
    for _number in range(count):
        add_step(first_phase(plan), zone=HEEL, technique=None, catalog=current_catalog(), by=by, at=at)


def first_phase(plan: Plan) -> PlanPhase:
    return PlanPhase.objects.across_practices().filter(plan=plan).order_by("sequence").first()


def first_step(plan: Plan) -> PlanStep:
    return PlanStep.objects.across_practices().filter(phase=first_phase(plan)).order_by("sequence").first()
