"""The machine's clock jumps under worker and beat, by libfaketime: nothing is lost, nothing comes twice.

A jump forward makes later moments due at once, or too late to be of use; a jump back makes what was due wait. Each is
right by the clock that there is. When the clock is right again, everything goes on.
"""

import importlib.util
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from bench.chaos import verdict, world
from bench.chaos.options import Options
from bench.chaos.promises import Promise, known, none_of
from bench.chaos.site import Site
from practice.mail.lease import TOO_LATE
from routines.reminders.skip_reasons import CLOCK_REASONS

#: Hours. The last is the one that comes while most is still to be sent.
JUMPS = (2, -2, 24, -24, -1)
#: Seconds of sending before a jump, of a wrong clock, and of a right one before the next.
BEFORE, WRONG = 1.5, 3.0
#: Seconds that are waited with the clock right, before it is moved on to where the jumps had been.
LONGEST = 90.0
DAYS_AFTER = 2
#: A moment may rightly be given up for what the clock shows at the end, which is two days on.
BY_THE_CLOCK = (TOO_LATE, *CLOCK_REASONS)


class NoFakeClock(RuntimeError):
    """libfaketime does not move the clock of a program here."""


@dataclass
class FakeClock:
    """What worker and beat are preloaded with. The monotonic clock is left alone, as in a real jump."""

    path: Path

    @property
    def env(self) -> dict[str, str]:
        spec = importlib.util.find_spec("libfaketime")
        if spec is None or spec.origin is None:
            raise NoFakeClock("libfaketime is not installed; it is in requirements/test.txt")
        library = Path(spec.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
        }

    def set(self, hours: float) -> None:
        beside = self.path.with_suffix(".new")
        beside.write_text(f"{hours * 3600:+.0f}\n")
        beside.replace(self.path)

    def check(self) -> None:
        """Raises NoFakeClock where a jump does not reach a program."""
        self.set(24)
        told = subprocess.run(
            [sys.executable, "-c", "import time; print(time.time())"],
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
        )
        self.set(0)
        if not told.stdout or abs(float(told.stdout) - time.time() - 24 * 3600) > 60:
            raise NoFakeClock(f"a program's clock did not jump under {self.env['LD_PRELOAD']}: {told.stderr}")


def run(site: Site, options: Options) -> list[Promise]:
    clock = FakeClock(site.folder / "clock")
    clock.check()
    site.add_redis()
    site.add_sink(stall=0.2, seed=options.seed)  # so that a jump falls into the sending
    site.add_worker(1, **clock.env)
    site.add_worker(2, **clock.env)
    site.add_beat(1, **clock.env)
    site.start()
    people, chance = [], random.Random(options.seed)
    for hours in JUMPS:
        people += _jump(site, clock, hours, options.n // len(JUMPS), chance)
    waited = verdict.wait_settled(_due(people), LONGEST)
    waiting, skipped = world.open_rows(people), sum(fate.state == "skipped" for fate in world.fates(people).values())
    # What was queued or put off by a clock that ran ahead ends when that time has come.
    clock.set(DAYS_AFTER * 24)
    verdict.wait_settled(people, options.patience)
    return [
        *verdict.each_once(people, site.events(), skips=BY_THE_CLOCK),
        known("seconds until settled, after the clock was right again", f"{waited:.1f}"),
        none_of("skipped for the sake of a clock that was wrong", skipped),
        known("waiting then for the time that the clock had shown", waiting),
    ]


def _due(people: list[world.Person]) -> list[world.Person]:
    now: datetime = timezone.now()
    return [one for one in people if one.due_at <= now]


def _jump(site: Site, clock: FakeClock, hours: float, count: int, chance: random.Random) -> list[world.Person]:
    """A lot of reminders over the seconds before, within and after one jump; a worker dies while the clock is wrong."""
    people = world.fill(world.spread(BEFORE + WRONG, count))
    time.sleep(BEFORE)
    clock.set(hours)
    before = chance.uniform(0.2, 0.7) * WRONG
    time.sleep(before)
    site.parts["worker2"].kill()
    site.start("worker2")
    time.sleep(WRONG - before)
    clock.set(0)
    verdict.wait_settled(people, 10)
    return people
