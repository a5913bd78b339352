"""Keeps a handful of programs running together, and leaves none behind.

Own code because honcho stops everything when one program dies and orphans the rest when it is killed itself,
and supervisord takes a closed terminal (SIGHUP) for a wish to start anew.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 10.0  # seconds a program has to end by itself
START_PATIENCE = 90.0  # seconds until a program must be ready
STEADY = 60.0  # seconds of running after which an earlier crash is forgotten
LONGEST_PAUSE = 30.0  # seconds between two attempts to bring a program back
TICK = 0.1


@dataclass(frozen=True)
class Program:
    """`ready` is asked until true before the next program starts. `once`: runs to its end and must end well.

    Programs with `foundation` are stopped last, because the others lean on them. `log`: where a program writes
    that does not speak to the terminal.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] | None = None
    once: bool = False
    foundation: bool = False
    keep_fds: tuple[int, ...] = ()
    log: str = ""
    patience: float = START_PATIENCE


@dataclass
class Running:
    program: Program
    process: subprocess.Popen[bytes]
    since: float
    crashes: int = 0


@dataclass
class Waiting:
    """A program that died and is brought back at `due`."""

    program: Program
    due: float
    crashes: int


def say(text: str) -> None:
    """A line for the person at the terminal; a terminal that is gone is no reason to fall over."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)  # noqa: T201 - the supervisor's only output


@dataclass
class Supervisor:
    programs: Sequence[Program]
    env: dict[str, str]
    cwd: Path
    when_ready: Callable[[], None] = lambda: None
    grace: float = GRACE
    running: dict[str, Running] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    stop_asked: int = 0
    guard: subprocess.Popen[bytes] | None = None
    wake_read: int = -1
    events: select.poll = field(default_factory=select.poll)

    def run(self) -> int:
        """Start all in order, keep them up until a stop signal. 0, or 1 when one could not be started."""
        self._listen()
        self.guard = self._start_guard()
        try:
            for program in self.programs:
                if not self._bring_up(program):
                    return 0 if self.stop_asked else 1
            self.when_ready()
            while not self.stop_asked:
                self._tend()
                self._rest(1.0)
            return 0
        finally:
            self._stop_all()

    # ---- starting

    def _bring_up(self, program: Program) -> bool:
        started = self._start(program)
        until = time.monotonic() + program.patience
        while not self.stop_asked:
            ended = started.process.poll()
            if ended is not None:
                if not (program.once and ended == 0):
                    where = program.log or "above"
                    say(f"{program.name} could not be started (it ended with {ended}); its own words are {where}.")
                    return False
                self._forget(started)
                return True
            if not program.once and (program.ready is None or program.ready()):
                return True
            if time.monotonic() > until:
                say(f"{program.name} was not ready after {program.patience:.0f} seconds.")
                return False
            self._tend(but=program.name)
            self._rest(TICK)
        return False

    def _start(self, program: Program, crashes: int = 0) -> Running:
        # A session of its own: the terminal's Ctrl-C reaches only the supervisor, which stops all in order.
        process = subprocess.Popen(  # noqa: S603 - our own fixed commands
            program.command,
            env=self.env,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            pass_fds=program.keep_fds,
            start_new_session=True,
        )
        self._tell_guard(f"+{process.pid}")
        running = Running(program, process, time.monotonic(), crashes)
        self.running[program.name] = running
        return running

    # ---- keeping up

    def _tend(self, but: str = "") -> None:
        now = time.monotonic()
        for one in list(self.running.values()):
            if one.program.name == but or one.process.poll() is None:
                continue
            crashes = 1 if now - one.since > STEADY else one.crashes + 1
            pause = min(2.0 ** (crashes - 1), LONGEST_PAUSE)
            self._forget(one)
            say(f"{one.program.name} stopped ({_ending(one.process)}); it starts again in {pause:.0f} s.")
            self.waiting[one.program.name] = Waiting(one.program, now + pause, crashes)
        for late in [one for one in self.waiting.values() if one.due <= now]:
            del self.waiting[late.program.name]
            self._start(late.program, late.crashes)

    def _forget(self, one: Running) -> None:
        """Ends what a dead program left in its group."""
        del self.running[one.program.name]
        _signal_group(one.process.pid, signal.SIGKILL)
        self._tell_guard(f"-{one.process.pid}")

    # ---- stopping

    def _stop_all(self) -> None:
        if self.stop_asked:
            say("Stopping …")
        for foundation in (False, True):
            self._stop([one for one in self.running.values() if one.program.foundation is foundation])
        if self.guard and self.guard.stdin:
            with contextlib.suppress(OSError):
                self.guard.stdin.close()
            self.guard.wait()

    def _stop(self, some: list[Running]) -> None:
        for one in some:
            _signal_group(one.process.pid, signal.SIGTERM, leader_only=True)
        until = time.monotonic() + self.grace
        impatient = self.stop_asked + 1  # make passes the same Ctrl-C on once more; a third is a person
        while time.monotonic() < until and self.stop_asked <= impatient:
            if all(one.process.poll() is not None for one in some):
                break
            self._rest(TICK)
        for one in some:
            _signal_group(one.process.pid, signal.SIGKILL)
            one.process.wait()
            self._forget(one)

    # ---- signals and the guard

    def _listen(self) -> None:
        self.wake_read, wake_write = os.pipe()
        os.set_blocking(self.wake_read, False)
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            is_nohup = number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
            if not is_nohup:  # an ignored SIGINT only says that a script put us in the background
                signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # ends the rest early
        self.events.register(self.wake_read, select.POLLIN)
        if _owns_terminal():
            # A hang-up reaches make alone where no shell passes it on (`ssh -t host make run`).
            self.events.register(0, 0)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked += 1

    def _rest(self, seconds: float) -> None:
        for handle, event in self.events.poll(seconds * 1000):
            if handle == self.wake_read:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.wake_read, 512)
            elif event & select.POLLHUP:
                self.events.unregister(handle)
                self.stop_asked += 1
            else:  # a system that cannot poll a terminal says so at once, each time
                self.events.unregister(handle)

    def _start_guard(self) -> subprocess.Popen[bytes]:
        script = Path(__file__).with_name("watchdog.py")
        return subprocess.Popen(  # noqa: S603 - our own script; -I keeps practice/sealed/own_keys.py off its path
            [sys.executable, "-I", str(script)], stdin=subprocess.PIPE, start_new_session=True
        )

    def _tell_guard(self, line: str) -> None:
        if self.guard and self.guard.stdin:
            with contextlib.suppress(OSError):
                self.guard.stdin.write(f"{line}\n".encode())
                self.guard.stdin.flush()


def _signal_group(group: int, number: int, *, leader_only: bool = False) -> None:
    """The leader alone for a gentle stop: gunicorn and Celery end their own workers in order."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        (os.kill if leader_only else os.killpg)(group, number)


def _owns_terminal() -> bool:
    try:
        return os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"signal {-code}" if code < 0 else f"exit code {code}"
