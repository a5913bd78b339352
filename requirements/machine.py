"""What the Makefile needs of the machine, before there is a virtual environment. Standard library only.

machine.py venv | pango | chromium    install the system packages when allowed, else say the command and stop
machine.py install PYTHON LIST...     pip, with one line of progress instead of hundreds
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

PANGO = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
PANGO_NAMES = ("lib{}-0", "lib{}.so.0", "lib{}.0.dylib", "lib{}.dylib", "lib{}")
HOMEBREW = ("/opt/homebrew/lib", "/usr/local/lib")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = {
    "venv": {"apt": f"python3.{sys.version_info.minor}-venv", "dnf": "python3", "brew": "python"},
    "pango": {
        "apt": "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        "dnf": "pango harfbuzz",
        "brew": "pango",
    },
    "chromium": {"apt": "chromium", "dnf": "chromium", "brew": "--cask chromium"},
}
WHY = {
    "venv": "Python cannot make virtual environments here.",
    "pango": "Pango is missing; handouts cannot be printed without it.",
    "chromium": "Chromium is missing; the browser tests cannot run without it.",
}


def loads(library: str) -> bool:
    names = [pattern.format(library) for pattern in PANGO_NAMES]
    for name in names + [f"{folder}/{name}" for folder in HOMEBREW for name in names if os.path.isdir(folder)]:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def is_there(need: str) -> bool:
    if need == "venv":
        return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    if need == "pango":
        return all(loads(library) for library in PANGO)
    return chromium_path() is not None


def chromium_path() -> str | None:
    """What CHROMIUM names, else the first on PATH, else the one in macOS's Applications."""
    given = os.environ.get("CHROMIUM")
    names = (given,) if given else (*CHROMIUM, "/Applications/Chromium.app/Contents/MacOS/Chromium")
    return next(filter(None, map(shutil.which, names)), None)


def root_prefix() -> list[str] | None:
    """What to put before apt-get; None when this account may not install."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def apt_install(packages: str) -> bool:
    prefix = root_prefix()
    if not shutil.which("apt-get") or prefix is None:
        return False
    print(f"Installing {packages} with apt-get …", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], env=env)
    words = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages.split()]
    return subprocess.run([*prefix, *words], env=env, stdout=subprocess.DEVNULL).returncode == 0


def provide(need: str) -> None:
    if is_there(need):
        return
    by = PACKAGES[need]
    if apt_install(by["apt"]) and is_there(need):
        return
    commands = {
        "apt-get": f"Debian, Ubuntu:  sudo apt-get install {by['apt']}",
        "dnf": f"Fedora:          sudo dnf install {by['dnf']}",
        "brew": f"macOS:           brew install {by['brew']}",
    }
    own = [line for tool, line in commands.items() if shutil.which(tool)]
    lines = "\n  ".join(own or commands.values())
    sys.exit(f"\n{WHY[need]} Install it with\n\n  {lines}\n\nand start again.")


def install(python: str, lists: list[str]) -> None:
    wanted = sum(line[0].isalnum() for name in lists for line in Path(name).read_text().splitlines() if line)
    words = ["-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check"]
    # Compiling every module takes 100 MB and seconds; the first import of what is really used compiles that.
    words += ["--no-compile"]
    files = [word for name in lists for word in ("-r", name)]
    at_terminal, seen, told = sys.stdout.isatty(), 0, []
    with subprocess.Popen(
        [python, *words, "--progress-bar", "off", *files], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            told.append(line)
            if line.startswith(("Collecting ", "Requirement already")):
                seen += 1
                if at_terminal or seen % 10 == 0:
                    print(
                        f"\rFetching packages: {seen} of about {wanted} ", end="" if at_terminal else "\n", flush=True
                    )
            elif line.startswith("Installing collected"):
                print("\nUnpacking them …", flush=True)
    if pip.returncode:
        sys.exit(f"\n{''.join(told[-25:])}\npip could not install {', '.join(lists)}; its last words are above.")


if __name__ == "__main__":
    if sys.argv[1] == "install":
        install(sys.argv[2], sys.argv[3:])
    else:
        provide(sys.argv[1])
