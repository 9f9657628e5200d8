"""What a browser may keep, show and run."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import handling
from tests.browser.doors import sign_in
from tests.browser.filing import file_complaint, guest_story
from tests.browser.places import PLACES

UNKNOWN = "C-26-7KQ4-M2XD"
COOKIE = {"set-cookie"}  # a sign of life of the session, now and then
NAUGHTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "javascript:alert(3)",
    "<svg/onload=alert(4)>",
    "{{ 7*7 }}{% debug %}${7*7}<%= 7*7 %>",
    "</textarea></title><script>alert(5)</script>",
    "&lt;script&gt;alert(6)&lt;/script&gt;&amp;&quot;",
    '<a href="javascript:alert(7)">press</a>',
    "Ω≈ç√∫˜µ≤≥÷ 田中さん 🏳️‍🌈 ﷽ שלום",
    "' OR 1=1; DROP TABLE complaints_complaint; --",
)  # fmt: skip
NAME = "<b onmouseover=alert(8)>Rosa</b> O'Lindqvist"


def test_nothing_of_a_case_comes_back_after_signing_out(stack, visit):
    page = visit()
    sign_in(page, stack.accounts["member"])
    address = page.locator("main").get_by_role("link", name=re.compile("C-")).first.get_attribute("href")
    response = page.goto(address)
    assert response.headers["cache-control"] == "no-store"
    words = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()

    page.go_back()
    page.wait_for_load_state()
    assert "/account/sign-in/" in page.url
    expect(page.get_by_role("heading", level=1)).not_to_have_text(words)


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("member", "/en/my/cases/{}/"),
        ("member", "/en/my/cases/{}/letter/"),
        ("member", "/en/my/cases/{}/letter.pdf"),
        ("member", "/en/my/cases/{}/withdraw/"),
        ("nobody", "/en/complaints/new/done/{}/"),
    ],
)
def test_a_foreign_and_an_unknown_reference_get_the_same_answer(visit, states, scene, who, address):
    page = visit(state=states(who))
    foreign, unknown = (page.request.get(address.format(name)) for name in (scene["foreign"], UNKNOWN))

    assert (foreign.status, unknown.status) == (404, 404)
    assert foreign.body() == unknown.body()
    assert foreign.headers.keys() - COOKIE == unknown.headers.keys() - COOKIE


def test_naughty_words_are_shown_intact_and_nothing_in_them_runs(visit, signed_in):
    ran: list[str] = []

    def watch(page: Page) -> Page:
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        return page

    guest, story = watch(visit()), guest_story(narrative="\n".join(NAUGHTY), wish=NAUGHTY[0], name=NAME)
    reference = file_complaint(guest, story)
    agent = watch(visit(state=signed_in("agent")))
    handling.find_in_queue(agent, reference)
    expect(agent.get_by_role("heading", level=1)).to_have_text(NAME)
    told = agent.locator(".wb-words").first.inner_text()
    assert [line for line in NAUGHTY if line not in told] == []
    handling.take(agent)
    handling.press_link(agent, "Write a note")
    agent.get_by_label("Note").fill("\n".join(NAUGHTY))
    handling.press(agent, "Save the note")
    for words in NAUGHTY:
        expect(agent.locator(".rd-thread")).to_contain_text(words)
    agent.mouse.move(300, 300)
    assert ran == []


KEPT_BY_SCRIPTS = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage), caches: await caches.keys(),
  databases: (await indexedDB.databases()).map(one => one.name),
  workers: (await navigator.serviceWorker.getRegistrations()).length, cookies: document.cookie,
})"""
NOTHING = {"local": [], "session": [], "caches": [], "databases": [], "workers": 0, "cookies": ""}


@pytest.mark.parametrize("who", sorted({place.who for place in PLACES}))
def test_after_a_crawl_the_browser_keeps_nothing_and_the_policy_was_never_broken(window_of, scene, who):
    """Checklist 27 and 30; what the policy refuses fails the test by its fixture."""
    page = window_of(who)
    for place in PLACES:
        if place.who == who and place.then is None:
            place.open(page, scene)
            assert page.evaluate(KEPT_BY_SCRIPTS) == NOTHING, place.name
