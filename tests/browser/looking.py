"""Browsers' windows that tell what went wrong in them, and what axe says of a page."""

from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.stack.layout import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (375, 812), "narrow": (320, 640)}
PATIENCE = 10_000  # ms, for a busy machine; what is there is there at once
expect.set_options(timeout=PATIENCE)


class Windows:
    """Opens pages, each a visitor's own, and remembers what scripts and the content security policy complained of."""

    def __init__(self, chromium: Browser, url: str) -> None:
        self.chromium, self.url = chromium, url
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(
        self, *, javascript: bool = True, size: str = "desktop", state: dict | None = None, dark: bool = False
    ) -> Page:
        """Return the page of a fresh visitor, or of one who comes back with the cookies in `state`."""
        context = self.chromium.new_context(
            base_url=self.url,
            java_script_enabled=javascript,
            storage_state=state,
            color_scheme="dark" if dark else "light",
            locale="en-US",
            accept_downloads=True,
        )
        self.contexts.append(context)
        page = context.new_page()
        resize(page, size)
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", lambda m: self.complaints.append(m.text) if "Content Security Policy" in m.text else None)
        return page

    def close(self) -> None:
        """Close them all."""
        for context in self.contexts:
            context.close()


def resize(page: Page, size: str) -> None:
    """Give the window one of the sizes."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})


def axe_violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(r => r.violations)", AXE_TAGS
    )
    return [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']]}" for v in found]
