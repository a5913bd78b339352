"""Fixtures for tests against the running site, and for real pages in Chromium."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.chaos.ready import ready_site
from requirements.machine import chromium_path
from tests.services import Site, postgres

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
DEVICES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo site with its worker, beat, Redis and mail server, as `make run` starts it."""
    site = Site(tmp_path_factory.mktemp("stack") / "var")
    with site.running():
        yield site


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty site's folder and its tables on both databases, made once; `bench.chaos.ready` copies them."""
    with pytest.MonkeyPatch.context() as patch, postgres() as url:
        patch.setenv("TEST_POSTGRES", url)  # the server that holds the tables is the one that every test is given
        with ready_site(tmp_path_factory.mktemp("ready"), url) as folder:
            yield folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        pytest.fail("No Chromium: `make test` installs it, or name it in CHROMIUM.")
    # Playwright keeps an event loop in this thread, which Django takes for a danger to its database connection.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(stack: Site, chromium: Any) -> Iterator[Callable[..., Any]]:
    """`open_browser("phone", "dark")` gives the first page of a new browser with no cookies.

    The test fails at its end when a page asked a third party for something, raised a script error or met the
    Content-Security-Policy.
    """
    contexts: list[Any] = []
    faults: list[str] = []

    def open_one(device: str = "desktop", scheme: str = "light", **more: Any) -> Any:
        context = chromium.new_context(base_url=stack.url, color_scheme=scheme, **{**DEVICES[device], **more})
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("request", lambda request: _note_stranger(request.url, stack, faults))
        context.on("weberror", lambda fault: faults.append(f"script error: {fault.error}"))
        context.on(
            "console",
            lambda line: (
                "Content Security Policy" in line.text
                and faults.append(f"policy on {line.location['url']}: {line.text}")
            ),
        )
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def phone(open_browser: Callable[..., Any]) -> Any:
    return open_browser("phone")


@pytest.fixture
def desktop(open_browser: Callable[..., Any]) -> Any:
    return open_browser("desktop")


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """`picture(page, "home")` keeps a full-page PNG when PICTURES names a folder; else it does nothing."""
    folder = os.environ.get("PICTURES")

    def take(page: Any, name: str) -> None:
        if folder:
            # Hiding the caret would leave an empty style attribute, which the policy then refuses to copy.
            path = Path(folder) / f"{request.node.name}-{name}.png"
            page.screenshot(path=path, full_page=True, caret="initial")

    return take


def _note_stranger(url: str, stack: Site, faults: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(stack.url).netloc:
        faults.append(f"asked a third party: {url}")
