"""What a tick costs with few and with many planned reminders: `python bench/growth.py [--small | --full]`.

On a PostgreSQL of its own (DATABASE_URL, else the one from the test environment). Plans in bulk, four planned moments
each, none of them due; then the tick is timed with nothing due, and with DUE clients due and as many plans to be
planned. Prints the medians of both sizes, their ratio, the number of queries, and the memory of this process.
Small: 1,000 and 10,000 planned moments; full: 10,000 and 1,000,000. An idle tick also compares the next 100 plans
with what they were planned from; with few plans, now and then one that is left with less is among them.
"""

import argparse
import gc
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DEMO", "1")

SIZES = {"small": (1_000, 10_000), "full": (10_000, 1_000_000)}
MOMENTS = 4  # planned ahead for each plan in bulk
DUE, TICKS, ROUNDS = 100, 40, 5
BAR = 1.5
AT = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)

CLIENTS = """
INSERT INTO clients_client (id, practice_id, user_id, therapist_id, name, email, time_zone, language, not_present,
                            born_on, notes, revision, registered_at, archived_at)
SELECT md5('c' || n)::uuid, practice_id, user_id, therapist_id, 'Client ' || n, 'bulk' || n || '@example.org',
       time_zone, language, not_present, born_on, notes, 0, registered_at, NULL
FROM clients_client, generate_series(%(first)s, %(last)s) n WHERE id = %(client)s
"""
CONSENTS = """
INSERT INTO clients_consent (id, client_id, intake_id, purpose, wording, given_at, withdrawn_at)
SELECT md5('a' || n)::uuid, md5('c' || n)::uuid, NULL, 'reminders', 'Yes.', now(), NULL
FROM generate_series(%(first)s, %(last)s) n
"""
PLANS = """
INSERT INTO routines_plan ({columns}) SELECT {values}
FROM routines_plan, generate_series(%(first)s, %(last)s) n WHERE id = %(plan)s
"""
VERSIONS = """
INSERT INTO routines_planversion ({columns}) SELECT {values}
FROM routines_planversion, generate_series(%(first)s, %(last)s) n WHERE id = %(version)s
"""
RELEASE = """
UPDATE routines_plan SET current_version_id = v.id, state = 'published' FROM routines_planversion v
WHERE v.plan_id = routines_plan.id AND routines_plan.current_version_id IS NULL
"""
HORIZONS = """
INSERT INTO routines_reminderhorizon (plan_id, version_id, basis, planned_until, replan_at)
SELECT md5('p' || n)::uuid, md5('v' || n)::uuid, %(basis)s, %(at)s::timestamptz + interval '60 days',
       %(at)s::timestamptz + interval '30 days' + n * interval '1 second'
FROM generate_series(%(first)s, %(last)s) n
"""
REMINDERS = """
INSERT INTO routines_reminder (id, plan_id, local_day, slot, due_at, state, reason, note, is_own, message_id)
SELECT md5('r' || n || '-' || m)::uuid, md5('p' || n)::uuid, '2026-05-01'::date + m, '08:00',
       '2026-05-01 08:00+00'::timestamptz + m * interval '1 day' + (n %% 600) * interval '1 second', 'planned', '', '',
       false, NULL
FROM generate_series(%(first)s, %(last)s) n, generate_series(1, %(moments)s) m
"""


@contextmanager
def database() -> Iterator[None]:
    """Django on a test database of PostgreSQL."""
    from tests.services import postgres

    with postgres() as url:
        os.environ["DATABASE_URL"] = url
        import django

        django.setup()
        from django.conf import settings
        from django.test.utils import get_runner

        runner = get_runner(settings)(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        try:
            yield
        finally:
            runner.teardown_databases(databases)


def copied(table: str, own: dict[str, str]) -> dict[str, str]:
    """Column list and values of a copy of one row with `own` values in place."""
    from django.db import connection

    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    return {"columns": ", ".join(names), "values": ", ".join(own.get(name, name) for name in names)}


def fill(sample: Any, first: int, last: int) -> None:
    """Plans `first` to `last` in bulk, each with a client, a version, a horizon and MOMENTS planned reminders."""
    from django.db import connection

    from routines.reminders.preferences import wishes_of

    plan = {"id": "md5('p' || n)::uuid", "client_id": "md5('c' || n)::uuid", "state": "'draft'"}
    version = {"id": "md5('v' || n)::uuid", "plan_id": "md5('p' || n)::uuid", "code": "'B' || n"}
    given = {
        "first": first, "last": last, "client": sample.client_id, "plan": sample.pk, "moments": MOMENTS,
        "version": sample.current_version_id, "at": AT, "basis": wishes_of(sample.client).basis("Europe/London"),
    }  # fmt: skip
    statements = [
        CLIENTS,
        CONSENTS,
        PLANS.format(**copied("routines_plan", {**plan, "current_version_id": "NULL"})),
        VERSIONS.format(**copied("routines_planversion", version)),
        RELEASE,
        HORIZONS,
        REMINDERS,
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, given)
        cursor.execute("VACUUM ANALYZE")


def tick(at: Any) -> int:
    """What one wake does, but for the hand-over itself."""
    from routines.reminders import replan_queue, send

    send.mirror_outcomes()
    replan_queue.compare_slice(at)
    return send.plan_ahead(at) + send.queue_due(at)


def measure() -> dict[str, Any]:
    """Milliseconds of an idle tick and of one with work, and the queries of each."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from routines.reminders.models import Reminder, ReminderHorizon

    made = list(ReminderHorizon.objects.across_practices().filter(plan__client__email__startswith="due"))
    idle, busy = [], []
    at = AT + timedelta(hours=1)
    for _tick in range(3 + TICKS):
        at += timedelta(seconds=10)
        idle.append(timed(tick, at))
    with CaptureQueriesContext(connection) as asked_idle:
        tick(at + timedelta(seconds=10))
    idle_queries = len(asked_idle)
    for _round in range(1 + ROUNDS):
        at += timedelta(minutes=40)
        keys = [horizon.pk for horizon in made]
        ReminderHorizon.objects.across_practices().filter(pk__in=keys).update(replan_at=AT)
        Reminder.objects.across_practices().filter(plan__in=keys, slot="12:00").delete()
        Reminder.objects.bulk_create(
            Reminder(plan_id=key, local_day=at.date(), slot="12:00", due_at=at - timedelta(seconds=5), is_own=True)
            for key in keys
        )
        with CaptureQueriesContext(connection) as asked_busy:
            busy.append(timed(tick, at))
        busy_queries = len(asked_busy)
        assert Reminder.objects.across_practices().filter(plan__in=keys, slot="12:00", state="queued").count() == DUE
    return {
        "idle": statistics.median(idle[3:]),
        "idle nine in ten": statistics.quantiles(idle[3:], n=10)[-1],
        "busy": statistics.median(busy[1:]),
        "busy most": max(busy[1:]),
        "idle queries": idle_queries,
        "busy queries": busy_queries,
    }


def timed(work: Any, *given: Any) -> float:
    began = time.perf_counter()
    work(*given)
    return (time.perf_counter() - began) * 1000


def peak() -> float:
    """Megabytes, the greatest so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def explained() -> Iterator[str]:
    """Which index PostgreSQL takes for the two reads that a tick begins with."""
    from routines.reminders.models import Reminder, ReminderHorizon

    at = AT + timedelta(hours=1)
    due = Reminder.objects.across_practices().planned().filter(due_at__gte=AT, due_at__lte=at).order_by("due_at")
    replan = ReminderHorizon.objects.across_practices().filter(replan_at__lte=at).order_by("replan_at")
    for rows in (due.values_list("plan", flat=True)[:400], replan.values_list("pk", flat=True)[:200]):
        yield " / ".join(line.strip() for line in rows.explain().splitlines() if "Scan" in line)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--small", action="store_const", dest="size", const="small", default="small")
    options.add_argument("--full", action="store_const", dest="size", const="full")
    few, many = SIZES[options.parse_args().size]
    with database():
        found, before = {}, 0
        sample = make_due_clients()
        for size in (few, many):
            began = time.perf_counter()
            fill(sample, before // MOMENTS + 1, size // MOMENTS)
            before = size
            filled = time.perf_counter() - began
            gc.collect()
            least = peak()
            found[size] = measure()
            told = ", ".join(f"{what} {value:.3g}" for what, value in found[size].items())
            print(f"{size:>9} planned: {told}; memory {least:.0f} -> {peak():.0f} MB (filled in {filled:.0f} s)")
        for line in explained():
            print(f"  {line}")
        for what in ("idle", "idle nine in ten", "busy", "busy most"):
            print(f"{what} tick: {found[many][what] / found[few][what]:.2f} x (bar: {BAR})")


def make_due_clients() -> Any:
    """DUE clients through the ordinary builders, whose plans can be read; the first one's plan is the sample."""
    from routines.plans.models import Plan
    from tests.make import make_client, make_member, make_practice
    from tests.make_reminders import make_running_plan

    practice = make_practice()
    by = make_member(practice, "therapist", "jon@example.org")
    plans = [make_running_plan(make_client(practice, f"due{n}@example.org", f"Due {n}"), by) for n in range(DUE)]
    tick(AT)
    return Plan.objects.across_practices().select_related("client__practice", "current_version").get(pk=plans[0].pk)


if __name__ == "__main__":
    main()
