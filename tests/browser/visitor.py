"""A browser without a screen, for presses that have to come at the same instant: one connection, cookies, no script."""

import http.client
import re
from http.cookies import SimpleCookie
from typing import NamedTuple, Self
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|draft)" value="([^"]*)"')


class Answer(NamedTuple):
    """What came back."""

    status: int
    location: str
    text: str


class Visitor:
    """Somebody with cookies. A copy shares them and has a connection of its own: another tab."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        self.address = urlsplit(url).netloc
        self.cookies = {} if cookies is None else cookies
        self.hidden: dict[str, str] = {}
        self.connection = http.client.HTTPConnection(self.address, timeout=30)
        self.connection.connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def another_tab(self) -> Self:
        tab = type(self)(f"http://{self.address}", self.cookies)
        tab.hidden = self.hidden
        return tab

    def get(self, path: str) -> Answer:
        """Fetch a page and keep what its form hides."""
        answer = self._ask("GET", path)
        self.hidden |= dict(HIDDEN.findall(answer.text))
        return answer

    def post(self, path: str, **fields: str) -> Answer:
        """Send the form that was fetched last."""
        body = urlencode(self.hidden | fields)
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Answer:
        """Send the form that was fetched last, with a file in its field `files`."""
        boundary = uuid4().hex
        lines = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in (self.hidden | fields).items()
        )
        lines += f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        body = lines.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def _ask(
        self, method: str, path: str, body: str | bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {"Cookie": cookie, **(headers or {})})
        response = self.connection.getresponse()
        text = response.read().decode(errors="replace")
        for header in response.headers.get_all("Set-Cookie", ()):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return Answer(response.status, response.headers.get("Location", ""), text)
