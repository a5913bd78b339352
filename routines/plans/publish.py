"""Releasing a plan and taking it back. A released version never changes; every channel asks `routines.plans.visibility`."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.assessment.assess import intake_in_force, record_screening
from clients.questionnaire.versions import current_questionnaire
from clients.roster.models import Client
from practice.audit import audit
from practice.tenancy.models import Member
from routines.builder.edit import DraftMoved, DraftRefused, refuse_archived
from routines.catalog.versions import current_catalog, current_version
from routines.plans import emails
from routines.plans.check_draft import PlanCheck, check_plan, has_consents
from routines.plans.check_version import steps_to_check
from routines.plans.freeze import freeze
from routines.plans.models import Plan, PlanVersion
from routines.reminders.plan import replan

#: No 0/O, 1/I/L: the code is read off paper.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class PlanUnsafe(Exception):
    """The plan may not be released; `check` holds the findings and what is wrong with each step."""

    def __init__(self, check: PlanCheck) -> None:
        self.check = check
        super().__init__("plan is not releasable")


class AnswersMoved(Exception):
    """The client's answers, letters or the rules changed after the page was opened; nothing was released."""


@transaction.atomic
def publish_plan(
    plan: Plan, *, by: Member, at: datetime, revision: int | None = None, mark: str | None = None
) -> PlanVersion:
    """Screen anew, check every step, freeze a version and tell the client.

    `revision` and `mark` (see PlanCheck) are what the page showed. A running plan of which nothing changed, neither
    draft nor answers nor rules nor catalog, keeps its version: asking twice releases once.
    Raises DraftMoved or AnswersMoved when the page was out of date, DraftRefused for an ended plan or an archived
    client, PlanUnsafe when any step or the screening forbids release. Nobody can override any of them.
    """
    locked = _locked(plan)
    if locked.state == Plan.State.ENDED:
        raise DraftRefused(_("This plan has ended. Copy it to start a new one."))
    refuse_archived(locked.client)
    if revision is not None and locked.revision != revision:
        raise DraftMoved
    check = check_plan(locked, at=at)
    if not check.releasable or not has_consents(locked.client):
        raise PlanUnsafe(check)
    if mark is not None and mark != check.mark:
        raise AnswersMoved
    if locked.current_version and _is_current(locked, check):
        return locked.current_version
    screening = record_screening(locked.client, cause="publish", at=at, by=by)
    catalog_row, catalog = current_version(), current_catalog()
    content = freeze(
        locked,
        check.phases,
        catalog,
        questionnaire=screening.questionnaire.number,
        catalog_number=catalog_row.number,
    )
    version = PlanVersion.objects.create(
        plan=locked,
        number=(locked.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        code=new_code(),
        content=content,
        checked_steps=steps_to_check(content),
        screening=screening,
        catalog=catalog_row,
        draft_revision=locked.revision,
        published_by=by,
        published_at=at,
    )
    locked.current_version = version
    _set_state(locked, Plan.State.PUBLISHED, at=at, safe_until=check.safe_until)
    audit.record(by, "plan.published", version, practice=locked.client.practice, client_ref=locked.client_id)
    emails.plan_ready(locked, at=at)
    replan(locked, at=at)
    return version


def _is_current(plan: Plan, check: PlanCheck) -> bool:
    version = plan.current_version
    intake = intake_in_force(plan.client)
    return bool(
        version
        and intake
        and plan.state == Plan.State.PUBLISHED
        and version.draft_revision == plan.revision
        and version.catalog_id == current_version().pk
        and version.screening.intake_id == intake.pk
        and version.screening.questionnaire_id == current_questionnaire()[0].pk
        and version.screening.practice_rules_id == getattr(check.standing.rules, "pk", None)
        and plan.safe_until == check.safe_until
    )


@transaction.atomic
def suspend_plan(
    plan: Plan, *, by: Member | str, at: datetime, cause: str, change: dict[str, Any] | None = None
) -> Plan:
    """Take the plan away from every channel at once. `cause` is a short word; `change` is what the therapist reads."""
    locked = _locked(plan)
    if locked.state == Plan.State.PUBLISHED:
        _set_state(locked, Plan.State.SUSPENDED, at=at, reason={"cause": cause, **(change or {})})
        audit.record(by, "plan.suspended", locked, practice=locked.client.practice, client_ref=locked.client_id)
        replan(locked, at=at)
    return locked


@transaction.atomic
def resume_plan(plan: Plan, *, by: Member, at: datetime) -> Plan:
    """Give a suspended version back unchanged. Raises PlanUnsafe unless it passes today's check, or DraftRefused."""
    locked = _locked(plan)
    if locked.state != Plan.State.SUSPENDED:
        return locked
    refuse_archived(locked.client)
    check = check_plan(locked, at=at)
    if not check.releasable or locked.has_unpublished_changes or not has_consents(locked.client):
        raise PlanUnsafe(check)
    record_screening(locked.client, cause="resume", at=at, by=by)
    _set_state(locked, Plan.State.PUBLISHED, at=at, safe_until=check.safe_until)
    audit.record(by, "plan.resumed", locked, practice=locked.client.practice, client_ref=locked.client_id)
    replan(locked, at=at)
    return locked


@transaction.atomic
def end_plan(plan: Plan, *, by: Member, at: datetime) -> Plan:
    """For good: a copy can be started from it, but it is not given back."""
    locked = _locked(plan)
    if locked.state != Plan.State.ENDED:
        _set_state(locked, Plan.State.ENDED, at=at)
        audit.record(by, "plan.ended", locked, practice=locked.client.practice, client_ref=locked.client_id)
        replan(locked, at=at)
    return locked


def suspend_plans_of(client: Client, *, by: Member | str, at: datetime, cause: str) -> int:
    """Every running plan of a client, for instance after a consent was withdrawn. How many there were."""
    running = list(Plan.objects.for_practice(client.practice_id).running().filter(client=client).order_by("pk"))
    for plan in running:
        suspend_plan(plan, by=by, at=at, cause=cause)
    return len(running)


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _place in range(8))


def _locked(plan: Plan) -> Plan:
    return (
        Plan.objects.across_practices()
        .select_for_update(of=("self",), no_key=True)
        .select_related("client__practice", "client__user", "current_version__screening")
        .get(pk=plan.pk)
    )


def _set_state(plan: Plan, state: str, *, at: datetime, **more: Any) -> None:
    plan.state, plan.state_changed_at = state, at
    plan.state_reason = more.get("reason")
    if "safe_until" in more:
        plan.safe_until = more["safe_until"]
    plan.recheck_since = None
    plan.save(
        update_fields=["state", "state_changed_at", "state_reason", "safe_until", "recheck_since", "current_version"]
    )
    if state != Plan.State.PUBLISHED:
        emails.take_back_ready(plan, at=at)
