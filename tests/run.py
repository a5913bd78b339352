"""`make test`: four lanes at once, so that while the real site waits the others work.

`python -m tests.run [fast]`: `fast` leaves out the real site and Chromium. Further words go to pytest.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from tests.services import OURS, postgres

IN_PROCESS = "not services and not browser"
FROM_MODELS = ("--no-migrations",)
NOTHING_CHOSEN = 5  # pytest's code where no test of the lane fits the words


@dataclass
class Lane:
    """One run of pytest. What it says is printed when it ends."""

    name: str
    marks: str
    words: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)

    def command(self, words: list[str]) -> list[str]:
        return [sys.executable, "-m", "pytest", "-m", self.marks, *self.words, *words]


def lanes(url: str, is_fast: bool) -> Iterator[Lane]:
    """Everything runs on PostgreSQL, and on SQLite what differs there: tests marked `both`, which say why.

    The site and Chromium run on SQLite too, as `make run` does. Their databases are made by the migrations, those of
    the workers on PostgreSQL too; the first two lanes make theirs from the models, which takes a tenth of the time, and
    `make lint` holds that both are the same.
    """
    two = ["-n", "2", "--dist", "loadfile"]
    # Both workers must find the parameters of a test in the same order.
    yield Lane("PostgreSQL", IN_PROCESS, [*FROM_MODELS, *two], {"DATABASE_URL": url, "PYTHONHASHSEED": "0"})
    yield Lane("SQLite", f"both and not pure and not postgres and {IN_PROCESS}", list(FROM_MODELS))
    if not is_fast:
        real = {"TEST_DATABASE_IN_FILE": "1", "TEST_POSTGRES": url}
        yield Lane("the running site, Redis and Celery", "services and not browser", env=real)
        yield Lane("Chromium", "browser", env=real)


def environment(**own: str) -> dict[str, str]:
    """Without the settings of a real site, and without the product's own, which importing it names."""
    left_out = (*OURS, "DJANGO_SETTINGS_MODULE")
    return {**{name: value for name, value in os.environ.items() if name not in left_out}, **own}


def start(lane: Lane, words: list[str], said: IO[str]) -> subprocess.Popen[bytes]:
    # Tests with real clocks go before those that only compute.
    command = lane.command(words) if "TEST_POSTGRES" in lane.env else ["nice", *lane.command(words)]
    return subprocess.Popen(command, env=environment(**lane.env), stdout=said, stderr=subprocess.STDOUT)


def run(chosen: list[Lane], words: list[str]) -> list[int]:
    begun = time.monotonic()
    print(f"Running at once: {', '.join(lane.name for lane in chosen)} …", flush=True)
    codes = []
    with contextlib.ExitStack() as stack:
        running = {}
        for lane in chosen:
            said = stack.enter_context(tempfile.TemporaryFile("w+"))
            running[lane.name] = (start(lane, words, said), said)
            stack.callback(running[lane.name][0].terminate)
        while running:
            for name in [name for name, (process, _said) in running.items() if process.poll() is not None]:
                process, said = running.pop(name)
                said.seek(0)
                print(f"\n== {name} ({time.monotonic() - begun:.0f} s)\n{said.read()}", flush=True)
                codes.append(process.returncode)
            time.sleep(0.2)
    return codes


def main(words: list[str]) -> int:
    is_fast = words[:1] == ["fast"]
    with postgres() as url:
        codes = run(list(lanes(url, is_fast)), words[is_fast:])
    chosen = [code for code in codes if code != NOTHING_CHOSEN]
    return max(chosen) if chosen else NOTHING_CHOSEN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
