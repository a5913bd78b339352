"""What the machine lacks is installed where allowed; elsewhere the exact command is printed and the start stops."""

import os
import subprocess
import sys

import pytest

from requirements import machine
from tests.services import ROOT, environment


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch):
    """A machine that lacks everything; `bare(tools, may_install)` says what it offers. Returns what was run."""
    ran: list[list[str]] = []

    def offer(*tools: str, may_install: bool = False, heals: bool = False) -> list[list[str]]:
        monkeypatch.setattr(machine, "is_there", lambda need: heals and bool(ran))
        monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}" if name in tools else None)
        monkeypatch.setattr(machine, "root_prefix", lambda: [] if may_install else None)

        def run(words: list[str], **options: object) -> subprocess.CompletedProcess:
            ran.append(words)
            return subprocess.CompletedProcess(words, 0)

        monkeypatch.setattr(machine.subprocess, "run", run)
        return ran

    return offer


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("apt-get", "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"),
        ("dnf", "sudo dnf install pango"),
        ("brew", "brew install pango"),
    ],
)
def test_the_command_for_this_machine_is_printed(bare, tool: str, command: str) -> None:
    ran = bare(tool)
    with pytest.raises(SystemExit) as stop:
        machine.provide("pango")
    assert "Pango is missing" in str(stop.value)
    assert command in str(stop.value)
    assert ran == []


def test_a_machine_with_no_known_tool_gets_all_commands(bare) -> None:
    bare()
    with pytest.raises(SystemExit) as stop:
        machine.provide("chromium")
    for words in ("apt-get install chromium", "dnf install chromium", "brew install --cask chromium"):
        assert words in str(stop.value)


def test_debian_packages_are_installed_where_allowed(bare) -> None:
    ran = bare("apt-get", may_install=True, heals=True)
    machine.provide("pango")
    assert ran[-1][:2] == ["apt-get", "install"]
    assert "libpango-1.0-0" in ran[-1]


def test_an_installation_that_does_not_help_stops_with_the_command(bare) -> None:
    bare("apt-get", may_install=True)
    with pytest.raises(SystemExit, match="Chromium is missing"):
        machine.provide("chromium")


def test_a_chromium_that_is_named_but_not_there_is_not_replaced_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert machine.chromium_path() is None


def test_an_old_python_is_refused_in_words(tmp_path) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    words = ["make", "setup", f"VENV={tmp_path / 'venv'}", f"PYTHON={old}"]
    result = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert result.returncode != 0
    assert "Sole Practice needs Python 3.11 or newer" in result.stdout
    assert not (tmp_path / "venv").exists()


def test_a_run_takes_its_temporary_folder_away(tmp_path) -> None:
    """Also what a process of it left behind when it was killed."""
    code = """
import os, subprocess, sys, tempfile
from tests.temporary_folder import use_own_temporary_folder
use_own_temporary_folder()
left = "import tempfile, os, signal; tempfile.mkdtemp(); os.kill(os.getpid(), signal.SIGKILL)"
subprocess.run([sys.executable, "-c", left])
assert os.listdir(tempfile.gettempdir())
"""
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, check=True)
    assert not list(tmp_path.iterdir())
