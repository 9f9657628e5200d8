"""Chromium's virtual devices that make and show passkeys."""

from typing import Any

from playwright.sync_api import Page

KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A device in one page's window, whose owner says yes whenever it asks."""

    def __init__(self, page: Page, *passkeys: dict[str, Any]) -> None:
        self._browser = page.context.new_cdp_session(page)
        self._browser.send("WebAuthn.enable")
        self._id = self._browser.send("WebAuthn.addVirtualAuthenticator", {"options": KIND})["authenticatorId"]
        for passkey in passkeys:
            self._ask("WebAuthn.addCredential", credential=passkey)

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        """What the device holds, private keys and counters included: enough for a copy."""
        return self._ask("WebAuthn.getCredentials")["credentials"]

    def _ask(self, command: str, **what: Any) -> dict[str, Any]:
        return self._browser.send(command, {"authenticatorId": self._id, **what})
