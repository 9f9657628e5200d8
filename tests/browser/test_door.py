"""Coming in with a passkey, an app or a code on paper: by keyboard alone, under the strict policy."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page, expect

from config.stack.totp import code
from tests.browser.devices import Device
from tests.browser.doors import sign_in
from tests.browser.keyboard import follow, press, write
from tests.browser.stack import Account

REFUSED = "That passkey did not work here."
SIGNED_OUT = "You are signed out."


@pytest.fixture
def administrator(stack) -> Account:
    """Somebody new who looks after accounts."""
    return stack.hire("administrator")


def test_an_administrator_sets_up_a_passkey_and_comes_back_with_it(visit, administrator):
    page = visit()
    device = Device(page)
    give_password(page, administrator)
    expect(page.get_by_text("so you need a passkey")).to_be_visible()
    assert page.get_by_role("button", name="Use an app").count() == 0
    set_up_passkey(page)
    assert len(save_codes(page)) == 10
    expect(page).to_have_url("/people/")
    [passkey] = device.passkeys

    press(page, "Sign out")
    expect(page.get_by_text(SIGNED_OUT)).to_be_visible()
    give_password(page, administrator)
    press(page, "Use your passkey")
    expect(page).to_have_url("/people/")
    assert device.passkeys[0]["signCount"] > passkey["signCount"]


def test_a_copied_and_a_forged_passkey_are_refused_and_a_code_on_paper_leads_to_a_new_one(visit, administrator):
    page = visit()
    device = Device(page)
    give_password(page, administrator)
    set_up_passkey(page)
    codes = save_codes(page)
    [copy] = device.passkeys
    press(page, "Sign out")
    give_password(page, administrator)
    press(page, "Use your passkey")
    expect(page).to_have_url("/people/")

    for passkey in (copy, copy | {"privateKey": another_key(), "signCount": 99}):
        thief = visit()
        Device(thief, passkey)
        give_password(thief, administrator)
        press(thief, "Use your passkey")
        expect(thief.get_by_role("alert")).to_contain_text(REFUSED)
        thief.goto("/people/")
        expect(thief.get_by_role("heading", level=1)).to_have_text("Show that it is you")

    other = visit()
    Device(other)
    use_code_on_paper(other, administrator, codes[0])
    set_up_passkey(other)
    expect(other).to_have_url("/people/")


def test_a_device_that_says_no_is_told_of_and_can_be_asked_again(visit, administrator):
    page = visit()
    device = Device(page)
    give_password(page, administrator)
    follow(page, "Set up a passkey")
    press(page, "Set up the passkey")
    expect(page.get_by_role("alert")).to_contain_text("Give the passkey a name")
    assert device.passkeys == []

    set_up_passkey(page)
    save_codes(page)
    page.goto("/en/account/enrol/passkey/")
    write(page, page.get_by_label("Name of this passkey"), "The same laptop")
    for _ in range(2):
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("No passkey was set up. Try again, or use another device.")
        page.wait_for_timeout(1100)  # a second press within a second counts as a slip of the finger
    assert len(device.passkeys) == 1


def test_an_agent_comes_in_with_an_app_and_with_a_code_on_paper(stack, visit):
    account, page = stack.hire("agent"), visit()
    key, codes = set_up_app(page, account)
    expect(page).to_have_url("/desk/")

    press(page, "Sign out")
    give_password(page, account)
    write(page, page.get_by_label("6-digit code"), "000000")
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    page.wait_for_timeout(2500)  # each wrong code makes the next one wait
    write(page, page.get_by_label("6-digit code"), code(key, datetime.now(UTC) + timedelta(seconds=30)))
    press(page, "Continue")
    expect(page).to_have_url("/desk/")

    press(page, "Sign out")
    use_code_on_paper(page, account, codes[3].upper().replace("-", " "))
    expect(page).to_have_url("/desk/")
    press(page, "Sign out")
    use_code_on_paper(page, account, codes[3])
    expect(page.get_by_role("alert")).to_contain_text("it was used before")


def test_who_shows_a_code_again_changes_the_password_and_ends_the_other_place(stack, visit):
    account, page, other = stack.hire("agent"), visit(), visit()
    key, codes = set_up_app(page, account)
    use_code_on_paper(other, account, codes[0])
    expect(other).to_have_url("/desk/")

    page.goto("/en/account/security/")
    press(page, "Sign out there Chrome, Linux")
    expect(page.get_by_text("Signed out in 1 place.")).to_be_visible()
    other.goto("/desk/")
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in")

    page.goto("/en/account/prove/?next=/en/account/security/password/")
    write(page, page.get_by_label("6-digit code"), code(key, datetime.now(UTC) + timedelta(seconds=30)))
    press(page, "Continue")
    write(page, page.get_by_label("New password", exact=True), "saddle timber olive radish cottage")
    press(page, "Save the password")
    expect(page.get_by_text("Your password is changed.")).to_be_visible()


def set_up_app(page: Page, account: Account) -> tuple[str, list[str]]:
    """Sign in for the first time with an app; return its key and the codes for paper."""
    give_password(page, account)
    press(page, "Use an app")
    key = page.locator("code").inner_text().replace(" ", "")
    write(page, page.get_by_label("6-digit code"), replace(account, totp_secret=key).code())
    press(page, "Finish")
    return key, save_codes(page)


def give_password(page: Page, account: Account) -> None:
    page.goto("/en/account/sign-in/")
    write(page, page.get_by_label("Email address"), account.email)
    write(page, page.get_by_label("Password", exact=True), account.password)
    press(page, "Sign in")


def set_up_passkey(page: Page) -> None:
    """Set one up from the page that offers it, or where its name is asked for."""
    if page.get_by_label("Name of this passkey").count() == 0:
        follow(page, "Set up a passkey")
    write(page, page.get_by_label("Name of this passkey"), "Work laptop")
    press(page, "Set up the passkey")


def save_codes(page: Page) -> list[str]:
    """Have codes made and go on; return them."""
    press(page, "Show 10 new codes")
    codes = page.get_by_role("listitem").filter(has=page.locator("code")).all_inner_texts()
    follow(page, "I have saved them")
    return codes


def use_code_on_paper(page: Page, account: Account, words: str) -> None:
    sign_in(page, replace(account, totp_secret=None))
    follow(page, "You do not have your phone or passkey? Use a recovery code")
    write(page, page.get_by_label("Recovery code"), words)
    press(page, "Continue")


def another_key() -> str:
    """Return a private key that never was at this site, as the browser takes it."""
    made = generate_private_key(SECP256R1())
    return b64encode(made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()
