"""Two minutes before a session ends the page says so; one key prolongs it, and no words are lost if nobody presses."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import enrol
from tests.browser.keyboard import write
from tests.browser.looking import axe_violations, resize

WORDS = "The surgeon billed me twice for one knee."
STAFF = 15 * 60  # s
AGE = """
from datetime import timedelta
from members.accounts.models import Session, User
for row in Session.objects.filter(user__in=User.objects.of_email({email!r})):
    row.seen_at -= timedelta(seconds={seconds})
    row.save()
"""


@pytest.fixture
def left_alone(stack):
    """Return a function that lets so many seconds pass, for the server and for the page, without a sign of life."""

    def pass_time(page: Page, account, seconds: int) -> None:
        stack.manage("shell", "-c", AGE.format(email=account.email, seconds=seconds))
        page.clock.fast_forward(seconds * 1000)

    return pass_time


@pytest.fixture
def agent(stack, visit):
    """Somebody of staff, and the page where this person is signed in."""
    account, page = stack.hire("agent"), visit()
    page.clock.install()
    enrol(page, account)
    return account, page


def test_one_key_prolongs_a_session_and_the_words_stay_where_they_were(agent, scene, left_alone):
    account, page = agent
    page.goto(f"/desk/cases/{scene['letter_sent']}/message/")
    words = page.get_by_role("textbox").last
    write(page, words, WORDS)
    left_alone(page, account, STAFF - 90)

    dialog = page.get_by_role("dialog", name="You will be signed out soon")
    expect(dialog.get_by_text("Nothing has happened here for a while.")).to_be_visible()
    assert re.search(r"\d:\d\d", dialog.inner_text())
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    assert axe_violations(page) == []
    resize(page, "narrow")
    page.emulate_media(color_scheme="dark")
    assert axe_violations(page) == []
    with page.expect_response("**/account/stay/") as answer:
        page.keyboard.press("Enter")
    assert answer.value.json() == {"left": STAFF, "limit": "idle"}
    expect(dialog).to_be_hidden()
    expect(words).to_have_value(WORDS)
    expect(words).to_be_focused()


def test_who_leaves_the_page_alone_finds_the_way_in_and_who_typed_finds_the_words(agent, scene, left_alone):
    account, page = agent
    path = f"/desk/cases/{scene['letter_sent']}/message/"
    page.goto(path)
    write(page, page.get_by_role("textbox").last, WORDS)
    left_alone(page, account, STAFF + 5)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("You are signed out now. What you typed is still on this page.")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    page.locator("main form button:not([type=button])").first.click()
    expect(page.locator("main")).to_contain_text(WORDS)


def test_a_page_without_words_is_left_when_the_session_is_over(stack, visit, left_alone):
    account, page = stack.hire("agent"), visit()
    page.clock.install()
    enrol(page, account)
    page.goto("/desk/tasks/")
    left_alone(page, account, STAFF + 5)
    expect(page).to_have_url(re.compile(r"/account/sign-in/\?next=%2Fdesk%2Ftasks%2F&ended=idle$"))
    expect(page.get_by_text("You were signed out because nothing happened for a while.")).to_be_visible()


def test_a_tab_that_is_left_alone_says_nothing_while_another_one_is_used(agent, left_alone):
    account, page = agent
    page.goto("/desk/")
    other = page.context.new_page()
    other.clock.install()
    left_alone(other, account, STAFF - 300)
    other.goto("/desk/tasks/")
    with page.expect_response("**/account/stay/") as answer:
        page.clock.fast_forward((STAFF - 90) * 1000)
    assert answer.value.json()["left"] > STAFF - 60
    expect(page.get_by_role("dialog")).to_be_hidden()
