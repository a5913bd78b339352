"""Builders of released plans: the whole way, through the product's own verbs."""

from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction

from clients.questionnaire.models import QuestionnaireVersion
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.catalog.models import Zone
from routines.catalog.versions import load_catalog
from routines.plans.models import Plan, PlanPhase
from routines.plans.publish import publish_plan
from routines.sessions.day_answers import answer_day, day_asking
from routines.sessions.log import begin_session, end_session
from routines.sessions.models import RoutineSession
from tests.make import NOON
from tests.make_builder import make_draft
from tests.make_intake import CATALOG, make_questionnaire, make_signed_intake

_starter: list[models.Model] = []


def make_starter() -> None:
    """The starter catalog and questionnaire. Loaded once by the product's verbs, then copied row by row, which is
    thirty times as fast."""
    if not _starter:
        load_catalog(CATALOG, at=NOON)
        make_questionnaire()
        kinds = [
            kind for kind in apps.get_app_config("routines").get_models() if not kind.__name__.startswith("Historical")
        ]
        for kind in (*kinds, QuestionnaireVersion):
            _starter.extend(kind._base_manager.all())
    elif not Zone.objects.exists():
        rows: dict[type[models.Model], list[models.Model]] = {}
        for row in _starter:
            rows.setdefault(type(row), []).append(copy(row))
        with transaction.atomic():  # rows that name each other are checked at its end
            for kind, found in rows.items():
                kind._base_manager.bulk_create(found)


def make_published_plan(
    client: Client,
    by: Member,
    protocol: str | None = None,
    *,
    at: datetime = NOON,
    weekdays: list[int] | None = None,
    times: list[str] | None = None,
    note_to_client: str = "",
    **draft: Any,
) -> Plan:
    """A released plan, of one step on the heel where no protocol is named. Who has not signed signs healthy answers."""
    make_starter()
    if not client.intakes.submitted().exists():
        make_signed_intake(client, at=at)
    plan = make_draft(client, by, protocol, at=at, **draft)
    plan.note_to_client = note_to_client
    plan.save()
    for phase in PlanPhase.objects.across_practices().filter(plan=plan):
        phase.weekdays, phase.times = weekdays or phase.weekdays, times or phase.times
        phase.save()
    publish_plan(plan, by=by, at=at)
    return Plan.objects.across_practices().select_related("client__practice", "current_version").get(pk=plan.pk)


def make_done_session(plan: Plan, *, days_ago: int = 0, at: datetime = NOON, **log: Any) -> RoutineSession:
    then = at - timedelta(days=days_ago)
    session = begin_session(plan, by=plan.client.user, at=then, comfort_before=4)
    answer_day(session, day_asking(session, at=then).form().values, by=plan.client.user, at=then)
    return end_session(session, by=plan.client.user, at=then + timedelta(minutes=5), comfort_after=7, **log)
