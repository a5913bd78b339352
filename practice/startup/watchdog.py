"""Watches the supervisor: when it vanishes without a word (kill -9, power of the OOM killer), ends its processes.

Run as a script of its own, with nothing but the standard library. Reads `+group` and `-group` lines; the end of the
input is the supervisor's end. Own code because PR_SET_PDEATHSIG is only in Linux and does not reach grandchildren.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

PATIENCE = 12.0  # seconds between asking and killing


def groups_left(lines: Iterable[str]) -> set[int]:
    alive: set[int] = set()
    for line in lines:
        group = int(line[1:])
        (alive.add if line[0] == "+" else alive.discard)(group)
    return alive


def send(groups: set[int], number: int) -> set[int]:
    """Signals each group; the groups that were still there."""
    there = set()
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
            there.add(group)
    return there


def main() -> None:
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    left = send(groups_left(sys.stdin), signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while left and time.monotonic() < until:
        time.sleep(0.1)
        left = send(left, 0)
    send(left, signal.SIGKILL)


if __name__ == "__main__":
    main()
