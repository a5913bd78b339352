"""How fast plans are checked again: `python bench/rescreening.py [--clients N] [--database sqlite|postgres]`.

A crowd of clients who differ is written into a database of its own, the rules are changed, and one worker, in a process
of its own, checks every running plan. Prints what the crowd is like, seconds, seconds at work, and the worker's memory
before, half-way and at the end. The full size is 100000. SQLite is a file, as on a real site, so that the database
does not count as the worker's memory.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FULL = 100_000


@contextmanager
def database(kind: str, folder: str) -> Iterator[str]:
    """The address of an empty database that lives as long as the benchmark."""
    os.environ.pop("DATABASE_URL", None)
    if kind == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    os.environ.update(DJANGO_SETTINGS_MODULE="tests.settings", DATA_DIR=folder, DEMO="1")
    from tests.services import postgres  # from requirements/test.txt

    with postgres() as url:
        yield url


def setup() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.setdefault("DEMO", "1")
    import django

    django.setup()


# ---- One client


def time_one(standing: Any, steps: list[dict[str, Any]]) -> float:
    """Milliseconds for screening these answers and checking twelve steps, the median of 200."""
    from clients.screening.engine import screen
    from routines.catalog.versions import current_catalog
    from routines.plans.check_version import as_step
    from routines.safety.check_steps import check_steps

    catalog, today = current_catalog(), standing.screening.today
    twelve = [replace(as_step(step), number=n) for n, step in enumerate((steps * 12)[:12])]
    seconds = []
    for _turn in range(200):
        began = time.perf_counter()
        check_steps(screen(standing.questionnaire, standing.answers, standing.letters, today), twelve, catalog)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


def show_single_times() -> None:
    """For the running plan with the fewest and with the most findings, on one day, among the first 300."""
    from clients.assessment.assess import stand_many
    from routines.plans.models import Plan
    from tests.make import NOON

    rows = Plan.objects.across_practices().running().filter(client__name__startswith="Client")
    plans = list(rows.select_related("client", "current_version").order_by("pk")[:300])
    standings = stand_many([plan.client for plan in plans], at=NOON)
    plans.sort(key=lambda plan: len(standings[plan.client_id].screening.findings))
    for plan in (plans[0], plans[-1]):
        standing = standings[plan.client_id]
        steps = [step for phase in plan.current_version.content["phases"] for step in phase["steps"]]
        took = time_one(standing, [step for step in steps if step["technique"]])
        print(f"one client x 12 steps, {len(standing.screening.findings)} findings: {took:.2f} ms (goal 1)")


# ---- The worker


def megabytes(what: str = "VmRSS") -> float:
    """Memory of this process now, or with VmHWM the most it had; where the system does not tell, always the most."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024
    except OSError:
        kilo = 1024 if sys.platform != "darwin" else 1024 * 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / kilo


def speed_of_machine() -> float:
    """Megabytes of JSON that this process reads in a second at work: other programs and older machines lower it."""
    text = json.dumps([{"slug": f"word {number}", "seconds": number, "tool": None} for number in range(200)])
    began, turns = time.process_time(), 200
    for _turn in range(turns):
        json.loads(text)
    return len(text) * turns / (time.process_time() - began) / 1e6


def work(marked: int) -> None:
    """Check every marked plan, as the job does, and print the figures as JSON."""
    setup()
    from routines.rechecking.recheck import recheck_marked
    from tests.make import NOON

    at, done, memory, machine = NOON + timedelta(minutes=5), 0, [megabytes()], [speed_of_machine()]
    began, worked = time.perf_counter(), time.process_time()
    while found := recheck_marked(at):
        done += found
        if done > 2 * marked:
            raise SystemExit("The same plans are checked again and again.")
        if len(memory) < 1 + done * 4 // marked:
            memory.append(megabytes())
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    machine.append(speed_of_machine())
    told = {
        "done": done,
        "seconds": seconds,
        "worked": worked,
        "memory": memory,
        "peak": megabytes("VmHWM"),
        "machine": machine,
    }
    print(json.dumps(told))


def change_rules() -> int:
    """Publish the crowd's next rules. How many plans wait for a check after it."""
    from clients.questionnaire.versions import load_screening
    from routines.plans.models import Plan
    from tests.make import NOON
    from tests.make_crowd import crowded_rules

    began = time.perf_counter()
    load_screening(crowded_rules(), at=NOON + timedelta(minutes=5))
    marked = Plan.objects.across_practices().running().filter(recheck_since__isnull=False).count()
    print(f"rules published and {marked} plans marked in {time.perf_counter() - began:.1f} s")
    return marked


def run(count: int) -> None:
    setup()
    from django.core.management import call_command
    from django.db import connection, connections

    from routines.plans.models import Plan
    from tests.make_crowd import make_crowd

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    drawn = make_crowd(count).drawn
    print(
        f"{connection.vendor}: {count} clients of 50 practices in {time.perf_counter() - began:.0f} s:"
        f" {drawn['healthy']} healthy, {drawn['findings']} with findings, {drawn['letter']} with a letter;"
        f" {drawn['plans']} plans with {drawn['steps'] / drawn['plans']:.1f} steps"
        f" in {drawn['phases'] / drawn['plans']:.1f} phases"
    )
    show_single_times()
    marked = change_rules()
    connections.close_all()
    worker = subprocess.run(
        [sys.executable, __file__, "--work", str(marked)], check=True, capture_output=True, text=True, cwd=ROOT
    )
    told = json.loads(worker.stdout.splitlines()[-1])
    suspended = Plan.objects.across_practices().filter(state="suspended").count()
    each = FULL / told["done"]
    memory, machine = told["memory"], told["machine"]
    print(
        f"{told['done']} plans checked in {told['seconds']:.1f} s, {told['worked']:.1f} s of them at work;"
        f" {suspended} suspended. For {FULL}: {told['seconds'] * each:.0f} s, {told['worked'] * each:.0f} s at work"
        f" (goal 60)"
    )
    print(
        f"memory of the worker, MB: {', '.join(f'{at:.0f}' for at in memory)} from start to end by quarters,"
        f" at most {told['peak']:.0f}"
    )
    print(
        f"the machine: load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors;"
        f" {machine[0]:.0f} and {machine[1]:.0f} MB of JSON read per second at work, before and after"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--work", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work)
        return
    with tempfile.TemporaryDirectory(prefix="sole-practice-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        with database(options.database, folder) as url:
            os.environ["DATABASE_URL"] = url
            try:
                run(options.clients)
            finally:
                from django.db import connections

                connections.close_all()


if __name__ == "__main__":
    main()
