"""What every page owes to everyone: one heading, named fields, no sideways scrolling, keys, a life without script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.services import Site, now

pytestmark = pytest.mark.browser

EMAIL = re.compile("e-?mail", re.I)
PUBLIC = ("/", "/accounts/login/", "/accounts/login/code/", "/demo/mail/")
STAFF = (
    "/today/", "/clients/", "/clients/new/", "/plans/", "/messages/", "/catalog/", "/catalog/reference/", "/questions/",
    "/staff/", "/staff/invite/", "/settings/", "/audit/", "/accounts/2fa/", "/accounts/sessions/",
)  # fmt: skip
PORTAL = ("/me/", "/me/plan/", "/me/history/", "/me/account/", "/me/intake/")

#: What a screen reader would announce without a name, found by the browser's own idea of labels.
UNNAMED = """() => [...document.querySelectorAll("input, select, textarea, button, a[href]")].filter((part) => {
    if (part.type === "hidden" || part.closest("[hidden], [aria-hidden=true], dialog:not([open])")) return false;
    const named = part.labels?.length || part.getAttribute("aria-label") || part.getAttribute("aria-labelledby")
        || part.title || part.textContent.trim() || part.value && part.type === "submit" || part.alt
        || part.querySelector("img[alt], title");
    return !named;
}).map((part) => part.outerHTML.slice(0, 160))"""
#: Whether the thing with the keyboard, or the row that stands for it, is outlined.
RING = """() => [document.activeElement, document.activeElement.closest(".row-item, label")].some((part) => {
    const style = part && getComputedStyle(part);
    return style && (style.outlineStyle !== "none" || style.boxShadow !== "none");
})"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def sign_in_staff(page: Page, who: str = "mira") -> None:
    page.goto("/accounts/login/")
    page.get_by_label(EMAIL).first.fill(f"{who}@demo.example")
    page.locator("input[type=password]").fill("sole-practice-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/today/"))


def sign_in_client(page: Page, stack: Site, address: str) -> None:
    page.goto("/accounts/login/code/")
    page.get_by_label(EMAIL).first.fill(address)
    asked = now()
    page.get_by_role("button", name="Send me the code").click()
    code = re.search(r"code:\s+(\S+)", stack.wait_for_mail(address, asked).text)
    assert code
    page.get_by_label(re.compile("code", re.I)).first.fill(code[1])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


def faults_of(page: Page, path: str) -> list[str]:
    answer = page.goto(path)
    faults = [] if answer.status == 200 else [f"{path}: answered {answer.status}"]
    headings = page.locator("h1").count()
    if headings != 1:
        faults.append(f"{path}: {headings} first headings")
    if page.title().strip() in ("", "Sole Practice") and path != "/":
        faults.append(f"{path}: no title of its own")
    if not page.locator("html[lang]").count() or page.locator("main").count() != 1:
        faults.append(f"{path}: language or main part missing")
    faults += [f"{path}: no name: {part}" for part in page.evaluate(UNNAMED)]
    if (over := page.evaluate(SIDEWAYS)) > 0:
        faults.append(f"{path}: {over} px too wide")
    return faults


def linked(page: Page, path: str, patterns: tuple[str, ...]) -> list[str]:
    """The first page of each kind that a list leads to."""
    page.goto(path)
    links = page.evaluate("() => [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))")
    firsts = (next((link for link in links if re.fullmatch(pattern, link or "")), None) for pattern in patterns)
    return [link for link in firsts if link]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_pages_for_everybody(open_browser: Callable[..., Any], device: str, scheme: str) -> None:
    page = open_browser(device, scheme)
    assert not [fault for path in PUBLIC for fault in faults_of(page, path)]


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_pages_of_staff(open_browser: Callable[..., Any], device: str) -> None:
    page = open_browser(device, "light" if device == "phone" else "dark")
    sign_in_staff(page)
    one = r"/{}/[0-9a-f-]{{36}}/"
    paths = [
        *STAFF,
        *(client := linked(page, "/clients/", (one.format("clients"),))),
        *(path + rest for path in client for rest in ("correct/", "screening/", "plans/", "plans/new/", "messages/")),
        *(plan := linked(page, "/plans/", (one.format("plans"),))),
        *(f"{path}build/" for path in plan),
        *linked(page, "/catalog/", (r"/catalog/zones/[\w-]+/",)),
        "/catalog/protocols/plantar-phased/",
    ]  # fmt: skip
    assert client
    assert plan
    faults = [fault for path in paths for fault in faults_of(page, path)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_clients(stack: Site, open_browser: Callable[..., Any], scheme: str) -> None:
    page = open_browser("phone", scheme)
    sign_in_client(page, stack, "noor@demo.example")
    faults = [fault for path in PORTAL for fault in faults_of(page, path)]
    assert not faults, "\n".join(faults)


def test_keys_lead_past_the_menu_and_show_where_they_are(desktop: Page) -> None:
    sign_in_staff(desktop)
    desktop.goto("/clients/")
    desktop.keyboard.press("Tab")
    skip = desktop.locator("a:focus")
    expect(skip).to_have_attribute("href", "#content")
    expect(skip).to_be_in_viewport()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#content")).to_be_focused()
    for _stop in range(8):
        desktop.keyboard.press("Tab")
        seen = desktop.evaluate(RING)
        assert seen, desktop.evaluate("() => document.activeElement.outerHTML.slice(0, 160)")


# ---- Without script


def test_without_script_a_draft_is_changed(open_browser: Callable[..., Any]) -> None:
    page = open_browser("desktop", java_script_enabled=False)
    sign_in_staff(page)
    page.goto("/plans/?state=draft")
    build = next(iter(linked_plain(page, r"/plans/[0-9a-f-]{36}/")))
    page.goto(f"{build}build/")
    title = page.get_by_label("Title", exact=False).first
    page.locator("#about-plan > summary").click()
    title.fill("Evening comfort")
    page.locator("#about-plan").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Evening comfort")


def linked_plain(page: Page, pattern: str) -> list[str]:
    links = [link.get_attribute("href") or "" for link in page.locator("main a[href]").all()]
    return [link for link in links if re.fullmatch(pattern, link)]


def test_without_script_a_client_answers_and_does_a_session(stack: Site, open_browser: Callable[..., Any]) -> None:
    page = open_browser("phone", java_script_enabled=False)
    sign_in_client(page, stack, "noor@demo.example")
    page.goto("/me/")
    begin = page.get_by_role("group", name="How comfortable")
    begin.get_by_role("radio", name="5", exact=True).check(force=True)
    page.get_by_role("button", name="Begin").first.click()
    page.get_by_role("group", name="Worst pain").get_by_role("radio", name="0", exact=True).check(force=True)
    page.get_by_role("button", name="All as before").click()
    finish = page.locator("[data-finish]")
    finish.get_by_role("radio", name="It was fine").check(force=True)
    finish.get_by_role("radio", name="8", exact=True).check(force=True)
    finish.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Well done").first).to_be_visible()
    page.goto("/me/intake/")
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile(r"/intake/1/"))
    agreed = page.get_by_role("group", name="The routines are for rest")
    agreed.get_by_role("radio", name="Yes", exact=True).check(force=True)
    page.get_by_role("textbox", name="How old are you").fill("42")
    page.get_by_role("button", name="Next").last.click()
    expect(page).to_have_url(re.compile(r"/intake/2/"))
