"""Redis is emptied and killed again and again: it holds no truth, so nothing is lost and sending soon goes on."""

import bisect
import random
import time

import redis

from bench.chaos import verdict, world
from bench.chaos.options import Options
from bench.chaos.promises import Promise, at_most, known
from bench.chaos.site import Site

START_SECONDS, SECONDS_EACH = 6.0, 3.0
BAR = 60.0


def run(site: Site, options: Options) -> list[Promise]:
    chance = random.Random(options.seed)
    seconds = max(options.kills * SECONDS_EACH, options.n / 50)
    people = world.fill(world.spread(seconds, options.n), START_SECONDS)
    site.add_redis()
    site.add_sink()
    site.add_worker(1)
    site.add_worker(2)
    site.add_beat()
    site.start()
    world.wait_for(people)
    ends = [_strike(site, chance, seconds / options.kills, number) for number in range(options.kills)]
    waited = verdict.wait_settled(people, options.patience)
    events = site.events()
    taken, last = sorted(event.at for event in events if event.kind == "taken"), max(one.due_at for one in people)
    resumed = _resumed(taken, ends, world.on_clock(last))
    return [
        *verdict.each_once(people, events),
        known("emptied, killed", f"{(options.kills + 1) // 2} x, {options.kills // 2} x"),
        at_most("sending goes on, after the worst of them", max(resumed, default=0.0), BAR),
        at_most("all settled, after the last reminder or strike", waited, BAR),
    ]


def _strike(site: Site, chance: random.Random, seconds: float, number: int) -> float:
    """Half of them FLUSHALL, half SIGKILL and a pause. When it was over."""
    before = chance.uniform(0.1, 0.6) * seconds
    time.sleep(before)
    began = time.monotonic()
    if number % 2 == 0:
        with redis.Redis(unix_socket_path=str(site.redis_path)) as there:
            there.flushall()
    else:
        site.parts["redis"].kill()
        time.sleep(chance.uniform(0.1, min(2.0, seconds / 2)))
        site.start("redis")
    over = time.monotonic()
    time.sleep(max(0.0, seconds - before - (over - began)))
    return over


def _resumed(taken: list[float], ends: list[float], last: float) -> list[float]:
    """Seconds from the end of each strike to the next accepted message; without any, for ever.

    `last`: when the last was due; a strike after it has none.
    """
    before = [end for end in ends if end < last]
    nexts = ((end, bisect.bisect(taken, end)) for end in before)
    return [taken[place] - end if place < len(taken) else float("inf") for end, place in nexts]
