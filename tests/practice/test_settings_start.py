"""Without DEBUG or DEMO nothing starts on a guess: every door says what is missing and closes."""

import subprocess
import sys
from pathlib import Path

import pytest

from practice.startup import redis_server
from tests.services import ROOT, environment, free_port

GIVEN = {"SECRET_KEY": "x" * 60, "SITE_URL": "https://practice.example", "HEALTH_KEYS": "k1:" + "A" * 43 + "="}
DOORS = {
    "manage.py": "manage.py check",
    "the whole site": "-m practice.startup.serve",
    "gunicorn": "-m gunicorn practice.wsgi --no-control-socket --bind 127.0.0.1:{port}",
    "worker": "-m celery -A practice worker",
    "beat": "-m celery -A practice beat",
}


def run(words: str, tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words.format(port=free_port()).split()],
        cwd=ROOT,
        env=environment(DATA_DIR=str(tmp_path / "var"), **env),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("door", DOORS)
def test_says_what_is_missing(door: str, tmp_path: Path) -> None:
    result = run(DOORS[door], tmp_path)
    said = result.stdout + result.stderr
    assert result.returncode != 0
    assert "Missing in the environment: SECRET_KEY, HEALTH_KEYS, SITE_URL." in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", GIVEN)
def test_each_one_is_needed(name: str, tmp_path: Path) -> None:
    result = run("manage.py check", tmp_path, **{**GIVEN, name: ""})
    assert result.returncode != 0
    assert f"Missing in the environment: {name}." in result.stderr


def test_starts_when_all_are_given(tmp_path: Path) -> None:
    result = run("manage.py check", tmp_path, **GIVEN)
    assert result.returncode == 0, result.stderr
    assert not (tmp_path / "var" / "secret_key").exists()
    assert not (tmp_path / "var" / "health_keys").exists()


def test_a_health_key_that_is_none_is_named(tmp_path: Path) -> None:
    result = run("manage.py check", tmp_path, **{**GIVEN, "HEALTH_KEYS": "old:dG9vIHNob3J0"})
    assert result.returncode != 0
    assert "'old'" in result.stderr
    assert "dG9vIHNob3J0" not in result.stderr


def test_the_way_to_a_health_key_is_open(tmp_path: Path) -> None:
    made = run("manage.py make_health_key --id k7", tmp_path).stdout.strip()
    assert made.startswith("k7:")
    assert run("manage.py check", tmp_path, **{**GIVEN, "HEALTH_KEYS": made}).returncode == 0
    assert made != run("manage.py make_health_key --id k7", tmp_path).stdout.strip()


def test_the_demo_keeps_its_own_secrets_to_itself(tmp_path: Path) -> None:
    assert run("manage.py check", tmp_path, DEMO="1").returncode == 0
    made = {name: (tmp_path / "var" / name).read_text() for name in ("secret_key", "health_keys")}
    assert all((tmp_path / "var" / name).stat().st_mode & 0o777 == 0o600 for name in made)
    assert run("manage.py check", tmp_path, DEMO="1").returncode == 0
    assert made == {name: (tmp_path / "var" / name).read_text() for name in made}


def test_a_data_folder_of_any_name_holds_the_database_and_the_socket(tmp_path: Path) -> None:
    odd = tmp_path / "a +b%20c ?d"
    ask = (
        "import redis; from practice import settings\n"
        "print(settings.DATABASES['default']['NAME'])\n"
        "print(redis.ConnectionPool.from_url(settings.REDIS_URL).connection_kwargs['path'])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=ROOT,
        env=environment(DATA_DIR=str(odd), DEMO="1"),
        capture_output=True,
        text=True,
    )
    database, line = map(Path, result.stdout.splitlines())
    assert database.parent == odd.resolve(), result.stderr
    assert line == redis_server.socket_path(odd.resolve())
