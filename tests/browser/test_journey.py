"""From a complaint to a corrective action, in Chromium, before the real stack: with script and without."""

import re
import time
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser import handling, learning
from tests.browser.doors import sign_in
from tests.browser.filing import Story, file_complaint, guest_story
from tests.browser.letters import check_tags, words_of
from tests.intake.papers import PNG

CONFIRMED = """
SELECT k.ended_at = c.acknowledged_at, k.ended_at < k.due_at FROM slas_clock k
  JOIN complaints_complaint c USING (matter_id) WHERE c.reference = %s AND k.kind = 'acknowledge'"""
NOT_IN_MAIL = re.compile(r"knee|surg|bill|\$4,120|premium|refund|upheld|sorry", re.IGNORECASE)
QUESTION = "Which doctor did the surgery?"
ANSWER = "Dr. Amaya, on June 3."


@pytest.fixture
def bill(tmp_path) -> Path:
    """A small picture, as a phone takes it of a bill."""
    file = tmp_path / "bill.png"
    file.write_bytes(PNG)
    return file


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_complaint_is_answered_and_becomes_a_capa_with_a_day_for_its_check(
    stack, visit, signed_in, colleague, bill, tmp_path, javascript
):
    member = visit(javascript=javascript)
    sign_in(member, stack.accounts["member"])
    reference = file_complaint(member, Story(files=[bill]))
    expect(member.locator("main")).to_contain_text("We look into it and send you our decision by")
    an_acknowledgement_without_health_data_arrives(stack, reference, link=f"/en/my/cases/{reference}/")

    agent = visit(javascript=javascript, state=signed_in("agent"))
    handling.find_in_queue(agent, reference)
    expect(agent.get_by_role("link", name=bill.name)).to_be_visible()
    handling.take(agent)
    handling.assess(agent)
    handling.investigate(agent)
    they_write_to_each_other(agent, member, reference)
    handling.decide(agent)
    handling.issue_letter(agent)
    notice = stack.wait_for_mail(f"Our answer to your complaint {reference} is ready")
    assert not NOT_IN_MAIL.search(notice.get_content())
    the_member_reads_the_letter(member, reference, tmp_path)
    agent.reload()
    handling.close(agent)
    member.goto(f"/en/my/cases/{reference}/")
    assert stages(member) == ["done"] * 5

    quality = visit(javascript=javascript, state=signed_in("quality_manager"))
    references = [reference, another_without_cause(quality, other_than=reference)]
    for each in references:
        learning.record_cause(quality, each)
    capa = learning.open_capa(quality, references, owner=name_of(quality))
    learning.add_action(quality, who=name_of(agent), due_on=learning.in_days(20))
    expect(quality.get_by_text("You own this CAPA. Somebody else has to do this.")).to_be_visible()
    learning.approve_plan(visit(javascript=javascript, state=colleague), capa, check_on=learning.in_days(110))
    it_stands_in_the_list(quality, capa)


def test_a_guest_learns_where_the_complaint_stands_by_a_link_that_is_mailed(stack, visit):
    page, story = visit(), guest_story()
    reference = file_complaint(page, story)
    an_acknowledgement_without_health_data_arrives(stack, reference, link="/en/status/")
    page.goto("/en/status/")
    page.get_by_label("Reference number").fill(reference.lower())
    page.get_by_label("Last name").fill("lindqvist")
    page.get_by_role("button", name="Send me a link").click()
    mail = stack.wait_for_mail(f"You asked where your complaint {reference} stands.").get_content()
    assert not NOT_IN_MAIL.search(mail)

    page.goto(re.search(r"http://\S+/en/status/\S+/", mail)[0])
    expect(page.locator("main")).to_contain_text(reference)
    assert stages(page) == ["done", "done", "current", "ahead", "ahead"]
    assert not NOT_IN_MAIL.search(page.locator("main").inner_text())


def an_acknowledgement_without_health_data_arrives(stack, reference: str, *, link: str) -> None:
    message = stack.wait_for_mail(f"We have your complaint {reference}")
    assert f"{stack.url}{link}" in message.get_content()
    assert not NOT_IN_MAIL.search(message.as_string())
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        deadline = time.monotonic() + 20  # s; the proof is recorded after the mail server has taken the mail
        while (row := database.execute(CONFIRMED, [reference]).fetchone()) == (None, None):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert row == (True, True)


def they_write_to_each_other(agent: Page, member: Page, reference: str) -> None:
    handling.write_to_member(agent, QUESTION)
    member.goto(f"/en/my/cases/{reference}/")
    expect(member.get_by_text(QUESTION)).to_be_visible()
    member.get_by_label("Write to us").fill(ANSWER)
    member.get_by_role("button", name="Send message").click()
    expect(member.get_by_text("We have your message.")).to_be_visible()
    agent.reload()
    expect(agent.get_by_text(ANSWER)).to_be_visible()


def the_member_reads_the_letter(member: Page, reference: str, folder: Path) -> None:
    member.goto("/en/my/")
    member.get_by_role("link", name=f"Read our decision {reference}").click()
    letter = member.get_by_role("article")
    for words in ("We agree with your complaint.", handling.RATIONALE, handling.REMEDY, "If you do not agree"):
        expect(letter).to_contain_text(words)
    member.get_by_role("link", name="Back to your complaint").click()
    assert stages(member) == ["done", "done", "done", "current", "ahead"]
    expect(member.get_by_role("heading", name="If you do not agree")).to_be_visible()
    with member.expect_download() as download:
        member.get_by_role("link", name="Save the letter (PDF)").click()
    path = folder / "letter.pdf"
    download.value.save_as(path)
    check_tags(path, title="Our decision about your complaint")
    if read := words_of(path):
        for words in (reference, handling.RATIONALE, handling.REMEDY, "you can appeal. A different reviewer"):
            assert words in read


def name_of(page: Page) -> str:
    """Return who is signed in."""
    return page.locator(".wb-bar__me a span").first.inner_text()


def stages(page: Page) -> list[str]:
    """Return how far each of the five public stages is."""
    found = page.locator(".rd-stages__stage")
    found.first.wait_for()
    kinds = found.evaluate_all("items => items.map(item => item.className)")
    return [kind.rpartition("--")[2] for kind in kinds]


def another_without_cause(page: Page, *, other_than: str) -> str:
    """Return one more decided complaint whose cause nobody has recorded."""
    page.goto("/quality/causes/to-record/")
    found = page.get_by_role("link", name=re.compile("^C-")).all_inner_texts()
    return next(reference for reference in found if reference != other_than)


def it_stands_in_the_list(page: Page, capa: str) -> None:
    page.goto("/quality/capa/?show=planned")
    row = page.get_by_role("row").filter(has_text=capa)
    for words in (learning.TITLE, "2 complaints", "0 of 1 done"):
        expect(row).to_contain_text(words)
    row.get_by_role("link", name=capa).click()
    check = learning.in_days(110)
    planned = f"The check is planned for {check:%B} {check.day}, {check.year}."
    expect(page.get_by_role("region", name="Effectiveness")).to_contain_text(planned)
