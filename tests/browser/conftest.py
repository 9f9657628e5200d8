"""A real Chromium before the real stack. One browser and one stack serve all of these tests."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from config.stack.layout import ROOT
from tests.browser import places
from tests.browser.filing import fill_in, go_on, guest_story
from tests.browser.stack import Account, RunningStack, running_stack

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
expect.set_options(timeout=10_000)  # for a busy machine; what is there is there at once
SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (375, 812), "narrow": (320, 640)}


def pytest_collection_modifyitems(items):
    for item in items:  # pytest hands over every test of the run, not those of this folder alone
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def stack(tmp_path_factory) -> Iterator[RunningStack]:
    """The running product with its demo data."""
    with running_stack(tmp_path_factory.mktemp("stack") / "run") as running:
        yield running


@pytest.fixture(scope="session")
def scene(stack) -> dict[str, str]:
    """Return the references of complaints and CAPAs at every stage; tests/browser/scene.py makes them."""
    roles = ("member", "agent", "quality_manager")
    people = ", ".join(f"{role}={stack.accounts[role].email!r}" for role in roles)
    made = stack.manage("shell", "-c", f"from tests.browser.scene import lay; lay({people})")
    return json.loads(made.splitlines()[-1])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; the stack's suite says where it is."""
    path = os.environ.get("REDRESS_CHROMIUM", "absent")
    path = shutil.which("chromium") if path == "absent" else path
    if path is None:
        pytest.skip("Chromium is missing: as root, apt-get install chromium; or set REDRESS_CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, stack) -> Iterator[Callable[..., Page]]:
    """Open a fresh visitor's page: `visit(javascript=False, size="phone", account=…)`.

    Every page reports what the content security policy refused and what failed in a script; either fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        *, javascript: bool = True, size: str = "desktop", state: dict | None = None, dark: bool = False
    ) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=stack.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            storage_state=state,
            color_scheme="dark" if dark else "light",
            locale="en-US",
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def signed_in(chromium, stack) -> Callable[[str], dict]:
    """Return the browser state of a signed-in role. A one-time code works once, so each role signs in once."""
    states: dict[str, dict] = {}

    def state_of(role: str) -> dict:
        if role not in states:
            context = chromium.new_context(base_url=stack.url)
            sign_in(context.new_page(), stack.accounts[role])
            states[role] = context.storage_state()
            context.close()
        return states[role]

    return state_of


@pytest.fixture(scope="session")
def states(chromium, stack, scene, signed_in) -> Callable[[str], dict | None]:
    """Return the browser state of somebody in tests/browser/places.py; those half signed in begin anew each time."""
    hired = stack.hire("agent")
    kept: dict[str, dict | None] = {places.NOBODY: None}

    def made(who: str) -> dict:
        if who in stack.accounts:
            return signed_in(who)
        context = chromium.new_context(base_url=stack.url)
        page = context.new_page()
        if who == places.HALF:
            sign_in(page, replace(stack.accounts["lead"], totp_secret=None))
        elif who == places.HIRED:
            sign_in(page, hired)
        else:
            page.goto("/en/complaints/new/")
            fill_in(page, guest_story())
            go_on(page, "Check your answers")
        if who == places.SENT:
            page.get_by_role("button", name="Send", exact=True).click()
            page.wait_for_url("**/done/**")
            scene["sent"] = page.url.rstrip("/").rpartition("/")[2]
        state = context.storage_state()
        context.close()
        return state

    def state_of(who: str) -> dict | None:
        if who in {places.HALF, places.HIRED}:
            return made(who)
        if who not in kept:
            kept[who] = made(who)
        return kept[who]

    return state_of


@pytest.fixture(scope="session")
def colleague(chromium, stack) -> dict:
    """Return the browser state of a new quality manager, who has set up the second factor without script."""
    account = stack.hire("quality_manager")
    context = chromium.new_context(base_url=stack.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, account)
    page.get_by_role("button", name="Continue").click()
    key = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("6-digit code").fill(replace(account, totp_secret=key).code())
    page.get_by_role("button", name="Finish").click()
    expect(page).to_have_url(f"{stack.url}/quality/")
    state = context.storage_state()
    context.close()
    return state


def sign_in(page: Page, account: Account) -> None:
    """Sign in as a person does."""
    page.goto("/en/account/sign-in/")
    page.get_by_label("Email address").fill(account.email)
    page.get_by_label("Password", exact=True).fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    if account.totp_secret:
        page.get_by_label("Code").fill(account.code())
        page.get_by_role("button", name="Continue").click()


def axe_violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, one line each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(r => r.violations)", AXE_TAGS
    )
    return [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']]}" for v in found]
