"""How fast the pages are, on the site as `make run` starts it. A benchmark, not a test: it prints, and fails nothing.

    bench/run.py [--size small|full]

A private folder, the loopback, one connection that is kept alive, one client. Other programs on the machine slow it
down, so each figure also stands as a multiple of the sign-in page of the same server in the same run.
"""

import argparse
import dataclasses
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

REQUESTS = {"small": 40, "full": 200}
PDFS = {"small": 5, "full": 30}
#: Medians of wger on the machine that this was planned on, in milliseconds: median, 95th percentile.
WGER = {"plan": (38, 52), "pdf": (163, 245), "catalog": (29, 47)}


class Times(NamedTuple):
    median: float
    p95: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Times":
        ordered = sorted(seconds)
        return cls(statistics.median(ordered) * 1000, ordered[max(0, round(len(ordered) * 0.95) - 1)] * 1000)


class Line:
    """One connection that is kept alive, with its cookies."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("localhost", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, path: str) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        self.line.request("GET", path, headers=headers)
        answer = self.line.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.read()

    def sign_in(self, session_key: str) -> None:
        self.cookies["sessionid"] = session_key

    def times(self, path: str, count: int) -> Times:
        for _warm in range(max(3, count // 10)):
            status, _body = self.ask(path)
            if status != 200:
                raise SystemExit(f"{path} answered {status}; the benchmark measures pages that work.")
        seconds = []
        for _turn in range(count):
            began = time.perf_counter()
            self.ask(path)
            seconds.append(time.perf_counter() - began)
        return Times.of(seconds)


class Row(NamedTuple):
    what: str
    times: Times
    queries: int | None = None
    wger: tuple[int, int] | None = None


def show(rows: list[Row], base: Times) -> None:
    print(f"\n{'':<34}{'median':>9}{'95 %':>9}{'x sign-in':>11}{'queries':>9}   wger")
    for row in rows:
        queries = "" if row.queries is None else str(row.queries)
        theirs = f"{row.wger[0]} ms, {row.wger[1]} ms" if row.wger else ""
        ratio = row.times.median / base.median
        figures = f"{row.times.median:>6.1f} ms{row.times.p95:>6.1f} ms{ratio:>10.1f}x{queries:>9}"
        print(f"{row.what:<34}{figures}   {theirs}")


def django(data_dir: Path, port: int) -> None:
    os.environ.update(DEMO="1", DATA_DIR=str(data_dir), PORT=str(port), DJANGO_SETTINGS_MODULE="practice.settings")
    import django

    django.setup()


def sessions() -> dict[str, str]:
    """Session keys of the demo's therapist and client, as if they had signed in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from practice.tenancy.models import User

    keys = {}
    for who, address in (("therapist", "jon@demo.example"), ("client", "noor@demo.example")):
        user = User.objects.get(email=address)
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        keys[who] = store.session_key
    return keys


def queries_of(session_key: str, path: str) -> int:
    """Asked in this process, since the server keeps no count."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["*"]
    browser = Client()
    browser.cookies["sessionid"] = session_key
    browser.get(path)
    with CaptureQueriesContext(connection) as asked:
        browser.get(path)
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for query in asked)


def measure_drawing(size: str) -> Times:
    """The handout without the server's memory of sheets it has drawn; in this process, the page around it left out."""
    from django.utils import timezone

    from routines.catalog.versions import current_catalog
    from routines.handout import handout
    from routines.plans.models import Plan
    from routines.sessions.stop_rules import stop_rules

    plans = Plan.objects.across_practices().select_related("client__practice", "current_version")
    sheet = handout.handout_of(plans.get(client__email="noor@demo.example"), at=timezone.now())
    catalog, rules = current_catalog(), stop_rules()

    def once() -> object:
        handout._printed.cache_clear()
        return handout.draw_handout(sheet, catalog, rules)

    return Times.of(timed(once, PDFS[size]))


def measure_screening(size: str) -> Times:
    """One client, twelve steps: answers to findings to a verdict for each step and side."""
    from routines.catalog.versions import current_catalog
    from routines.plans.check_draft import as_step, draft_phases
    from routines.plans.models import Plan
    from routines.safety.check_steps import check_steps

    plan = Plan.objects.across_practices().select_related("client__practice").get(client__email="noor@demo.example")
    catalog = current_catalog()
    steps = [as_step(number, row) for phase in draft_phases(plan) for number, row in enumerate(phase.steps.all(), 1)]
    steps = [step for step in steps if step.technique]
    steps = [dataclasses.replace(step, number=number) for number, step in enumerate((steps * 12)[:12], 1)]
    return Times.of(timed(_screener(plan, catalog, steps, check_steps), 50 if size == "small" else 500))


def _screener(plan: object, catalog: object, steps: list, check_steps: Callable[..., object]) -> Callable[[], object]:
    from django.utils import timezone

    from clients.assessment.assess import stand
    from clients.screening.engine import screen
    from practice.core.clock import local_today

    now = timezone.now()
    standing = stand(plan.client, at=now)
    today = local_today(now, plan.client.time_zone)

    def once() -> object:
        screening = screen(standing.questionnaire, standing.answers, standing.letters, today)
        return check_steps(screening, steps, catalog)

    return once


def timed(once: Callable[[], object], count: int) -> list[float]:
    once()
    seconds = []
    for _turn in range(count):
        began = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - began)
    return seconds


def start(data_dir: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """The supervisor with everything under it, and the seconds until the first page answers."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")}
    env |= {"DEMO": "1", "DATA_DIR": str(data_dir), "PORT": str(port)}
    began = time.monotonic()
    log = (data_dir / "bench.log").open("wb")
    site = subprocess.Popen([sys.executable, "-m", "practice.startup.serve"], cwd=ROOT, env=env, stdout=log, stderr=log)
    while b"answers at" not in (data_dir / "bench.log").read_bytes():
        if site.poll() is not None or time.monotonic() - began > 180:
            raise SystemExit((data_dir / "bench.log").read_text(errors="replace"))
        time.sleep(0.1)
    return site, time.monotonic() - began


def stop(site: subprocess.Popen[bytes]) -> None:
    site.terminate()
    try:
        site.wait(40)
    except subprocess.TimeoutExpired:
        site.kill()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pages(size: str, port: int) -> tuple[list[Row], Times]:
    from routines.plans.models import Plan

    keys = sessions()
    plan = Plan.objects.across_practices().get(client__email="noor@demo.example").pk
    count = REQUESTS[size]
    base = Line(port).times("/accounts/login/", count)
    rows = [Row("sign-in page (the base)", base)]
    for what, who, path, theirs in (
        ("client: today", "client", "/me/", WGER["plan"]),
        ("client: plan", "client", "/me/plan/", WGER["plan"]),
        ("staff: plan", "therapist", f"/plans/{plan}/", WGER["plan"]),
        ("staff: builder", "therapist", f"/plans/{plan}/build/", None),
        ("staff: today", "therapist", "/today/", None),
        ("staff: clients", "therapist", "/clients/", None),
        ("staff: catalog", "therapist", "/catalog/", WGER["catalog"]),
        ("client: handout (PDF), asked again", "client", f"/me/plans/{plan}/handout.pdf", WGER["pdf"]),
    ):
        line = Line(port)
        line.sign_in(keys[who])
        times = line.times(path, PDFS[size] if path.endswith(".pdf") else count)
        rows.append(Row(what, times, queries_of(keys[who], path), theirs))
    return rows, base


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", choices=["small", "full"], default="full")
    size = options.parse_args().size
    data_dir, port = Path(tempfile.mkdtemp(prefix="sole-practice-bench-")), free_port()
    site = None
    try:
        site, first = start(data_dir, port)
        stop(site)
        site, second = start(data_dir, port)
        print(f"first start, everything installed: {first:.1f} s     second start: {second:.1f} s")
        django(data_dir, port)
        rows, base = pages(size, port)
        rows.append(Row("client: handout (PDF), drawn anew", measure_drawing(size), None, WGER["pdf"]))
        show(rows, base)
        screening = measure_screening(size)
        print(f"\nscreening, one client x 12 steps: {screening.median:.2f} ms, 95 % {screening.p95:.2f} ms (bar: 1 ms)")
    finally:
        if site is not None:
            stop(site)
        shutil.rmtree(data_dir, ignore_errors=True)


if __name__ == "__main__":
    main()
