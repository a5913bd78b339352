"""The whole site as `make run` starts it, in a folder of its own."""

import re
import signal
import socket
import stat
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
import redis

from practice.startup import redis_server
from practice.startup.serve import page_status
from tests.services import ROOT, Site, wait_until

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """One data folder for all tests here, so that only the first start has to prepare it."""
    return Site(tmp_path_factory.mktemp("serve") / "var")


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def named(processes: list[psutil.Process], word: str) -> psutil.Process:
    """The first process with `word` in its command line whose parent is the supervisor."""
    return next(one for one in processes if word in " ".join(one.cmdline()) and one.ppid() == processes[0].pid)


def still_there(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.status


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_answers_and_keeps_its_parts_private(site: Site) -> None:
    with site.running() as supervisor:
        assert status(site.url) == 200
        assert f"Sole Practice answers at {site.url}\n" in site.words
        assert "mira@demo.example" in site.words
        folder = site.data_dir / "redis"
        assert mode(folder) == 0o700
        with redis.Redis(unix_socket_path=str(folder / "redis.sock")) as line:
            assert line.ping()
            assert line.config_get("port")["port"] == "0"
        server = named(family(supervisor.pid), "redis")
        assert not [one for one in server.net_connections("inet") if one.status == psutil.CONN_LISTEN]
        assert mode(site.data_dir / "sole-practice.sqlite3") == 0o600


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda one: one.name
)
def test_no_process_stays(site: Site, number: signal.Signals) -> None:
    with site.running() as supervisor:
        processes = family(supervisor.pid)
        assert len(processes) >= 8  # supervisor, watchdog, Redis, mail, web and its workers, worker, beat
        supervisor.send_signal(number)
        code = supervisor.wait(30)
        wait_until(lambda: not still_there(processes), "every process ends", seconds=60)
    assert code == (0 if number != signal.SIGKILL else -signal.SIGKILL)


def test_pages_stay_when_the_worker_dies_and_the_worker_comes_back(site: Site) -> None:
    with site.running() as supervisor:
        worker = named(family(supervisor.pid), "celery -q -A practice worker")
        worker.kill()
        wait_until(lambda: "The worker stopped (signal 9)" in site.words, "the supervisor says so")
        assert status(site.url) == 200
        wait_until(
            lambda: any("practice worker" in " ".join(one.cmdline()) for one in still_there(family(supervisor.pid))),
            "the worker starts again",
        )


def command_of(process: psutil.Process) -> str:
    """Its command line; "" of one that has ended meanwhile."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def test_with_reload_the_pages_follow_a_changed_file(site: Site) -> None:
    again = Site(site.data_dir, env={"RELOAD": "1"})
    with again.running() as supervisor:

        def web() -> set[int]:
            return {one.pid for one in still_there(family(supervisor.pid)) if "runserver" in command_of(one)}

        page = urllib.request.urlopen(again.url).read().decode()
        style = re.search(r'href="(/static/site/[^"]+\.css)"', page)
        assert style
        assert status(again.url + style[1]) == 200
        before = web()
        (ROOT / "practice" / "app_urls.py").touch()
        wait_until(lambda: len(web() - before) == 1, "the pages start again")
        wait_until(lambda: page_status("127.0.0.1", again.port, again.url) == 200, "they answer")


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        site = Site(tmp_path / "var", port=port)
        assert site.start().wait(30) == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in site.words
    assert f"PORT={port + 1} make run" in site.words
    assert "Traceback" not in site.words


def test_two_sites_on_one_folder_are_refused(site: Site) -> None:
    with site.running():
        other = Site(site.data_dir)
        again = other.start()
        assert again.wait(30) == 1
        assert status(site.url) == 200
    assert "already running with the data in" in other.words


def test_mail_leaves_through_the_outbox_the_worker_and_smtp(site: Site) -> None:
    """A sign-in code: web makes the row, Redis wakes the worker, the worker speaks SMTP."""
    with site.running():
        asked = datetime.now(UTC)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = browser.open(f"{site.url}/accounts/login/code/").read().decode()
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = urllib.parse.urlencode({"email": "noor@demo.example", "csrfmiddlewaretoken": token}).encode()
        browser.open(urllib.request.Request(f"{site.url}/accounts/login/code/", form, {"Referer": site.url}))
        mail = site.wait_for_mail("noor@demo.example", since=asked)
    assert mail.text


def test_a_data_folder_too_deep_for_a_socket_still_works(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-name-for-a-folder"] * 4) / "var"
    path = redis_server.socket_path(deep)
    assert len(str(path)) <= redis_server.LONGEST_SOCKET_PATH
    assert path != redis_server.socket_path(deep.parent)
    redis_server.make_private_folder(path.parent)
    assert mode(path.parent) == 0o700
    path.parent.rmdir()


def test_a_folder_of_someone_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "redis").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(redis_server.FolderNotPrivate):
        redis_server.make_private_folder(tmp_path / "redis")
