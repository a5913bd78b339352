"""Plans stay alive after their release: every change that they rest on has them checked again.

A change marks the plans that it touches in its own transaction (recheck_marks), or has them checked there and then.
Until a marked plan is checked no channel shows it; a job works through the marks, and whoever opens a marked plan has
it checked on the spot. A plan that passes goes on; one that does not is suspended with what changed.
"""

import gc
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from django.db import DatabaseError, transaction

from clients.assessment.assess import Standing, answers_of, stand_many
from clients.record.models import Intake, ScreeningRecord
from clients.roster.models import Client
from clients.screening.answer_text import answer_label
from clients.screening.findings_text import stored_findings
from practice.core.clock import local_today
from practice.sealed.field import Sealed, SealedField
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.check_version import VersionCheck, check_version
from routines.plans.models import Plan, PlanVersion
from routines.plans.publish import suspend_plan
from routines.plans.visibility import Showing, may_show
from routines.rechecking.marks import mark_aged

logger = logging.getLogger(__name__)

BATCH = 500
STEPS = cast(SealedField, PlanVersion._meta.get_field("checked_steps"))
#: Screenings that are made by releasing: the release itself is the check.
OWN_CAUSES = frozenset({"publish", "resume"})


def shown_now(plan: Plan, *, at: datetime) -> Showing:
    """THE question of every channel. A plan that waits for a check is checked first; `plan` is brought up to date."""
    if is_waiting(plan, at):
        recheck_plan(plan, at=at)
        plan.refresh_from_db(fields=["state", "state_changed_at", "state_reason", "safe_until", "recheck_since"])
    return may_show(plan, at=at)


def is_waiting(plan: Plan, at: datetime) -> bool:
    if plan.state != Plan.State.PUBLISHED:
        return False
    outlived = plan.safe_until is not None and local_today(at, plan.client.time_zone) > plan.safe_until
    return outlived or plan.recheck_since is not None


def recheck_plan(plan: Plan, *, at: datetime, cause: str = "time") -> bool:
    """Check one running plan now. True when it may go on."""
    return _recheck([plan.pk], at=at, cause=cause) == 0


def client_screened(record: ScreeningRecord, at: datetime) -> None:
    """For clients.assessment.assess.after_screening: answers, a red flag or a letter changed what is known of a client."""
    if record.cause in OWN_CAUSES:
        return
    recheck_plans_of(record.client, at=at, cause=record.cause)


def recheck_plans_of(client: Client, *, at: datetime, cause: str) -> None:
    """Check every running plan of a client now, in the caller's transaction."""
    running = Plan.objects.for_practice(client.practice_id).running().filter(client=client)
    keys = list(running.values_list("pk", flat=True))
    if keys:
        _recheck(keys, at=at, cause=cause)


def recheck_marked(at: datetime, *, limit: int = BATCH) -> int:
    """Check up to `limit` marked plans. How many there were; 0 means that nothing waits. Any number of workers may."""
    keys = _marked_keys(limit)
    if not keys and mark_aged(at):
        keys = _marked_keys(limit)
    if keys:
        with _without_collector():
            _recheck(keys, at=at, cause="rules")
    return len(keys)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A batch makes a million objects that go by themselves; looking for circles among them took a quarter of its
    time. Between batches the collector runs as ever."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _marked_keys(limit: int) -> list[Any]:
    marked = Plan.objects.across_practices().running().filter(recheck_since__isnull=False)
    return list(marked.order_by("pk").values_list("pk", flat=True)[:limit])


class Running(NamedTuple):
    """What a check reads of a running plan: whole rows took a fifth of its time."""

    key: uuid.UUID
    client: uuid.UUID
    safe_until: date | None
    version: uuid.UUID
    steps: Sealed


@transaction.atomic
def _recheck(keys: Sequence[Any], *, at: datetime, cause: str) -> int:
    """How many had to be suspended.

    The rows are locked before answers and rules are read: a change that comes meanwhile marks them again after this.
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
    clients = Client.objects.across_practices().filter(pk__in={plan.client for plan in plans})
    standings = stand_many(list(clients.only("practice_id", "time_zone", "born_on")), at=at)
    by_day: dict[date | None, list[Running]] = {}
    suspended = 0
    for plan in plans:
        standing = standings[plan.client]
        safe_until, change = standing.safe_until, _unsafe_change(plan, standing, catalog)
        if change is None:
            by_day.setdefault(safe_until, []).append(plan)
        else:
            suspend_plan(Plan(pk=plan.key), by="rescreening", at=at, **{"cause": cause, **change})
            suspended += 1
    _take_marks_off(by_day)
    return suspended


def _take_marks_off(by_day: Mapping[date | None, Sequence[Running]]) -> None:
    """From plans that passed, by the day until which they are good now. Most keep theirs: one update for them all."""
    rows = Plan.objects.across_practices()
    kept = [plan.key for day, plans in by_day.items() for plan in plans if plan.safe_until == day]
    rows.filter(pk__in=kept).update(recheck_since=None)
    for day, plans in by_day.items():
        moved = [plan.key for plan in plans if plan.safe_until != day]
        if moved:
            rows.filter(pk__in=moved).update(recheck_since=None, safe_until=day)


def _unsafe_change(plan: Running, standing: Standing, catalog: Catalog) -> dict[str, Any] | None:
    """None when the plan may go on, else what suspend_plan is told."""
    try:
        check = check_version(STEPS.open(plan.steps, plan.version), standing, catalog)
        return None if check.is_safe else {"change": what_changed(plan.version, check, standing)}
    except DatabaseError:
        raise
    except Exception as fault:  # one that cannot be judged is taken away, and keeps nobody else's check waiting
        logger.warning("Plan %s cannot be checked: %s", plan.key, type(fault).__name__)
        return {"cause": "unreadable"}


def what_changed(version: Any, check: VersionCheck, standing: Standing) -> dict[str, Any]:
    """For the therapist: answers then and now, the rules that act now, and the steps that they stop."""
    return {
        "answers": _changed_answers(version, standing),
        "findings": [
            finding
            for finding in stored_findings(standing.questionnaire, standing.screening)
            if not check.may_release or any(finding["rule"] in step.rules for step in check.blocked)
        ],
        "steps": [
            {"n": step.number, "place": step.place, "states": step.states, "rules": list(step.rules)}
            for step in check.blocked
        ],
    }


def _changed_answers(version: Any, standing: Standing) -> list[dict[str, str]]:
    before = answers_of(Intake.objects.across_practices().get(screenings__released=version))
    changed = []
    for question in standing.questionnaire.questions:
        old, new = before.get(question.slug), standing.answers.get(question.slug)
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
