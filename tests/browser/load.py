"""People who read, file and send files until somebody says stop; what they got is counted."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event

from tests.browser.stack import RunningStack
from tests.browser.test_pressing_send_at_once import ANSWERS, FORM
from tests.browser.visitor import Answer, Visitor
from tests.intake.papers import JPG, pdf

A_CODE_LASTS = 30  # s
BREATHER = 0.5  # s between two complaints
CASE = re.compile(r'href="(/desk/cases/[^/"]+/)"')
FILE = re.compile(r'href="(/desk/cases/[^/"]+/files/[^/"]+/)"')
ENTRANCE = "/en/account"
Papers = Sequence[tuple[str, bytes]]
PAPERS: Papers = (("bill.pdf", pdf()), ("scan.pdf", pdf(2 * 1024**2)), ("photo.jpg", JPG))


@dataclass
class Load:
    """What people got while it went on: answers by page and status, complaints and files that were taken."""

    stop: Event = field(default_factory=Event)
    answers: Counter = field(default_factory=Counter)
    filed: int = 0
    sent: int = 0

    def note(self, page: str, answer: Answer) -> Answer:
        self.answers[page, answer.status] += 1
        return answer

    def failed(self) -> dict:
        return {key: number for key, number in self.answers.items() if key[1] not in {200, 302}}


@contextmanager
def people_at_work(stack: RunningStack) -> Iterator[Load]:
    """Let people work until the end of the block, and see each of them finish what was begun."""
    load = Load()
    with ExitStack() as tabs, ThreadPoolExecutor(6) as people:
        agent, member = (tabs.enter_context(come_in(stack, role)) for role in ("agent", "member"))
        readers = [tabs.enter_context(agent.another_tab()) for _ in range(2)]
        for tab in (agent, member, *readers):
            tab.connection.close()  # the server ends idle ones; the next request opens another
        work = (_reading_the_queue(agent), *map(_reading_cases, readers), _reading_the_own_list(member))
        at_work = [people.submit(each, load) for each in (*work, _filing(stack), _filing(stack))]
        try:
            yield load
        finally:
            load.stop.set()
        for each in at_work:
            each.result(60)


def come_in(stack: RunningStack, role: str) -> Visitor:
    """Return a visitor who is signed in; a one-time code works once, so it may take until the next."""
    account, visitor = stack.accounts[role], Visitor(stack.url)
    visitor.get(f"{ENTRANCE}/sign-in/")
    answer = visitor.post(f"{ENTRANCE}/sign-in/", email=account.email, password=account.password)
    until = time.monotonic() + 2 * A_CODE_LASTS
    while (account.totp_secret and answer.status != 302) or "/verify/" in answer.location:
        assert time.monotonic() < until, answer
        visitor.get(f"{ENTRANCE}/verify/")
        answer = visitor.post(f"{ENTRANCE}/verify/", code=account.code())
        time.sleep(0 if answer.status == 302 else 3)
    assert answer.status == 302, answer
    return visitor


def file_complaint(visitor: Visitor, load: Load, *, papers: Papers = PAPERS, **more: str) -> Answer:
    """Fill in the form with one file of these, in turns, and send it; the answer leads to its reference."""
    load.note("form", visitor.get(f"{FORM}/who/"))
    for step, answers in ANSWERS.items():
        if step == "files":
            _send_file(visitor, load, *papers[load.sent % len(papers)])
        load.note(step, visitor.post(f"{FORM}/{step}/", **answers, **(more if step == "who" else {})))
    load.note("check", visitor.get(f"{FORM}/check/"))
    return load.note("send", visitor.post(f"{FORM}/check/"))


def _send_file(visitor: Visitor, load: Load, name: str, content: bytes) -> None:
    load.note("choose a file", visitor.get(f"{FORM}/files/"))
    taken = load.note("add a file", visitor.upload(f"{FORM}/files/", name, content, add="1"))
    assert taken.status == 302, taken.text
    load.sent += 1


def _reading_the_queue(visitor: Visitor) -> Callable[[Load], None]:
    def work(load: Load) -> None:
        while not load.stop.is_set():
            load.note("queue", visitor.get("/desk/"))

    return work


def _reading_cases(visitor: Visitor) -> Callable[[Load], None]:
    def work(load: Load) -> None:
        for turn in count():
            cases = sorted(set(CASE.findall(visitor.get("/desk/").text)))
            page = load.note("case", visitor.get(cases[turn % len(cases)]))
            for file in FILE.findall(page.text):
                load.note("file", visitor.get(file))
            if load.stop.is_set():
                return

    return work


def _reading_the_own_list(visitor: Visitor) -> Callable[[Load], None]:
    def work(load: Load) -> None:
        while not load.stop.is_set():
            load.note("own list", visitor.get("/en/my/"))

    return work


def _filing(stack: RunningStack) -> Callable[[Load], None]:
    def work(load: Load) -> None:
        while not load.stop.is_set():
            with Visitor(stack.url) as visitor:
                file_complaint(visitor, load)
            load.filed += 1
            load.stop.wait(BREATHER)

    return work
