"""`make test`: the same tests on SQLite and on PostgreSQL at once, then the running site and Chromium.

`python -m tests.run [fast]`: `fast` leaves the running site and Chromium out. Further words go to pytest.
"""

import os
import subprocess
import sys
import tempfile

from tests.services import OURS, postgres

QUICK = "not services and not browser"
#: SQLite lets one transaction write at a time.
ONE_WRITER = f"{QUICK} and not postgres"
REAL = "services or browser"


def pytest_command(marks: str, words: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-m", marks, *words]


def environment(**own: str) -> dict[str, str]:
    """Without the settings of a real site, and without the product's own, which importing it names."""
    left_out = (*OURS, "DJANGO_SETTINGS_MODULE")
    return {**{name: value for name, value in os.environ.items() if name not in left_out}, **own}


def main(words: list[str]) -> int:
    is_fast = words[:1] == ["fast"]
    words = words[is_fast:]
    with tempfile.TemporaryFile("w+") as told, postgres() as url:
        other = subprocess.Popen(
            pytest_command(QUICK, words), env=environment(DATABASE_URL=url), stdout=told, stderr=subprocess.STDOUT
        )
        print("== on SQLite (PostgreSQL runs beside it)", flush=True)
        codes = [subprocess.run(pytest_command(ONE_WRITER, words), env=environment()).returncode, other.wait()]
        told.seek(0)
        print(f"\n== on PostgreSQL\n{told.read()}", flush=True)
    if not is_fast:
        print("== the running site, Redis, Celery and Chromium", flush=True)
        codes.append(subprocess.run(pytest_command(REAL, words), env=environment(TEST_DATABASE_IN_FILE="1")).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
