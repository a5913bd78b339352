"""Runs the tests of a module against each of its mutants, each in a process of its own that forks from this one."""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib.machinery
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from tests.mutants.make import Mutant

PRODUCT = ("practice", "clients", "routines")
OPTIMIZED = 1  # inspect.CO_OPTIMIZED: a function's code, not a module's or a class's
ARGUMENTS = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:warnings", "--no-header", "--hypothesis-profile=mutants"]
#: Exit status of a process in which this file, not a test, went wrong.
BROKEN = 70
#: A mutant that runs so many times as long as the tests do without it never ends.
PATIENCE = 8


@dataclass(frozen=True)
class Outcome:
    mutant: Mutant
    is_killed: bool
    seconds: float


def run_mutants(root: Path, mutants: Sequence[Mutant], files: Sequence[str], tell: Callable[[Outcome], None]) -> None:
    """Raises RuntimeError where the tests fail without any mutant."""
    began = time.monotonic()
    if _wait(_fork(lambda: _run_pytest(files)), None) != 0:
        raise RuntimeError(f"The tests fail as they are: {' '.join(files)}")
    patience = PATIENCE * (time.monotonic() - began) + 20
    inside, outside = _sorted_out(root, mutants)
    if inside:
        reader, writer = os.pipe()
        child = _fork(lambda: _run_pytest(files, [_Swapper(root, inside, writer, patience)]))
        os.close(writer)
        _read_outcomes(reader, inside, tell)
        if _wait(child, None) != 0:
            raise RuntimeError("The run of the mutants broke off.")
    for mutant in outside:
        began = time.monotonic()
        status = _wait(_fork(lambda mutant=mutant: _run_imported(root, mutant, files)), patience)
        tell(Outcome(mutant, status != 0, time.monotonic() - began))


def _read_outcomes(reader: int, mutants: Sequence[Mutant], tell: Callable[[Outcome], None]) -> None:
    with os.fdopen(reader) as lines:
        for line in lines:
            number, killed, seconds = line.split()
            tell(Outcome(mutants[int(number)], killed == "1", float(seconds)))


def _fork(act: Callable[[], int]) -> int:
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    code = BROKEN
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        code = act()
    finally:
        os._exit(code)


def _wait(child: int, patience: float | None) -> int:
    """The exit status; 124 for a process that had to be ended."""
    watch = os.pidfd_open(child)
    try:
        if patience is not None and not select.select([watch], [], [], patience)[0]:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return 124
    finally:
        os.close(watch)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run_pytest(files: Sequence[str], plugins: Sequence[object] = ()) -> int:
    return int(pytest.main([*ARGUMENTS, *files], plugins=list(plugins)))


def _run_imported(root: Path, mutant: Mutant, files: Sequence[str]) -> int:
    """The tests with a module that is read from the mutant instead of its file."""
    path, usual = str(root / mutant.module), importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> CodeType | None:
        return compile(mutant.source, path, "exec") if self.path == path else usual(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    return _run_pytest(files)


# ---- Mutants inside functions: the function that everybody holds already gets the other code


def _sorted_out(root: Path, mutants: Sequence[Mutant]) -> tuple[list[Mutant], list[Mutant]]:
    """Those inside functions, and those that only a fresh import brings about."""
    inside: list[Mutant] = []
    outside: list[Mutant] = []
    for mutant in mutants:
        (inside if _swaps(root, mutant) else outside).append(mutant)
    return inside, outside


def _swaps(root: Path, mutant: Mutant) -> list[tuple[CodeType, CodeType]]:
    """The function's code as it is and as the mutant has it; empty where the module's own code differs."""
    path = root / mutant.module
    try:
        return list(_differing(_original(path), compile(mutant.source, str(path), "exec")))
    except _Outside:
        return []


@functools.cache
def _original(path: Path) -> CodeType:
    return compile(path.read_text(), str(path), "exec")


class _Outside(Exception):
    """The change is in what is run at import."""


def _differing(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    old_inner = [const for const in old.co_consts if isinstance(const, CodeType)]
    new_inner = [const for const in new.co_consts if isinstance(const, CodeType)]
    if len(old_inner) != len(new_inner) or _own(old) != _own(new):
        raise _Outside
    for before, after in zip(old_inner, new_inner, strict=True):
        if before == after:
            continue
        if not before.co_flags & OPTIMIZED:
            yield from _differing(before, after)
        elif before.co_name.startswith("<") and before.co_name != "<lambda>":
            raise _Outside  # a comprehension that is run at import
        else:
            yield before, after


def _own(code: CodeType) -> tuple[object, ...]:
    plain = [const for const in code.co_consts if not isinstance(const, CodeType)]
    return (code.co_code, repr(plain), code.co_names, code.co_varnames)


class _Swapper:
    """A pytest plugin: instead of running the tests, runs those that reach it for each mutant."""

    def __init__(self, root: Path, mutants: Sequence[Mutant], writer: int, patience: float) -> None:
        self.root, self.mutants, self.writer, self.patience = root, mutants, writer, patience

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        _warm_up()
        gc.unfreeze()  # tests/conftest.py has frozen what was collected, and nothing frozen is listed
        reached, quickest_first = self._reached(session)
        live, memories = _functions_and_memories()
        if not any(path == str(self.root / self.mutants[0].module) for path, _line in live):
            raise RuntimeError(f"None of its functions was found: {self.mutants[0].module}")
        gc.freeze()
        for number, mutant in enumerate(self.mutants):
            swaps = _swaps(self.root, mutant)
            items = [item for item in quickest_first if any(_place(old) in reached[item.nodeid] for old, _new in swaps)]
            began, killed = time.monotonic(), False
            if items:
                child = _fork(lambda swaps=swaps, items=items: _run_swapped(session, swaps, live, memories, items))
                killed = _wait(child, self.patience) not in (0, BROKEN)
            os.write(self.writer, f"{number} {int(killed)} {time.monotonic() - began:.2f}\n".encode())
        return True

    def _reached(self, session: pytest.Session) -> tuple[dict[str, set[tuple[str, int]]], list[pytest.Item]]:
        """Test -> the functions of the module that it calls; and the tests by how long they take."""
        reader, writer = os.pipe()
        child = _fork(lambda: self._trace(session, writer))
        os.close(writer)
        found: dict[str, set[tuple[str, int]]] = {item.nodeid: set() for item in session.items}
        order: dict[str, float] = {}
        with os.fdopen(reader) as lines:
            for line in lines:
                nodeid, path, first, seconds = line.rstrip("\n").rsplit("\t", 3)
                found[nodeid].add((path, int(first)))
                order[nodeid] = float(seconds)
        _wait(child, None)
        return found, sorted(session.items, key=lambda item: order.get(item.nodeid, 0.0))

    def _trace(self, session: pytest.Session, writer: int) -> int:
        path = str(self.root / self.mutants[0].module)
        _forget(_functions_and_memories()[1])
        with os.fdopen(writer, "w") as lines:
            for item in session.items:
                began = time.process_time()
                seen: set[tuple[str, int]] = set()

                def look(frame: object, event: str, _argument: object, seen: set[tuple[str, int]] = seen) -> None:
                    code = frame.f_code  # type: ignore[attr-defined]
                    if event == "call" and code.co_filename == path:
                        seen.add(_place(code))

                sys.setprofile(look)
                _run_item(session, item)
                sys.setprofile(None)
                took = time.process_time() - began
                lines.writelines(f"{item.nodeid}\t{where}\t{first}\t{took}\n" for where, first in seen)
        return 0


def _place(code: CodeType) -> tuple[str, int]:
    return (code.co_filename, code.co_firstlineno)


def _run_item(session: pytest.Session, item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _run_swapped(
    session: pytest.Session,
    swaps: list[tuple[CodeType, CodeType]],
    live: dict[tuple[str, int], list[FunctionType]],
    memories: Sequence[functools._lru_cache_wrapper[object]],
    items: Sequence[pytest.Item],
) -> int:
    for old, new in swaps:
        for function in live.get(_place(old), ()):
            if function.__code__.co_name == old.co_name:
                function.__code__ = new
    _forget(memories)
    for item in items:
        _run_item(session, item)
        if session.testsfailed:
            return 1
    return 0


def _functions_and_memories() -> tuple[
    dict[tuple[str, int], list[FunctionType]], list[functools._lru_cache_wrapper[object]]
]:
    """All functions that live now, by place; and those of the product that remember what they worked out."""
    functions: dict[tuple[str, int], list[FunctionType]] = {}
    memories = []
    for thing in gc.get_objects():
        if type(thing) is FunctionType:
            functions.setdefault(_place(thing.__code__), []).append(thing)
        elif isinstance(thing, functools._lru_cache_wrapper) and thing.__module__.partition(".")[0] in PRODUCT:
            memories.append(thing)
    return functions, memories


def _forget(memories: Sequence[functools._lru_cache_wrapper[object]]) -> None:
    """What was worked out without the mutant."""
    for memory in memories:
        memory.cache_clear()


def _warm_up() -> None:
    """The starter documents are read once, by what is not under test."""
    from tests.screening import examples

    with contextlib.suppress(AttributeError):
        examples.questionnaire()
        examples.healthy()
