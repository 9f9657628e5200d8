"""Using a page with Tab, Space, Enter and letters alone. Where the focus is has to be seen, and nothing may hide it."""

from playwright.sync_api import Locator, Page

MOST_STOPS = 80
IS_SEEN = """element => {
  const box = element.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const top = document.elementFromPoint(x, y);
  const label = element.labels?.[0];
  return element.matches(":focus-visible") && (element.contains(top) || top?.contains(element) || label?.contains(top));
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is on the element, and check that it can be seen there."""
    target.wait_for(state="attached")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate(IS_SEEN), f"the focus cannot be seen on {target}"
            return
    raise AssertionError(f"{MOST_STOPS} presses of Tab did not lead to {target} on {page.url}")


def choose(page: Page, target: Locator) -> None:
    """Go to a choice and take it."""
    tab_to(page, target)
    page.keyboard.press("Space")


def write(page: Page, target: Locator, words: str) -> None:
    """Go to a field and type."""
    tab_to(page, target)
    page.keyboard.type(words)


def press(page: Page, name: str) -> None:
    """Go to a button and press it, and wait for the page that follows."""
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    _enter(page)


def follow(page: Page, name: str) -> None:
    """Go to a link and follow it."""
    tab_to(page, page.get_by_role("link", name=name, exact=True).first)
    _enter(page)


def _enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")
