"""People who type: each has a browser without a screen, and types a canary wherever something can be typed."""

import re
from typing import Any

from tests.browser.stack import Account, RunningStack
from tests.browser.visitor import Answer, Visitor
from tests.clear.canaries import Canaries
from tests.clear.forms import Form, FormsOf

HELD_UP = {301, 302, 303}


class Typist(Visitor):
    """Somebody before a browser."""

    def __init__(self, stack: RunningStack, canaries: Canaries) -> None:
        super().__init__(stack.url)
        self.canaries = canaries

    def sign_in(self, account: Account) -> None:
        """Come in with password and code, which who has one gets wrong at first."""
        self.fill("/en/account/sign-in/", email=account.email, password=account.password)
        if account.totp_secret:
            self.fill("/en/account/recovery/")
            self.fill("/en/account/verify/")
            self.fill("/en/account/verify/", code=account.code())

    def form_at(self, path: str, to: str = "") -> Form:
        """Fetch a page and return its form that leads there, or to itself: of several, the one with most to type."""
        answer = self.get(path)
        forms = [form for form in FormsOf(answer.text).forms if form.action in ({to} if to else {"", path})]
        assert forms, f"{path} shows no form: {answer.status} {answer.location}"
        return max(forms, key=lambda form: len(form.typed))

    def fill(self, path: str, *, to: str = "", **given: str) -> Answer:
        """Fill in the form of a page and send it; `given` stands where a canary would be refused."""
        return self._send(to or path, self.form_at(path, to), given)

    def done(self, path: str, *, at: str = "", **given: str) -> Answer:
        """Fill in a form and send it twice: with choices that nobody offers, which is refused, and as it should be.

        `at` is the page that shows it, if that is another.
        """
        form = self.form_at(at or path, path if at else "")
        if nonsense := {name: self.canaries.word(f"{path} {name}, not offered") for name in form.choices}:
            answer = self._send(path, form, given | nonsense)
            assert answer.status not in HELD_UP, f"{path} takes anything"
        answer = self._send(path, self.form_at(at or path, path if at else ""), given)
        assert answer.status in HELD_UP, f"{path}: {answer.status} {_errors(answer.text)}"
        return answer

    def _ask(self, *request: Any) -> Answer:
        """Ask over a fresh connection: people pause for longer than the server keeps one open."""
        self.connection.close()
        return super()._ask(*request)

    def _send(self, path: str, form: Form, given: dict[str, str]) -> Answer:
        self.hidden = {}
        return self.post(path, **form.filled(self.canaries, path, given))


def _errors(text: str) -> list[str]:
    said = re.findall(r'error-message">(.*?)</p>', text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", each).split()) for each in said]
