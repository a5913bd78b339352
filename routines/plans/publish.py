"""Releasing a plan and taking it back. A released version never changes; every channel asks `visibility`."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from clients.assessment.assess import Assessment, record
from clients.record.models import ScreeningRecord
from clients.roster.lock import lock_client
from clients.roster.models import Client
from practice.audit import audit
from practice.core.edit_conflict import EditConflict
from practice.tenancy.models import Member, User
from routines.catalog.versions import current_catalog
from routines.plans import emails
from routines.plans.check_draft import PlanCheck, check_plan
from routines.plans.check_version import check_version
from routines.plans.content import CheckedSteps
from routines.plans.freeze import freeze
from routines.plans.models import Plan, PlanVersion
from routines.plans.refusals import DraftRefused, refuse_archived
from routines.plans.signals import plan_state_changed
from routines.plans.state_reason import Change, Hold, StateReason, joined

#: No 0/O, 1/I/L: the code is read off paper.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class PlanUnsafe(Exception):
    """The plan may not be released; `check` holds the findings and what is wrong with each step."""

    def __init__(self, check: PlanCheck) -> None:
        self.check = check
        super().__init__("plan is not releasable")


@transaction.atomic
def publish_plan(
    plan: Plan, *, by: Member, at: datetime, revision: int | None = None, etag: str | None = None
) -> PlanVersion:
    """Assess the client, check every step, freeze a version with that very assessment and tell the client.

    `revision` and `etag` (see PlanCheck) are what the page showed. A running plan keeps its version if draft,
    answers, rules and catalog are unchanged: asking twice releases once.
    Raises EditConflict when the page was out of date, DraftRefused for an ended plan or an archived
    client, PlanUnsafe when any step or the screening forbids release. Nobody can override any of them.
    """
    locked = _locked_with_client(plan)
    if locked.state == Plan.State.ENDED:
        raise DraftRefused(_("This plan has ended. Copy it to start a new one."))
    refuse_archived(locked.client)
    if revision is not None and locked.revision != revision:
        raise EditConflict("draft")
    check = check_plan(locked, at=at)
    if not check.releasable or locked.lacks_consent:
        raise PlanUnsafe(check)
    if etag is not None and etag != check.etag:
        raise EditConflict("answers")
    if locked.current_version and _is_current(locked, check):
        return locked.current_version
    is_new = locked.current_version is None
    with audit.together():
        screening = record(check.assessment, cause="publish", at=at, by=by)
        locked.current_version = version = _write_version(locked, check, screening, by=by, at=at)
        _set_state(locked, Plan.State.PUBLISHED, at=at, safe_until=check.safe_until)
        audit.record(by, "plan.published", version, practice=locked.client.practice, client_ref=locked.client_id)
        emails.plan_ready(locked, at=at)
        plan_state_changed.send(Plan, plan=locked, at=at, is_new=is_new)
    return version


def _write_version(plan: Any, check: PlanCheck, screening: ScreeningRecord, *, by: Member, at: datetime) -> PlanVersion:
    content = freeze(
        plan,
        check.phases,
        check.catalog,
        questionnaire=screening.questionnaire.number,
        catalog_number=check.catalog_version.number,
    )
    return PlanVersion.objects.create(
        plan=plan,
        number=(plan.last_number or 0) + 1,
        code=new_code(),
        content=content,
        checked_steps=CheckedSteps.of(content),
        screening=screening,
        catalog=check.catalog_version,
        draft_revision=plan.revision,
        published_by=by,
        published_at=at,
    )


def _is_current(plan: Plan, check: PlanCheck) -> bool:
    """Whether a release now would be the same as the current version."""
    version, assessment = plan.current_version, check.assessment
    return bool(
        version
        and assessment.intake
        and plan.state == Plan.State.PUBLISHED
        and version.draft_revision == plan.revision
        and version.catalog_id == check.catalog_version.pk
        and version.screening.intake_id == assessment.intake.pk
        and version.screening.questionnaire_id == getattr(assessment.version, "pk", None)
        and version.screening.practice_rules_id == getattr(assessment.rules, "pk", None)
        and plan.safe_until == check.safe_until
    )


@transaction.atomic
def suspend_plan(
    plan: Plan,
    *,
    by: Member | User | str,
    at: datetime,
    cause: str,
    change: Change | None = None,
    hold: Hold | None = None,
) -> Plan:
    """Take the plan off every channel at once. `cause` is a short word; `change` is what the therapist reads; a `hold`
    says what may end the pause. A plan on hold stays paused, and by both reasons.
    """
    locked = _locked(plan)
    if locked.state == Plan.State.PUBLISHED or locked.hold:
        reason: StateReason = {"cause": cause}
        if change:
            reason |= {"answers": change["answers"], "findings": change["findings"], "steps": change["steps"]}
        if hold:
            reason["hold"] = hold
        if locked.hold and locked.state_reason:
            reason = joined(locked.state_reason, reason)
        _set_state(locked, Plan.State.SUSPENDED, at=at, reason=reason)
        audit.record(by, "plan.suspended", locked, practice=locked.client.practice, client_ref=locked.client_id)
        plan_state_changed.send(Plan, plan=locked, at=at, is_new=False)
    return locked


@transaction.atomic
def resume_plan(plan: Plan, *, by: Member, at: datetime) -> Plan:
    """Give a suspended version back unchanged. Raises DraftRefused, and PlanUnsafe unless it passes today's check."""
    locked = _locked_with_client(plan)
    if locked.state != Plan.State.SUSPENDED:
        return locked
    refuse_archived(locked.client)
    check = check_plan(locked, at=at)
    if not check.releasable or locked.has_unpublished_changes or locked.lacks_consent:
        raise PlanUnsafe(check)
    with audit.together():
        record(check.assessment, cause="resume", at=at, by=by)
        _set_state(locked, Plan.State.PUBLISHED, at=at, safe_until=check.safe_until)
        audit.record(by, "plan.resumed", locked, practice=locked.client.practice, client_ref=locked.client_id)
        plan_state_changed.send(Plan, plan=locked, at=at, is_new=False)
    return locked


@transaction.atomic
def resume_held(plan: Plan, *, assessment: Assessment, by: Member | User | str, at: datetime) -> bool:
    """Give a plan back that a client's day had put on hold, as it was released, where the client's assessment allows
    every step of it; False where it does not, or where the plan is not on hold any more.

    The caller holds the client's row, and has asked whether the hold may end.
    """
    locked = _locked_with_client(plan)
    if not locked.hold or locked.current_version is None or locked.lacks_consent or locked.client.archived_at:
        return False
    if not check_version(locked.current_version.checked_steps, assessment, current_catalog()).is_safe:
        return False
    _set_state(locked, Plan.State.PUBLISHED, at=at, safe_until=assessment.safe_until)
    audit.record(by, "plan.resumed", locked, practice=locked.client.practice, client_ref=locked.client_id)
    plan_state_changed.send(Plan, plan=locked, at=at, is_new=False)
    return True


@transaction.atomic
def end_plan(plan: Plan, *, by: Member, at: datetime) -> Plan:
    """End the plan for good: it can be copied, but not given back."""
    locked = _locked(plan)
    if locked.state != Plan.State.ENDED:
        _set_state(locked, Plan.State.ENDED, at=at)
        audit.record(by, "plan.ended", locked, practice=locked.client.practice, client_ref=locked.client_id)
        plan_state_changed.send(Plan, plan=locked, at=at, is_new=False)
    return locked


def suspend_plans_of(
    client: Client, *, by: Member | User | str, at: datetime, cause: str, hold: Hold | None = None
) -> int:
    """Suspend every plan of a client that runs or is on hold, for instance after a consent was withdrawn; how many."""
    released = Plan.objects.for_practice(client.practice_id).filter(
        client=client, state__in=[Plan.State.PUBLISHED, Plan.State.SUSPENDED]
    )
    concerned = [plan for plan in released.order_by("pk") if plan.is_published or plan.hold]
    for plan in concerned:
        suspend_plan(plan, by=by, at=at, cause=cause, hold=hold)
    return len(concerned)


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _place in range(8))


def _locked(plan: Plan) -> Plan:
    return (
        Plan.objects.across_practices()
        .select_for_update(of=("self",), no_key=True)
        .select_related("client__practice")
        .get(pk=plan.pk)
    )


class _Standing(TypedDict):
    lacks_consent: bool
    last_number: int | None


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    _PlanToRun = WithAnnotations[Plan, _Standing]


def _locked_with_client(plan: Plan) -> "_PlanToRun":
    """For what sets a plan running: its client's row, then its own, with `lacks_consent` and `last_number`.

    Answers, letters and consents change, and versions are made, only by whoever holds the client's row; so nothing of
    them is other than what is read from here on.
    """
    client = lock_client(plan.client_id)
    numbers = PlanVersion.objects.across_practices().filter(plan=OuterRef("pk")).order_by("-number").values("number")
    rows = Plan.objects.across_practices().with_consents().annotate(last_number=Subquery(numbers[:1]))
    locked = (
        rows.select_for_update(of=("self",), no_key=True).select_related("current_version__screening").get(pk=plan.pk)
    )
    locked.client = client
    return cast("_PlanToRun", locked)


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
