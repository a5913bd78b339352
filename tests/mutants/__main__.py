"""python -m tests.mutants [clients/screening/engine.py …]: the score of each module, and the mutants that no test saw."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).parent
#: Killed of all that are no equivalents, in percent.
WANTED = 95
LOADED = """
import json, os, sys
import django, hypothesis, pytest, pytest_django.plugin
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print(json.dumps(list(sys.modules)))
"""


def load_others() -> None:
    """Everything that is not ours, so that a process that forks from here need not."""
    found = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in json.loads(found.stdout):
        if name.partition(".")[0] not in ("practice", "clients", "routines", "tests", "__main__"):
            try:
                importlib.import_module(name)
            except Exception:
                continue


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="paths below the root; all of modules.toml by default")
    parser.add_argument("--log", type=Path, help="a file that gets a line for each mutant")
    parser.add_argument("--every", type=int, default=1, help="a sample: only every so manieth mutant of a module")
    parser.add_argument("--first", type=int, default=0, help="the first one of the sample, counted from 0")
    parser.add_argument("--list", action="store_true", help="count the mutants only")
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.update(DEMO="1", DJANGO_SETTINGS_MODULE="tests.settings")
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="mutants-"))

    from tests.mutants.make import mutants_of

    tests: dict[str, list[str]] = tomllib.loads((HERE / "modules.toml").read_text())
    known = {
        (entry["module"], entry["function"], entry["before"], entry["after"])
        for entry in tomllib.loads((HERE / "equivalent.toml").read_text()).get("mutant", [])
    }
    modules = options.modules or list(tests)
    if options.list:
        for module in modules:
            print(f"{len(mutants_of(ROOT, module)):5} {module}")
        return 0
    load_others()
    from tests.mutants.run import Outcome, run_mutants

    totals = [0, 0]
    for module in modules:
        outcomes: list[Outcome] = []

        def tell(outcome: Outcome, outcomes: list[Outcome] = outcomes) -> None:
            outcomes.append(outcome)
            if options.log:
                with options.log.open("a") as log:
                    word = "killed" if outcome.is_killed else "SURVIVED"
                    log.write(json.dumps([word, *outcome.mutant.name, outcome.mutant.line, outcome.seconds]) + "\n")

        run_mutants(ROOT, mutants_of(ROOT, module)[options.first :: options.every], tests[module], tell)
        survivors = [outcome.mutant for outcome in outcomes if not outcome.is_killed]
        equivalent = [mutant for mutant in survivors if mutant.name in known]
        counted, killed = len(outcomes) - len(equivalent), len(outcomes) - len(survivors)
        totals[0] += killed
        totals[1] += counted
        print(f"{100 * killed / max(counted, 1):5.1f} %  {killed} of {counted}  {module}", end="")
        print(f"  ({len(equivalent)} equivalent)" if equivalent else "", flush=True)
        for mutant in survivors:
            if mutant.name not in known:
                print(f"    {mutant.line} {mutant.function}: {mutant.before}  ->  {mutant.after}", flush=True)
        for name in sorted(known - {mutant.name for mutant in survivors}):
            if name[0] == module and options.every == 1:
                print(f"    no survivor any more: {name[1:]}", flush=True)
    score = 100 * totals[0] / max(totals[1], 1)
    print(f"{score:5.1f} %  {totals[0]} of {totals[1]} in {len(modules)} modules; wanted: {WANTED} %")
    return 0 if score >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
