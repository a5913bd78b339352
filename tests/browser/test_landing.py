"""The first page of a demo in real Chromium, on a phone and on a desk, by day and by night."""

import re

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_it_fits_and_stays_at_home(open_browser, picture, device: str, scheme: str) -> None:
    page = open_browser(device, scheme)
    answer = page.goto("/")
    assert answer.status == 200
    assert page.get_by_text("mira@demo.example").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    picture(page, f"{device}-{scheme}")


def test_a_demo_account_signs_in(desktop) -> None:
    desktop.goto("/accounts/login/")
    desktop.get_by_label(re.compile("e-?mail", re.I)).first.fill("mira@demo.example")
    desktop.locator("input[type=password]").fill("sole-practice-demo")
    desktop.locator("input[type=password]").press("Enter")
    desktop.wait_for_url(lambda url: "/accounts/login" not in url)
    assert desktop.get_by_text("Mira").first.is_visible()
