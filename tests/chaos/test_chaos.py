"""Each run of `make chaos` in its small size. What is asserted is the promises; how long a run takes is not."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import services

pytestmark = pytest.mark.services
#: Runs mostly wait, so that some of them share the machine.
AT_ONCE = 4
RUNS = [
    "smtp sqlite",
    "clock sqlite",
    "kills sqlite",
    "kills postgresql",
    "kills sqlite resend",
    "stop sqlite",
    "stop postgresql",
    "broker postgresql",
    "scheduler sqlite",
    "punctual sqlite",
]


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest, ready: Path) -> Iterator[dict[str, Future]]:
    """Those that were chosen, begun together: name of the run -> its end."""
    chosen = {
        item.callspec.params["run"] for item in request.session.items if "runs" in getattr(item, "fixturenames", ())
    }
    with services.postgres() as url, ThreadPoolExecutor(AT_ONCE) as hands:
        yield {run: hands.submit(_run, run, ready, url) for run in RUNS if run in chosen}


def _run(run: str, folder: Path, url: str) -> "subprocess.CompletedProcess[str]":
    what, database, policy = [*run.split(), "hold"][:3]
    command = [
        sys.executable,
        "-m",
        "bench.chaos",
        what,
        "--database",
        database,
        "--policy",
        policy,
        "--ready",
        str(folder),
    ]
    env = services.environment(DATABASE_URL=url)
    return subprocess.run(command, cwd=services.ROOT, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("run", RUNS)
def test_every_promise_is_kept(runs: dict[str, Future], run: str) -> None:
    ended = runs[run].result()
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    assert "bar 0" in ended.stdout
    assert "BROKEN" not in ended.stdout
