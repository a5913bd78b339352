"""Builders for drafts, through the product's own verbs."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from clients.roster.models import Client
from practice.core.clock import local_today
from practice.tenancy.models import Member
from routines.builder.edit import add_step, start_plan
from routines.catalog.versions import current_catalog
from routines.plans.models import Plan, PlanPhase, PlanStep
from tests.make import NOON

HEEL, ARCH = "heel-sleep-s1", "arch-sleep-s1"


def make_draft(
    client: Client,
    by: Member,
    protocol: str | None = None,
    *,
    at: datetime = NOON,
    starts_on: date | None = None,
    zones: Iterable[str] = (HEEL,),
    **more: Any,
) -> Plan:
    """Of `protocol`, or else a step for each of `zones`; from the client's own today on."""
    day = starts_on or local_today(at, client.time_zone)
    wanted = {"protocol": protocol} if protocol else {"zones": zones}
    return start_plan(client, catalog=current_catalog(), by=by, at=at, starts_on=day, **wanted, **more)


def add_steps(plan: Plan, count: int, by: Member, *, at: datetime = NOON) -> None:
    for _number in range(count):
        add_step(first_phase(plan), zone=HEEL, technique=None, catalog=current_catalog(), by=by, at=at)


def first_phase(plan: Plan) -> PlanPhase:
    return PlanPhase.objects.across_practices().filter(plan=plan).order_by("sequence").first()


def first_step(plan: Plan) -> PlanStep:
    return PlanStep.objects.across_practices().filter(phase=first_phase(plan)).order_by("sequence").first()
