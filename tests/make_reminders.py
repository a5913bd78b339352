"""Builders for plans that remind, frozen directly: what a release needs to be safe is tested with the builder."""

import itertools
from datetime import date, datetime
from typing import Any

from clients.questionnaire.models import QuestionnaireVersion
from clients.record.models import Consent, Intake, ScreeningRecord
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.mail.outbox import queue
from practice.tenancy.models import Member
from routines.catalog.models import CatalogVersion
from routines.plans.check_version import steps_to_check
from routines.plans.models import Plan, PlanVersion
from routines.reminders.replan_queue import mark_plans
from tests.make import NOON

_numbers = itertools.count(1)


def content(times: tuple[str, ...] = ("07:30",), starts_on: date = date(2026, 3, 1), **phase: Any) -> dict[str, Any]:
    first = {"name": "", "focus": "", "from_day": 1, "to_day": None, "weekdays": [1, 2, 3, 4, 5, 6, 7], "steps": []}
    return {
        "title": "Heel and arch comfort",
        "note": "",
        "starts_on": starts_on.isoformat(),
        "phases": [{**first, "times": list(times), **phase}],
    }


def agree(client: Client, at: datetime = NOON) -> Consent:
    return Consent.objects.create(client=client, purpose="reminders", wording="Yes, remind me.", given_at=at)


def make_running_plan(client: Client, by: Member, *, at: datetime = NOON, agreed: bool = True, **frozen: Any) -> Plan:
    number = next(_numbers)
    if agreed and not client.consents.in_force().filter(purpose="reminders").exists():
        agree(client, at)
    questionnaire, _made = QuestionnaireVersion.objects.get_or_create(
        number=1, defaults={"document": {}, "digest": "1", "created_at": at}
    )
    catalog = CatalogVersion.objects.first() or CatalogVersion.objects.create(created_at=at, digest="1", document={})
    intake = client.intakes.first() or Intake.objects.create(
        client=client, questionnaire=questionnaire, begun_at=at, saved_at=at
    )
    screening = ScreeningRecord.objects.create(
        client=client,
        intake=intake,
        questionnaire=questionnaire,
        made_at=at,
        for_day=at.date(),
        cause="publish",
        overall="CLEAR",
    )
    plan = Plan.objects.create(
        client=client,
        title="Heel and arch comfort",
        starts_on=date(2026, 3, 1),
        state_changed_at=at,
        created_at=at,
        changed_at=at,
    )
    contents = content(**frozen)
    plan.current_version = PlanVersion.objects.create(
        plan=plan,
        number=1,
        code=f"T{number:07}",
        content=contents,
        checked_steps=steps_to_check(contents),
        screening=screening,
        catalog=catalog,
        draft_revision=0,
        published_by=by,
        published_at=at,
    )
    plan.state = Plan.State.PUBLISHED
    plan.save()
    mark_plans(Plan.objects.across_practices().filter(pk=plan.pk))
    return plan


def freeze_again(plan: Plan, at: datetime, **frozen: Any) -> None:
    """A second release with other times."""
    old = plan.current_version
    contents = content(**frozen)
    plan.current_version = PlanVersion.objects.create(
        plan=plan,
        number=old.number + 1,
        code=f"U{next(_numbers):07}",
        content=contents,
        checked_steps=steps_to_check(contents),
        screening=old.screening,
        catalog=old.catalog,
        draft_revision=0,
        published_by=old.published_by,
        published_at=at,
    )
    plan.save()
    mark_plans(Plan.objects.across_practices().filter(pk=plan.pk))


def make_message(at: datetime = NOON, to: str = "noor@example.org", **fields: Any) -> OutboundMessage:
    fields.setdefault("context", {"name": "Noor", "url": "http://testserver/"})
    return queue("plan_ready", to=to, at=at, **fields)
