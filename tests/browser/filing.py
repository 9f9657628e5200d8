"""Filing a complaint as people do: seven pages, one after the other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

REFERENCE = re.compile(r"C-\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class Story:
    """What somebody has to say. `email` None: the form knows it already."""

    narrative: str = "My knee surgery was approved in May. In June you sent me a bill for $4,120 all the same."
    wish: str = "Pay the surgeon and say sorry."
    topic: str = "A bill, premium or refund"
    name: str | None = "Rosa Lindqvist"
    email: str | None = None
    urgent: bool = False
    files: Sequence[Path] = ()


def guest_story(**facts) -> Story:
    """Return the story of somebody whom nobody knows yet, with an address of their own."""
    return Story(email=f"{uuid4().hex[:12]}@example.org", **facts)


def file_complaint(page: Page, story: Story) -> str:
    """Go from the start page to the confirmation, and return the reference."""
    page.goto("/en/")
    page.locator("main").get_by_role("link", name="Make a complaint").click()
    page.wait_for_url("**/complaints/new/**")
    if (anew := page.get_by_role("button", name="Delete them and begin anew")).count():
        anew.click()
        page.goto("/en/complaints/new/")
    fill_in(page, story)
    go_on(page, "Check your answers, then send your complaint")
    for words in (*story.narrative.splitlines(), story.wish, story.topic, *(file.name for file in story.files)):
        expect(page.locator("main")).to_contain_text(words)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your complaint")
    return REFERENCE.search(page.locator("main").inner_text())[0]


def fill_in(page: Page, story: Story) -> None:
    """Answer the first six pages; the last one is filled in but not left."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Tell us about you")
    page.get_by_label("I am the member", exact=True).check()
    if story.email:
        page.get_by_label("Your full name").fill(story.name)
        page.get_by_label("E-mail address").fill(story.email)
    go_on(page, "Could waiting for our answer harm someone’s health?")
    page.get_by_label("Yes, waiting could do harm" if story.urgent else "No", exact=True).check()
    go_on(page, "What is your complaint about?")
    page.get_by_label(story.topic).check()
    for part, number in (("Month", "6"), ("Day", "3"), ("Year", "2026")):
        page.get_by_label(part).fill(number)
    go_on(page, "Tell us what happened")
    page.get_by_label("Tell us what happened").fill(story.narrative)
    go_on(page, "Add letters, bills or photos")
    if story.files:
        page.get_by_label("Add letters, bills or photos").set_input_files(list(story.files))
        page.get_by_role("button", name="Add these files").click()
        expect(page.get_by_text("Your files were added.")).to_be_visible()
    go_on(page, "What would make this right?")
    page.get_by_label("What would make this right?").fill(story.wish)


def go_on(page: Page, heading: str) -> None:
    """Save the page and arrive at the one with this heading."""
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
