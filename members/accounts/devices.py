"""What a browser calls itself, in words that its owner recognises in a list of sessions."""

from django.http import HttpRequest

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_of(request: HttpRequest) -> str:
    """Return what the browser of this request calls itself, in words."""
    return device_in_words(request.headers.get("User-Agent", ""))


def device_in_words(user_agent: str) -> str:
    """Return for example "Firefox, Windows"; nothing of what is not known, as any browser may call itself anything."""
    found = (next((word for sign, word in signs if sign in user_agent), "") for signs in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found))
