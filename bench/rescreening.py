"""How fast plans are checked again: `python bench/rescreening.py [--clients N]`.

Prints the seconds and the greatest memory for checking every running plan after a change of the rules in one worker,
and the time for one client with twelve steps. Uses a database of its own in memory; the full size is 100000.
"""

import argparse
import gc
import os
import resource
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DEMO", "1")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test.utils import get_runner  # noqa: E402

from clients.models import Client, Intake, ScreeningRecord  # noqa: E402
from clients.standing import stand  # noqa: E402
from routines.catalog_store import current_catalog  # noqa: E402
from routines.models import Plan, PlanVersion  # noqa: E402
from routines.recheck_marks import mark_all  # noqa: E402
from routines.rescreening import recheck_marked  # noqa: E402
from routines.safety import check_steps  # noqa: E402
from routines.version_check import as_step  # noqa: E402
from tests.make import NOON, make_client, make_member, make_practice  # noqa: E402
from tests.make_plan import make_published_plan  # noqa: E402

BLOCK = 2000
LATER = NOON + timedelta(minutes=5)


def make_clients(first: Plan, count: int) -> None:
    """Copies of one client with a released plan: each with answers and a screening of their own."""
    client, version = first.client, first.current_version
    intake = version.screening.intake
    answers, content, findings = intake.answers, version.content, version.screening.findings
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        clients, intakes, screenings, plans, versions = [], [], [], [], []
        for number in range(start, start + size):
            one = Client(
                practice=client.practice, user=client.user, name=f"Client {number}", email=f"c{number}@example.org",
                time_zone="Europe/London", registered_at=NOON,
            )  # fmt: skip
            told = Intake(
                client=one, questionnaire=intake.questionnaire, answers=answers, begun_at=NOON, saved_at=NOON,
                submitted_at=NOON, signature=None,
            )  # fmt: skip
            made = ScreeningRecord(
                client=one, intake=told, questionnaire=intake.questionnaire, made_at=NOON, for_day=NOON.date(),
                cause="publish", overall="CLEAR", findings=findings,
            )  # fmt: skip
            plan = Plan(
                client=one, title=first.title, starts_on=first.starts_on, state="draft", state_changed_at=NOON,
                created_at=NOON, changed_at=NOON, safe_until=first.safe_until,
            )  # fmt: skip
            frozen = PlanVersion(
                plan=plan, number=1, code=uuid.uuid4().hex[:8].upper(), content=content, screening=made,
                catalog=version.catalog, draft_revision=0, published_by=version.published_by, published_at=NOON,
            )  # fmt: skip
            for rows, row in zip(
                (clients, intakes, screenings, plans, versions), (one, told, made, plan, frozen), strict=True
            ):
                rows.append(row)
        Client.objects.bulk_create(clients)
        Intake.objects.bulk_create(intakes)
        ScreeningRecord.objects.bulk_create(screenings)
        Plan.objects.bulk_create(plans)
        PlanVersion.objects.bulk_create(versions)
        for plan, frozen in zip(plans, versions, strict=True):
            plan.current_version, plan.state = frozen, "published"
        Plan.objects.across_practices().bulk_update(plans, ["current_version", "state"], batch_size=300)


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def time_one(plan: Plan) -> float:
    """Milliseconds for screening a client's answers and twelve steps."""
    from clients.screening import screen
    from practice.clock import local_today

    standing, catalog = stand(plan.client, at=NOON), current_catalog()
    step = as_step(plan.current_version.content["phases"][0]["steps"][0])
    from dataclasses import replace

    steps = [replace(step, number=number) for number in range(12)]
    today, rounds = local_today(NOON, plan.client.time_zone), 300
    began = time.perf_counter()
    for _round in range(rounds):
        check_steps(screen(standing.questionnaire, standing.answers, (), today), steps, catalog)
    return (time.perf_counter() - began) / rounds * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    count = parser.parse_args().clients
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        practice = make_practice()
        plan = make_published_plan(make_client(practice), make_member(practice, "therapist", "jon@example.org"))
        print(f"one client x 12 steps: {time_one(plan):.2f} ms (goal 1)")
        make_clients(plan, count - 1)
        gc.collect()
        marked = mark_all(LATER)
        before, began, worked, done, half = megabytes(), time.perf_counter(), time.process_time(), 0, 0.0
        while found := recheck_marked(LATER):
            done += found
            if not half and done >= marked / 2:
                half = megabytes()
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        print(
            f"{done} plans in {seconds:.1f} s: {seconds / done * 100_000:.0f} s for 100000 (goal 60),"
            f" {worked / done * 100_000:.0f} s of them at work; memory"
            f" {before:.0f} MB before, {half:.0f} half-way, {megabytes():.0f} at the end"
        )
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
