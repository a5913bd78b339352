"""Workers, beat, web and Redis are killed while reminders leave: nothing is lost, nothing comes twice."""

import time

from bench.chaos import schedule, verdict, world
from bench.chaos.options import Options
from bench.chaos.promises import Promise, known, none_of
from bench.chaos.schedule import Kill
from bench.chaos.sink import Event
from bench.chaos.site import Site
from bench.chaos.world import Person

#: A start of all parts, and of each part after its death, takes seconds of both cores.
START_SECONDS, SECONDS_A_KILL = 6.0, 2.5


def run(site: Site, options: Options) -> list[Promise]:
    seconds = max(options.kills * SECONDS_A_KILL, options.n / 50)
    people = world.fill(world.spread(seconds, options.n), START_SECONDS)
    _add_all(site, options.seed)
    site.start()
    planned = schedule.kills(options.seed, options.kills, seconds)
    world.wait_for(people)
    struck = Executioner(site, planned).work_through()
    waited = verdict.wait_settled(people, options.patience)
    return [
        known("seconds of kills, then until all was settled", f"{seconds:.0f}, {waited:.1f}"),
        known("killed", ", ".join(f"{count} x {name}" for name, count in sorted(struck.items()))),
        *verdict.each_once(people, events := site.events()),
        *(_nothing_in_doubt(people, events) if options.resend else []),
    ]


def _nothing_in_doubt(people: list[Person], events: list[Event]) -> list[Promise]:
    fates = world.fates(people).values()
    return [
        known("repeated, and known to the provider by their key", sum(event.kind == "repeat" for event in events)),
        none_of("still in doubt", sum(fate.state == "unconfirmed" for fate in fates)),
    ]


def _add_all(site: Site, seed: int) -> None:
    site.add_redis()
    # Long enough for a kill to fall between any two steps, and short enough for two workers to keep up.
    site.add_sink(stall=0.006, seed=seed)
    site.add_web()
    site.add_worker(1)
    site.add_worker(2)
    site.add_beat()


class Executioner:
    """Works through a schedule, and brings each part back after its pause, as the supervisor would."""

    def __init__(self, site: Site, planned: list[Kill]) -> None:
        self._site, self._planned = site, planned
        self._back_at: dict[str, float] = {}

    def work_through(self) -> dict[str, int]:
        """Returns once everything is up again. How often each part was struck."""
        began, struck = time.monotonic(), dict.fromkeys(schedule.WEIGHTS, 0)
        waiting = list(self._planned)
        while waiting or self._back_at:
            now = time.monotonic() - began
            self._bring_back(now)
            if waiting and waiting[0].at <= now:
                kill = waiting.pop(0)
                struck[kill.part] += self._strike(kill, now)
            time.sleep(0.01)
        return struck

    def _strike(self, kill: Kill, now: float) -> int:
        part = self._site.parts[kill.part]
        if kill.child is not None and part.is_up and part.kill_child(kill.child):
            return 1
        part.kill()
        self._back_at[kill.part] = now + kill.pause
        return 1

    def _bring_back(self, now: float) -> None:
        for name, part in self._site.parts.items():
            if not part.is_up and name not in self._back_at:
                part.kill()  # it ended by itself: what it left goes as well
                self._back_at[name] = now + 0.5
        for name in [name for name, at in self._back_at.items() if at <= now]:
            del self._back_at[name]
            if not self._site.parts[name].is_up:
                self._site.parts[name].start()
