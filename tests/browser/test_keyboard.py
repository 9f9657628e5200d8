"""Filing and working a complaint without a pointer."""

import pytest
from playwright.sync_api import expect

from tests.browser import handling
from tests.browser.devices import Device
from tests.browser.doors import enrol, enrol_with_passkey
from tests.browser.filing import REFERENCE, guest_story
from tests.browser.keyboard import choose, follow, press, tab_to, write


def test_a_guest_files_a_complaint_with_the_keyboard_alone(visit):
    page, story = visit(), guest_story()
    page.goto("/en/")
    tab_to(page, page.get_by_role("link", name="Skip to main content"))
    follow_skip(page)
    follow(page, "Make a complaint")

    choose(page, page.get_by_label("I am the member", exact=True))
    write(page, page.get_by_label("Your full name"), story.name)
    write(page, page.get_by_label("E-mail address"), story.email)
    press(page, "Save and continue")
    choose(page, page.get_by_label("Yes, waiting could do harm"))
    press(page, "Save and continue")
    choose(page, page.get_by_label("A claim was denied or not paid in full"))
    press(page, "Save and continue")
    write(page, page.get_by_label("Tell us what happened"), story.narrative)
    press(page, "Save and continue")
    press(page, "Save and continue")
    write(page, page.get_by_label("What would make this right?"), story.wish)
    press(page, "Save and continue")
    expect(page.locator("main")).to_contain_text(story.narrative)
    press(page, "Send")

    expect(page.get_by_role("heading", level=1)).to_have_text("We have your complaint")
    assert REFERENCE.search(page.locator("main").inner_text())


def test_an_agent_takes_and_assesses_a_case_with_the_keyboard_alone(visit, signed_in, scene):
    page = visit(state=signed_in("agent"))
    page.goto(f"/desk/cases/{scene['received']}/")
    press(page, "Take it")
    expect(page.get_by_text(handling.TAKEN)).to_be_visible()

    follow(page, "Assess")
    for question in handling.AXES:
        choose(page, page.get_by_role("group", name=question).get_by_role("radio").first)
    press(page, "Save the assessment")
    expect(page.get_by_text("The assessment is saved.")).to_be_visible()


def test_an_agent_opens_a_restricted_case_with_the_keyboard_alone(stack, visit, scene):
    page = visit()
    enrol(page, stack.hire("agent"))
    page.goto("/desk/search/")
    follow(page, "Open a restricted case in an emergency")
    write(page, page.get_by_role("main").get_by_label("Reference"), scene["restricted"])
    write(page, page.get_by_label("Why do you have to see it now?"), "The member is on the phone.")
    press(page, "Open it for 60 minutes")
    expect(page.get_by_text("You opened this restricted case.")).to_be_visible()


@pytest.mark.usefixtures("scene")
def test_an_administrator_answers_an_access_review_with_the_keyboard_alone(stack, visit):
    page = visit()
    Device(page)
    enrol_with_passkey(page, stack.hire("administrator"))
    follow(page, "Access review")
    press(page, "Keep Amara Whitfield: Team lead")
    expect(page.get_by_text("Kept.")).to_be_visible()


def follow_skip(page) -> None:
    """Skip what stands before the work: the focus goes to the main part, and the next stop lies in it."""
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
