"""Builders of released plans: the whole way, through the product's own verbs."""

from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from clients.questionnaire.models import QuestionnaireVersion
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.catalog.models import Zone
from routines.catalog.versions import load_catalog
from routines.plans.models import Plan, PlanPhase
from routines.plans.publish import publish_plan
from routines.sessions.day_answers import answer_day
from routines.sessions.end import end_session
from routines.sessions.log import begin_session
from routines.sessions.models import RoutineSession
from tests.factories.builder import make_draft
from tests.factories.day import day_reply
from tests.factories.intake import CATALOG, make_questionnaire, make_signed_intake
from tests.factories.people import NOON

_starter: list[models.Model] = []
#: The statements that copy the starter rows, with their values, as the first copy of this process was written.
_copy: list[tuple[str, Any]] = []


def make_starter() -> None:
    """The starter catalog and questionnaire. Loaded once by the product's verbs; what is then copied is rows, and
    from the third time on the same statements, which is a hundred times as fast as loading."""
    if not _starter:
        load_catalog(CATALOG, at=NOON)
        make_questionnaire()
        kinds = [
            kind for kind in apps.get_app_config("routines").get_models() if not kind.__name__.startswith("Historical")
        ]
        for kind in (*kinds, QuestionnaireVersion):
            _starter.extend(kind._base_manager.all())
    elif not Zone.objects.exists():
        with transaction.atomic():  # rows that name each other are checked at its end
            if _copy:
                with connection.cursor() as cursor:
                    for sql, values in _copy:
                        cursor.execute(sql, values)
            else:
                with connection.execute_wrapper(_note):
                    _copy_rows()


def _copy_rows() -> None:
    rows: dict[type[models.Model], list[models.Model]] = {}
    for row in _starter:
        rows.setdefault(type(row), []).append(copy(row))
    for kind, found in rows.items():
        kind._base_manager.bulk_create(found)


def _note(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: dict[str, Any]) -> Any:
    if sql.startswith("INSERT"):
        _copy.append((sql, values))
    return execute(sql, values, many, context)


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
    answer_day(session, day_reply(session, at=then), by=plan.client.user, at=then)
    return end_session(session, by=plan.client.user, at=then + timedelta(minutes=5), comfort_after=7, **log)
