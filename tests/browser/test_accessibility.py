"""axe finds nothing on any page of the path; each fits a narrow screen and does without script."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import SIZES, axe_violations, resize
from tests.browser.places import PLACES, Place, empty_and_send

WIDER = """() => [...document.querySelectorAll("body *")]
  .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
  .map(element => element.tagName + "." + element.className)"""
STORED = "() => Object.keys(localStorage).length + Object.keys(sessionStorage).length"
UNREACHABLE = """() => [...document.querySelectorAll("main :is(a, button, input, select, textarea)")]
  .filter(element => element.type !== "hidden" && !element.closest("details:not([open])"))
  .filter(element => !element.matches(".govuk-password-input__toggle"))
  .filter(element => !element.checkVisibility({visibilityProperty: true}))
  .map(element => element.outerHTML)"""


@pytest.fixture(scope="module")
def titles() -> dict[str, str]:
    """The titles that were seen, each with its address."""
    return {}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_is_accessible_and_fits(window_of, scene, titles, place: Place):
    page = window_of(place.who)
    place.open(page, scene)

    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    address = page.url.partition("?")[0]
    assert titles.setdefault(page.title(), address) == address
    assert axe_violations(page) == []
    fits_a_narrow_screen(page)
    if place.dark:
        page.emulate_media(color_scheme="dark")
        assert axe_violations(page) == []
    assert page.evaluate(STORED) == 0


@pytest.mark.parametrize("place", [place for place in PLACES if place.form], ids=lambda place: place.name)
def test_a_form_sent_empty_says_so_accessibly_and_fits(window_of, scene, place: Place):
    page = window_of(place.who)
    place.open(page, scene)
    empty_and_send(page)

    assert page.title().startswith("Error: ")
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    fits_a_narrow_screen(page)


@pytest.mark.parametrize("who", sorted({place.who for place in PLACES}))
def test_everything_that_can_be_pressed_is_there_without_script(window_of, scene, who):
    page, hidden = window_of(who, javascript=False), {}
    for place in PLACES:
        if place.who == who:
            place.open(page, scene)
            page.get_by_role("heading", level=1).wait_for()
            hidden[place.name] = page.evaluate(UNREACHABLE)

    assert {name: found for name, found in hidden.items() if found} == {}


def fits_a_narrow_screen(page: Page) -> None:
    """Check that nothing needs scrolling sideways, and what axe says of the page as it is laid out there."""
    resize(page, "narrow")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= SIZES["narrow"][0], page.evaluate(WIDER)
    assert axe_violations(page) == []
