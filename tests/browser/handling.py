"""What an agent does with a complaint, page by page, from the queue to the closure."""

from playwright.sync_api import Page, expect

TAKEN = "The case is yours."
AXES = (
    "Severity",
    "Safety: could somebody come to harm?",
    "Complexity",
    "Impact: how many people, how much",
    "Is immediate action needed?",
    "Is immediate action possible?",
)
NOTE = "Called the surgeon's office; they billed twice."
EVIDENCE = "Claim 88-1, both lines"
RATIONALE = "The surgery was approved, so you owe nothing for it. We read the second bill as a new claim."
REMEDY = "We pay the bill in full by July 31."


def find_in_queue(page: Page, reference: str) -> None:
    """Open the case from the queue: from the view of those that nobody has, wherever it stands in it."""
    page.goto("/desk/")
    with page.expect_navigation():
        page.get_by_role("link", name="Unassigned").first.click()
    link = page.get_by_role("link", name=reference)
    while not link.count():
        with page.expect_navigation():
            page.get_by_role("link", name="Next").click()
    link.click()


def take(page: Page) -> None:
    """Take the case that is open."""
    press(page, "Take it")
    expect(page.get_by_text(TAKEN)).to_be_visible()


def assess(page: Page) -> None:
    """Assess it as a plain one: the standard track."""
    press_link(page, "Assess")
    for question in AXES:
        answer(page, question, "No" if question.startswith("Is ") else "Low")
    press(page, "Show the suggested track")
    expect(page.get_by_text("These answers suggest the standard track.")).to_be_visible()
    press(page, "Save the assessment")
    expect(page.get_by_text("The assessment is saved.")).to_be_visible()


def investigate(page: Page) -> None:
    """Leave a note, add evidence, and finish with findings."""
    press_link(page, "Write a note")
    page.get_by_label("Note").fill(NOTE)
    press(page, "Save the note")
    press_link(page, "Add evidence")
    page.get_by_label("What is it?").fill(EVIDENCE)
    page.get_by_label("Where does it come from?").select_option("Claims system")
    for part, number in (("Month", "6"), ("Day", "20"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(number)
    press(page, "Save the evidence")
    expect(page.get_by_role("cell", name=EVIDENCE)).to_be_visible()
    press_link(page, "Finish the investigation")
    page.get_by_label("Findings").fill("One surgery, billed twice.")
    press(page, "Finish with these findings")
    expect(page.get_by_text("The investigation is finished.")).to_be_visible()


def decide(page: Page) -> None:
    """Decide for the member."""
    press_link(page, "Decide")
    expect(page.get_by_label("Evidence reviewed")).to_have_value(EVIDENCE)
    answer(page, "Outcome", "Upheld")
    page.get_by_label("Why?").fill(RATIONALE)
    page.get_by_label("Remedy").select_option("Claim paid")
    page.get_by_label("What we do, and by when").fill(REMEDY)
    press(page, "Save the decision")
    expect(page.get_by_role("heading", name="Decision: Upheld")).to_be_visible()


def issue_letter(page: Page) -> None:
    """Read the letter as it will go out, and issue it to be read online."""
    press_link(page, "Write the letter")
    for words in (RATIONALE, REMEDY, EVIDENCE):
        expect(page.get_by_role("article")).to_contain_text(words)
    page.get_by_role("radio").first.check()
    press(page, "Issue this letter")
    expect(page.get_by_text("The letter is issued.")).to_be_visible()


def write_to_member(page: Page, words: str) -> None:
    """Send the member a message."""
    press_link(page, "Write to the member")
    page.get_by_label("Message").fill(words)
    press(page, "Send the message")
    expect(page.get_by_text(words)).to_be_visible()


def close(page: Page) -> None:
    """Close the case."""
    press_link(page, "Close the complaint")
    press(page, "Close it")
    expect(page.get_by_text("The complaint is closed.")).to_be_visible()


def answer(page: Page, question: str, words: str) -> None:
    """Choose one answer of a group."""
    page.get_by_role("group", name=question).get_by_label(words, exact=True).check()


def press(page: Page, label: str) -> None:
    """Press a button of the page."""
    page.locator("main, .wb__pane").get_by_role("button", name=label).click()


def press_link(page: Page, label: str) -> None:
    """Follow a link of the page, which may look like a button."""
    page.locator("main, .wb__pane").get_by_role("link", name=label).first.click()
