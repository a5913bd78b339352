"""Which part is killed when: derived from a seed, so that a run that failed can be had again. Pure."""

import random
from dataclasses import dataclass
from itertools import pairwise

#: How often each is struck. Workers hold what matters.
WEIGHTS = {"worker1": 6, "worker2": 6, "beat1": 3, "redis": 3, "web": 2}
CHILD_ONLY = 0.25
LONGEST_PAUSE = 1.5


@dataclass(frozen=True)
class Kill:
    """At `at` seconds. `child`: None for the whole part, else which of its children (0..1). Back after `pause`."""

    at: float
    part: str
    pause: float
    child: float | None = None


def kills(seed: int, count: int, seconds: float) -> list[Kill]:
    """`count` kills over so many seconds. No part is struck while it is down; one that strikes after another's
    death is the common case, several at once a rare one."""
    chance = random.Random(seed)
    down_until = dict.fromkeys(WEIGHTS, 0.0)
    planned = []
    for at in sorted(chance.uniform(0.02, 0.98) * seconds for _each in range(count)):
        up = [name for name in WEIGHTS if down_until[name] < at] or list(WEIGHTS)
        name = chance.choices(up, [WEIGHTS[one] for one in up])[0]
        pause = chance.uniform(0.05, LONGEST_PAUSE)
        alone = chance.random() < CHILD_ONLY and name in ("worker1", "worker2", "web")
        down_until[name] = at if alone else at + pause
        planned.append(Kill(at, name, pause, chance.random() if alone else None))
    assert all(before.at <= after.at for before, after in pairwise(planned))
    return planned
