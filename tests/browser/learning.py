"""What quality managers do: record causes, open a CAPA from several complaints, plan it, approve the plan."""

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.browser.handling import press, press_link

CAUSE = "Claim rule applied wrongly"
TITLE = "Second bills for approved surgery"
ACTION = "Teach the claims system that one approval covers both bills."
CRITERION = "No more than 2 such complaints in the 90 days after the last action."
CAPA_REFERENCE = re.compile(r"CAPA-\d\d-\d{4}")


def record_cause(page: Page, reference: str) -> None:
    """Record the cause of one decided complaint."""
    page.goto(f"/quality/cases/{reference}/cause/")
    page.get_by_label("Root cause", exact=True).select_option(CAUSE)
    page.get_by_label("What happened in our own work?").fill("The rule takes the second line for a new claim.")
    press(page, "Record this cause")
    page.goto(f"/quality/cases/{reference}/cause/")
    expect(page.get_by_role("region", name="Root causes recorded")).to_contain_text(CAUSE)


def open_capa(page: Page, references: list[str], *, owner: str) -> str:
    """Open a CAPA for complaints that share the cause, chosen in its list; return its reference."""
    page.goto("/quality/causes/")
    page.locator("table").last.get_by_role("link", name=CAUSE).click()
    for reference in references:
        page.get_by_label(f"Choose {reference}").check()
    press(page, "Open a CAPA for those chosen")
    for reference in references:
        expect(page.get_by_label(reference)).to_be_checked()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("What is the problem?").fill("Members get a bill for surgery that we had approved.")
    page.get_by_label("Owner").select_option(owner)
    press(page, "Open this CAPA")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    return CAPA_REFERENCE.search(page.locator("main").inner_text())[0]


def add_action(page: Page, *, who: str, due_on: date) -> None:
    """Add an action to the CAPA that is open."""
    press_link(page, "Add an action")
    page.get_by_label("Corrective", exact=False).check()
    page.get_by_label("What is done?").fill(ACTION)
    page.get_by_label("Who does it?").select_option(who)
    fill_in_date(page, due_on)
    press(page, "Add this action")
    expect(page.get_by_role("region", name="Actions")).to_contain_text(ACTION)


def approve_plan(page: Page, capa: str, *, check_on: date) -> None:
    """Approve the plan, with criterion and day of the check."""
    page.goto(f"/quality/capa/{capa}/")
    press_link(page, "Approve the plan")
    page.get_by_label("How will we know that it worked?").fill(CRITERION)
    fill_in_date(page, check_on)
    press(page, "Approve this plan")
    expect(page.get_by_role("region", name="Effectiveness")).to_contain_text(CRITERION)


def fill_in_date(page: Page, day: date) -> None:
    """Type a date into its three inputs."""
    for part, number in (("Month", day.month), ("Day", day.day), ("Year", day.year)):
        page.get_by_label(part, exact=True).fill(str(number))


def in_days(count: int) -> date:
    """Return the day so many days ahead."""
    return date.today() + timedelta(days=count)  # noqa: DTZ011 -- far enough ahead to be the same in any zone
