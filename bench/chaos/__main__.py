"""Proof that reminders arrive once, whatever fails. Real processes, on the loopback only.

    python -m bench.chaos                     everything, in the small size
    python -m bench.chaos kills --n 3000 --kills 100 --database postgresql
    python -m bench.chaos all --full          the whole table, with the product's own times; hours

Each line is one promise: what was measured, and the bar. The exit code is 1 when a bar is missed; `--seed` repeats
the schedule of the run that printed it.
"""

import argparse
import contextlib
import importlib
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.chaos import ready as ready_sites
from bench.chaos import site as sites
from bench.chaos.options import EVERYTHING, FULL, SMALL, Options
from bench.chaos.promises import show
from tests import services

WITH_PAGES = {"kills", "stop"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=[*EVERYTHING, "all"], default="all")
    parser.add_argument("--n", type=int, help="how many reminders, messages or races")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--full", action="store_true", help="the size of the table, with the product's own times")
    parser.add_argument("--policy", choices=["hold", "resend"], default="hold", help="what becomes of mail in doubt")
    parser.add_argument("--ready", type=Path, help="a folder with tables and files made (bench/chaos/ready.py)")
    words = parser.parse_args()
    if words.what == "all":
        return _each_in_turn(words)
    n, kills = (FULL if words.full else SMALL)[words.what]
    n, kills = words.n if words.n is not None else n, words.kills if words.kills is not None else kills
    return run(
        Options(words.what, n, kills, words.seed, words.full, words.policy == "resend"), words.database, words.ready
    )


def run(options: Options, database: str, ready: Path | None = None) -> int:
    policy = " --policy resend" if options.resend else ""
    print(
        f"{options.what}: n {options.n}, kills {options.kills}, {database}, --seed {options.seed}{policy}", flush=True
    )
    settings = sites.OWN if options.full else sites.QUICK
    with sites.site(database, settings=settings, with_pages=options.what in WITH_PAGES, ready=ready) as site:
        if options.resend:
            site.env["EMAIL_IDEMPOTENCY_HEADER"] = "Idempotency-Key"
        scenario = importlib.import_module(f"bench.chaos.{options.what}")
        try:
            broken = show(scenario.run(site, options))
        except BaseException:
            print(site.words(), file=sys.stderr)
            raise
        if broken:
            print(site.words(), file=sys.stderr)
    return 1 if broken else 0


def _each_in_turn(words: argparse.Namespace) -> int:
    """Each in a process of its own, since Django is set up once for one site."""
    given = ["--seed", str(words.seed), "--database", words.database, *(["--full"] if words.full else [])]
    for name in ("n", "kills"):
        value = getattr(words, name)
        given += [f"--{name}", str(value)] if value is not None else []
    codes = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sp-chaos-")))
        url = stack.enter_context(services.postgres()) if words.database == "postgresql" else ""
        given += ["--ready", str(stack.enter_context(ready_sites.ready_site(folder, url)))]
        env = {**os.environ, "DATABASE_URL": url}
        for what in EVERYTHING:
            codes.append(subprocess.run([sys.executable, "-m", "bench.chaos", what, *given], env=env).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
