"""Coming in: with password and code, and setting up the second factor."""

import re
from dataclasses import replace

from playwright.sync_api import Page, expect

from tests.browser.stack import Account


def sign_in(page: Page, account: Account) -> None:
    """Sign in as a person does; whoever has no secret stops at the second factor."""
    page.goto("/en/account/sign-in/")
    page.get_by_label("Email address").fill(account.email)
    page.get_by_label("Password", exact=True).fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/account/sign-in/"))
    if account.totp_secret:
        page.get_by_label("6-digit code").fill(account.code())
        page.get_by_role("button", name="Continue").click()
        expect(page).not_to_have_url(re.compile("/account/"))


def enrol(page: Page, account: Account) -> None:
    """Sign in for the first time: connect an authenticator app by the key that is shown as text, and print codes."""
    sign_in(page, account)
    page.get_by_role("button", name="Use an app").click()
    key = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("6-digit code").fill(replace(account, totp_secret=key).code())
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("button", name="Show 10 new codes").click()
    page.get_by_role("link", name="I have saved them").click()
    expect(page).not_to_have_url(re.compile("/account/"))


def enrol_with_passkey(page: Page, account: Account) -> None:
    """Sign in for the first time, and set up a passkey on the device of this page; leave the codes for another day."""
    sign_in(page, account)
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_label("Name of this passkey").fill("Work laptop")
    page.get_by_role("button", name="Set up the passkey").click()
    page.get_by_role("link", name="Not now").click()
    expect(page).not_to_have_url(re.compile("/account/"))
