"""Real processes: what dies comes back, what stops takes everything with it."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.services import ROOT, environment, wait_until

#: Runs the supervisor over programs given as JSON; each program is a piece of Python.
DRIVER = """
import json, os, sys
from pathlib import Path
from practice.startup.supervisor import Program, Supervisor, say
given = json.loads(sys.argv[1])
def ready(path): return (lambda: Path(path).exists()) if path else None
def program(name, code, ready_when=None, **more):
    return Program(name, [sys.executable, "-c", code], ready=ready(ready_when), **more)
plan = [program(one.pop("name"), one.pop("code"), one.pop("ready", None), **one) for one in given]
sys.exit(Supervisor(plan, dict(os.environ), Path.cwd(), when_ready=lambda: say("all up"), grace=2).run())
"""
SLEEP = "import time; time.sleep(600)"


def leave_pid(folder: Path, name: str, then: str = SLEEP) -> dict[str, str]:
    """A program that writes its process id into a file of its name, one a line, then goes on."""
    code = f"import os; open({str(folder / name)!r}, 'a').write(f'{{os.getpid()}}\\n')\n{then}"
    return {"name": name, "code": code, "ready": str(folder / name)}


def pids(folder: Path, name: str) -> list[int]:
    path = folder / name
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


class Run:
    def __init__(self, folder: Path, programs: list[dict]) -> None:
        self.log = folder / "log"
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, json.dumps(programs)],
            cwd=ROOT,
            env=environment(),
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )

    @property
    def words(self) -> str:
        return self.log.read_text()

    def wait_up(self) -> None:
        wait_until(lambda: "all up" in self.words or self.process.poll() is not None, "all programs start")
        assert self.process.poll() is None, self.words


@pytest.fixture
def run(tmp_path: Path) -> Iterator:
    started: list[Run] = []

    def start(*programs: dict) -> Run:
        started.append(Run(tmp_path, list(programs)))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def all_gone(folder: Path, *names: str) -> bool:
    return not any(is_alive(pid) for name in names for pid in pids(folder, name))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_a_stop_leaves_nothing_behind(run, tmp_path: Path, number: signal.Signals) -> None:
    child = leave_pid(tmp_path, "child")["code"]
    family = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])\n{SLEEP}"
    running = run(leave_pid(tmp_path, "base") | {"foundation": True}, leave_pid(tmp_path, "parent", family))
    running.wait_up()
    wait_until(lambda: pids(tmp_path, "child"), "the grandchild starts")
    running.process.send_signal(number)
    assert running.process.wait(20) == 0
    assert all_gone(tmp_path, "base", "parent", "child")


def test_a_closed_terminal_stops_everything_also_when_nobody_passes_it_on(tmp_path: Path) -> None:
    """`make`, which is what `ssh -t host make run` starts, keeps a hang-up to itself."""
    deaf = "signal.signal(signal.SIGHUP, lambda *_: None)"
    keeps_it = f"import signal, subprocess, sys; {deaf}; subprocess.run(sys.argv[1:])"
    words = [sys.executable, "-c", DRIVER, json.dumps([leave_pid(tmp_path, "web")])]
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "-c", keeps_it, *words], environment())
    said = b""
    while b"all up" not in said:
        said += os.read(terminal, 4096)
    os.close(terminal)
    wait_until(lambda: all_gone(tmp_path, "web"), "the program ends")
    os.waitpid(pid, 0)


def test_an_interrupt_is_heard_in_the_background_of_a_script(run, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as `make run &` has it in a script
    try:
        running = run(leave_pid(tmp_path, "web"))
    finally:
        signal.signal(signal.SIGINT, before)
    running.wait_up()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    assert all_gone(tmp_path, "web")


def test_nohup_is_respected(run, tmp_path: Path) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # children inherit it
    try:
        running = run(leave_pid(tmp_path, "web"))
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    running.wait_up()
    running.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    assert running.process.poll() is None
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0
    assert all_gone(tmp_path, "web")


def test_killed_itself_it_leaves_nothing_behind(run, tmp_path: Path) -> None:
    running = run(leave_pid(tmp_path, "one"), leave_pid(tmp_path, "two"))
    running.wait_up()
    running.process.kill()
    wait_until(lambda: all_gone(tmp_path, "one", "two"), "the guard ends both programs")


def test_a_program_that_will_not_stop_is_killed(run, tmp_path: Path) -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{SLEEP}"
    running = run(leave_pid(tmp_path, "deaf", deaf))
    running.wait_up()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    assert all_gone(tmp_path, "deaf")


def test_what_dies_comes_back_and_the_others_stay(run, tmp_path: Path) -> None:
    running = run(leave_pid(tmp_path, "web"), leave_pid(tmp_path, "worker"))
    running.wait_up()
    psutil.Process(pids(tmp_path, "worker")[0]).kill()
    wait_until(lambda: len(pids(tmp_path, "worker")) == 2, "the worker starts again")
    assert len(pids(tmp_path, "web")) == 1
    assert is_alive(pids(tmp_path, "web")[0])
    assert "worker stopped (signal 9); it starts again in 1 s." in running.words


def test_a_program_that_keeps_dying_is_tried_less_and_less_often(run, tmp_path: Path) -> None:
    running = run(leave_pid(tmp_path, "web"), leave_pid(tmp_path, "broken", "raise SystemExit(4)") | {"ready": None})
    wait_until(lambda: "starts again in 4 s" in running.words, "the third pause")
    assert "broken stopped (exit code 4); it starts again in 2 s." in running.words
    assert is_alive(pids(tmp_path, "web")[0])


def test_a_preparation_that_fails_stops_the_start(run, tmp_path: Path) -> None:
    prepare = {"name": "prepare", "code": "raise SystemExit(3)", "once": True}
    running = run(leave_pid(tmp_path, "base"), prepare, leave_pid(tmp_path, "web"))
    assert running.process.wait(20) == 1
    assert "prepare could not be started (it ended with 3)" in running.words
    assert pids(tmp_path, "web") == []
    assert all_gone(tmp_path, "base")


def test_a_preparation_ends_before_the_next_begins(run, tmp_path: Path) -> None:
    slow = leave_pid(tmp_path, "prepare", f"import time; time.sleep(0.5); open({str(tmp_path / 'done')!r}, 'w')")
    asks = f"import os; assert os.path.exists({str(tmp_path / 'done')!r})\n{SLEEP}"
    running = run(slow | {"once": True}, leave_pid(tmp_path, "web", asks))
    running.wait_up()
    assert is_alive(pids(tmp_path, "web")[0])
    assert "stopped" not in running.words


def test_a_program_that_never_gets_ready_is_named(run, tmp_path: Path) -> None:
    running = run({"name": "web", "code": SLEEP, "ready": str(tmp_path / "never"), "patience": 0.5})
    assert running.process.wait(20) == 1
    assert "web was not ready" in running.words


def test_a_stop_during_the_preparation_ends_it(run, tmp_path: Path) -> None:
    running = run(leave_pid(tmp_path, "prepare") | {"once": True}, leave_pid(tmp_path, "web"))
    wait_until(lambda: pids(tmp_path, "prepare"), "the preparation begins")
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    assert all_gone(tmp_path, "prepare")
    assert pids(tmp_path, "web") == []
