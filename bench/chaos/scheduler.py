"""Five beats at once send nothing twice, and without any beat everything still leaves."""

import time

from bench.chaos import verdict, world
from bench.chaos.options import Options
from bench.chaos.promises import Promise, at_most
from bench.chaos.site import Site

BEATS = 5
START_SECONDS = 6.0
WITHOUT_BEAT = 120.0


def run(site: Site, options: Options) -> list[Promise]:
    half = options.n // 2
    with_beats = world.fill(world.spread(half / 50, half), START_SECONDS)
    site.add_redis()
    site.add_sink(stall=0.02, seed=options.seed)
    site.add_worker(1)
    site.add_worker(2)
    for number in range(1, BEATS + 1):
        site.add_beat(number)
    site.start()
    verdict.wait_settled(with_beats, options.patience)
    for number in range(1, BEATS + 1):
        site.parts[f"beat{number}"].kill()
    without, first, last = _without_beat(site, options, options.n - half)
    return [
        *verdict.each_once(with_beats + without, site.events()),
        at_most("no beat: the first leaves, after its time", first, WITHOUT_BEAT),
        at_most("no beat: the last leaves, after its time", last, WITHOUT_BEAT + half / 50),
    ]


def _without_beat(site: Site, options: Options, count: int) -> tuple[list[world.Person], float, float]:
    """The worker comes up after everything is due. Seconds from its start until the first and the last was accepted."""
    for name in ("worker1", "worker2"):
        site.parts[name].kill()
    people = world.fill([0.0] * count)
    site.start("worker1")
    began = time.monotonic()
    verdict.wait_settled(people, options.patience)
    ours = {one.address for one in people}
    taken = [event.at - began for event in site.events() if event.kind == "taken" and event.address in ours]
    return (
        people,
        min(taken, default=float("inf")),
        max(taken, default=float("inf")) if len(taken) >= count else float("inf"),
    )
