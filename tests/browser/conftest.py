"""A real Chromium before the real stack. One browser and one stack serve all of these tests."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import places
from tests.browser.devices import Device
from tests.browser.doors import enrol, enrol_with_passkey, sign_in
from tests.browser.filing import fill_in, go_on, guest_story
from tests.browser.looking import Windows, resize
from tests.browser.stack import RunningStack, running_stack

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
    roles = ("member", "agent", "lead", "quality_manager", "privacy_officer")
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
    """Open a fresh visitor's page: `visit(javascript=False, size="phone", state=…)`.

    What the content security policy refused and what failed in a script fails the test.
    """
    windows = Windows(chromium, stack.url)
    yield windows.open
    windows.close()
    assert windows.complaints == []


@pytest.fixture(scope="session")
def signed_in(chromium, stack) -> Callable[[str], dict]:
    """Return the browser state of a signed-in role. A one-time code works once, so each role signs in once."""
    return _kept(lambda role: _state(chromium, stack.url, lambda page: sign_in(page, stack.accounts[role])))


@pytest.fixture(scope="session")
def colleague(chromium, stack) -> dict:
    """Return the browser state of a new quality manager, who has set up the second factor without script."""
    account = stack.hire("quality_manager")
    return _state(chromium, stack.url, lambda page: enrol(page, account), javascript=False)


@pytest.fixture(scope="session")
def states(chromium, stack, scene, signed_in) -> Callable[[str], dict | None]:
    """Return the browser state of somebody in tests/browser/places.py; those half signed in begin anew each time."""

    def answer_everything(page: Page) -> None:
        page.goto("/en/complaints/new/")
        fill_in(page, guest_story())
        go_on(page, "Check your answers")

    def send(page: Page) -> None:
        answer_everything(page)
        page.get_by_role("button", name="Send", exact=True).click()
        page.wait_for_url("**/done/**")
        scene["sent"] = page.url.rstrip("/").rpartition("/")[2]

    def look_after_people(page: Page) -> None:
        Device(page)
        enrol_with_passkey(page, stack.hire("administrator"))

    hired, lead = stack.hire("agent"), replace(stack.accounts["lead"], totp_secret=None)
    fresh = {places.HALF: lambda page: sign_in(page, lead), places.HIRED: lambda page: sign_in(page, hired)}
    lasting = {places.GUEST: answer_everything, places.SENT: send, places.ADMIN: look_after_people}
    keep = _kept(lambda who: _state(chromium, stack.url, lasting[who]))

    def state_of(who: str) -> dict | None:
        if who == places.NOBODY:
            return None
        if who in fresh:
            return _state(chromium, stack.url, fresh[who])
        return keep(who) if who in lasting else signed_in(who)

    return state_of


@pytest.fixture(scope="session")
def open_windows(chromium, stack) -> Iterator[tuple[Windows, dict]]:
    """The windows that stay open from test to test, by person and script: a new one costs more than looking at it."""
    windows = Windows(chromium, stack.url)
    yield windows, {}
    windows.close()


@pytest.fixture
def window_of(open_windows, states) -> Iterator[Callable[..., Page]]:
    """Return somebody's window: `window_of(who, javascript=False)`. Complaints fail the test, as with `visit`."""
    windows, pages = open_windows

    def window(who: str, *, javascript: bool = True) -> Page:
        if (who, javascript) not in pages:
            pages[who, javascript] = windows.open(javascript=javascript, state=states(who))
        page = pages[who, javascript]
        resize(page, "desktop")
        page.emulate_media(color_scheme="light")
        return page

    windows.complaints.clear()
    yield window
    assert windows.complaints == []


def _state(chromium: Browser, url: str, come_in: Callable[[Page], None], *, javascript: bool = True) -> dict:
    """Return what a browser keeps once somebody came in."""
    context = chromium.new_context(base_url=url, java_script_enabled=javascript)
    come_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state


def _kept(make: Callable[[str], dict]) -> Callable[[str], dict]:
    """Return a function that makes a thing once for each name. A failure is tried anew."""
    made: dict[str, dict] = {}

    def get(name: str) -> dict:
        if name not in made:
            made[name] = make(name)
        return made[name]

    return get
