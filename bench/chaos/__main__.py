"""Proof that reminders arrive once, whatever fails. Real processes, on the loopback only.

    python -m bench.chaos                     everything, in the small size
    python -m bench.chaos kills --n 3000 --kills 100 --database postgresql
    python -m bench.chaos all --full          the whole table, with the product's own times; hours

Each line is one promise: what was measured, and the bar. The exit code is 1 when a bar is missed; `--seed` repeats
the schedule of the run that printed it.
"""

import argparse
import importlib
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.chaos import site as sites
from bench.chaos.options import EVERYTHING, FULL, SMALL, Options
from bench.chaos.promises import show

WITH_PAGES = {"kills", "stop"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=[*EVERYTHING, "all"], default="all")
    parser.add_argument("--n", type=int, help="how many reminders, messages or races")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--full", action="store_true", help="the size of the table, with the product's own times")
    parser.add_argument("--tables", type=Path, help="an SQLite file with the tables made, to save their making")
    words = parser.parse_args()
    if words.what == "all":
        return _each_in_turn(words)
    n, kills = (FULL if words.full else SMALL)[words.what]
    n, kills = words.n if words.n is not None else n, words.kills if words.kills is not None else kills
    return run(Options(words.what, n, kills, words.seed, words.full), words.database, words.tables)


def run(options: Options, database: str, tables: Path | None = None) -> int:
    print(f"{options.what}: n {options.n}, kills {options.kills}, {database}, --seed {options.seed}", flush=True)
    settings = sites.OWN if options.full else sites.QUICK
    with sites.site(database, settings=settings, with_pages=options.what in WITH_PAGES, tables=tables) as site:
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
    with tempfile.TemporaryDirectory(prefix="sp-chaos-") as folder:
        given += ["--tables", str(sites.make_tables(Path(folder)))]
        for what in EVERYTHING:
            codes.append(subprocess.run([sys.executable, "-m", "bench.chaos", what, *given]).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
