"""Released plans stay safe: whatever they rest on, a change of it has them checked again.

A change flags the plans that it touches, in its own transaction, or has them checked there and then. Until a flagged
plan is checked no channel shows it; a job works through the flags, and whoever opens a flagged plan has it checked on
the spot. A plan that passes goes on; one that does not is suspended, and says what changed.
"""

import gc
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction

from clients.assessment.assess import Assessment, assess_many
from clients.questionnaire.versions import rules_in_force
from clients.record.known_answers import answers_of
from clients.record.models import Intake, ScreeningRecord
from clients.roster.models import Client
from clients.screening.answer_text import answer_label
from clients.screening.findings_text import stored_findings
from practice.core.clock import local_today
from practice.sealed.field import Sealed
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.check_version import VersionCheck, check_version
from routines.plans.models import Plan, PlanVersion
from routines.plans.publish import suspend_plan
from routines.plans.state_reason import Change, ChangedAnswer
from routines.plans.visibility import Visibility, visibility_of
from routines.rechecking.flags import flag_outdated

logger = logging.getLogger(__name__)

BATCH = 500
STEPS = PlanVersion._meta.get_field("checked_steps")
#: Screenings made by a release, which is itself the check.
OWN_CAUSES = frozenset({"publish", "resume"})


def checked_visibility(plan: Plan, *, at: datetime) -> Visibility:
    """Whether a plan may be shown now; every channel asks this before it shows one.

    A plan that waits for a check is checked first, and `plan` is then brought up to date.
    """
    if is_waiting(plan, at):
        recheck_plan(plan, at=at)
        plan.refresh_from_db(fields=["state", "state_changed_at", "state_reason", "safe_until", "recheck_since"])
    return visibility_of(plan, at=at)


def is_waiting(plan: Plan, at: datetime) -> bool:
    if plan.state != Plan.State.PUBLISHED:
        return False
    outlived = plan.safe_until is not None and local_today(at, plan.client.time_zone) > plan.safe_until
    return outlived or plan.recheck_since is not None


def recheck_plan(plan: Plan, *, at: datetime, cause: str = "time") -> bool:
    """Check one running plan now. Returns whether it may go on."""
    return _recheck([plan.pk], at=at, cause=cause) == 0


def client_screened(record: ScreeningRecord, assessment: Assessment, at: datetime) -> None:
    """Check the client's running plans, unless a plan's own release made the screening."""
    if record.cause in OWN_CAUSES:
        return
    known = assessment if assessment.is_in_force else None
    recheck_plans_of(record.client, at=at, cause=record.cause, known=known)


def recheck_plans_of(client: Client, *, at: datetime, cause: str, known: Assessment | None = None) -> None:
    """Check every running plan of a client now, in the caller's transaction; by an assessment that is at hand.

    A plan on hold that would not pass waits for the therapist from now on, whatever the answers of a later day say.
    """
    released = Plan.objects.for_practice(client.practice_id).filter(
        client=client, state__in=[Plan.State.PUBLISHED, Plan.State.SUSPENDED]
    )
    plans = list(released.only("state", "state_reason", "current_version_id").order_by("pk"))
    if keys := [plan.pk for plan in plans if plan.is_published]:
        _recheck(keys, at=at, cause=cause, known=known)
    if held := [plan for plan in plans if plan.hold]:
        _end_unsafe_holds(client, held, at=at, cause=cause)


def _end_unsafe_holds(client: Client, held: Sequence[Plan], *, at: datetime, cause: str) -> None:
    assessment, catalog = assess_many([client], at=at)[client.pk], current_catalog()
    for plan in held:
        version = plan.current_version
        if version is None:
            continue
        check = check_version(version.checked_steps, assessment, catalog)
        if not check.is_safe:
            change = what_changed(version.pk, check, assessment)
            suspend_plan(plan, by="rescreening", at=at, cause=cause, change=change)


def recheck_flagged(at: datetime, *, limit: int = BATCH) -> int:
    """Check up to `limit` flagged plans; how many there were. Any number of workers may call it at once."""
    keys = _flagged_keys(limit)
    if not keys and flag_outdated(at):
        keys = _flagged_keys(limit)
    if keys:
        with _without_collector():
            _recheck(keys, at=at, cause="rules")
    return len(keys)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the garbage collector for a batch, which makes a million objects without cycles; looking for cycles took
    a quarter of its time. Between batches the collector runs as usual."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _flagged_keys(limit: int) -> list[Any]:
    flagged = Plan.objects.across_practices().running().filter(recheck_since__isnull=False)
    return list(flagged.order_by("pk").values_list("pk", flat=True)[:limit])


class Running(NamedTuple):
    """What a check reads of a running plan; reading whole rows took a fifth of its time."""

    key: uuid.UUID
    client: uuid.UUID
    safe_until: date | None
    version: uuid.UUID
    steps: Sealed


@transaction.atomic
def _recheck(keys: Sequence[Any], *, at: datetime, cause: str, known: Assessment | None = None) -> int:
    """Check running plans by their keys. Returns how many had to be suspended.

    The rows are locked before answers and rules are read, so that a change meanwhile flags them again afterwards.
    `known`: the assessment of the one client whose plans these are, made by an act that holds the client's row. It is
    taken unless the rules have changed since.
    """
    running = Plan.objects.across_practices().running()
    locked = list(
        running.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    )
    columns = ("pk", "client_id", "safe_until", "current_version_id", "current_version__checked_steps")
    plans = [Running(*row) for row in running.filter(pk__in=locked).order_by("pk").values_list(*columns)]
    if not plans:
        return 0
    catalog = current_catalog()
    assessments = _assessments(plans, at, known)
    by_day: dict[date | None, list[Running]] = {}
    suspended = 0
    for plan in plans:
        assessment = assessments[plan.client]
        safe_until, unsafe = assessment.safe_until, _why_unsafe(plan, assessment, catalog, cause)
        if unsafe is None:
            by_day.setdefault(safe_until, []).append(plan)
        else:
            why, change = unsafe
            suspend_plan(Plan(pk=plan.key), by="rescreening", at=at, cause=why, change=change)
            suspended += 1
    _clear_flags(by_day)
    return suspended


def _assessments(plans: Sequence[Running], at: datetime, known: Assessment | None) -> dict[uuid.UUID, Assessment]:
    """Of each plan's client."""
    if known and known.intake:
        client = known.intake.client
        if rules_in_force(client.practice_id).is_same(known.version, known.rules):
            return {client.pk: known}
    clients = Client.objects.across_practices().filter(pk__in={plan.client for plan in plans})
    return assess_many(list(clients.only("practice_id", "time_zone", "born_on", "not_present")), at=at)


def _clear_flags(by_day: Mapping[date | None, Sequence[Running]]) -> None:
    """Clear the flags of plans that passed, by the day until which they are good now; one update for each new day."""
    rows = Plan.objects.across_practices()
    kept = [plan.key for day, plans in by_day.items() for plan in plans if plan.safe_until == day]
    rows.filter(pk__in=kept).update(recheck_since=None)
    for day, plans in by_day.items():
        moved = [plan.key for plan in plans if plan.safe_until != day]
        if moved:
            rows.filter(pk__in=moved).update(recheck_since=None, safe_until=day)


def _why_unsafe(
    plan: Running, assessment: Assessment, catalog: Catalog, cause: str
) -> tuple[str, Change | None] | None:
    """None when the plan may go on, else the cause and the change that `suspend_plan` is told."""
    try:
        check = check_version(STEPS.open(plan.steps, plan.version), assessment, catalog)
        return None if check.is_safe else (cause, what_changed(plan.version, check, assessment))
    except DatabaseError:
        raise
    except Exception as fault:  # one that cannot be judged is suspended, and does not keep the others' checks waiting
        logger.warning("Plan %s cannot be checked: %s", plan.key, type(fault).__name__)
        return "unreadable", None


def what_changed(version: uuid.UUID, check: VersionCheck, assessment: Assessment) -> Change:
    """For the therapist: the answers then and now, the rules that act now, and the steps that they stop."""
    return {
        "answers": _changed_answers(version, assessment),
        "findings": [
            finding
            for finding in stored_findings(assessment.questionnaire, assessment.screening)
            if not check.may_release or any(finding["rule"] in step.rules for step in check.blocked)
        ],
        "steps": [
            {"n": step.number, "place": step.place, "states": step.states, "rules": list(step.rules)}
            for step in check.blocked
        ],
    }


def _changed_answers(version: uuid.UUID, assessment: Assessment) -> list[ChangedAnswer]:
    before = answers_of(Intake.objects.across_practices().get(screenings__released=version))
    changed: list[ChangedAnswer] = []
    for question in assessment.questionnaire.questions:
        old, new = before.get(question.slug), assessment.answers.get(question.slug)
        old_value, new_value = (old.value if old else None), (new.value if new else None)
        if old_value != new_value:
            changed.append(
                {
                    "question": question.question,
                    "before": answer_label(question, old_value),
                    "now": answer_label(question, new_value),
                }
            )
    return changed
