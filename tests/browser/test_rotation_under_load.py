"""Checklist 19: a key is rotated from the first step to the last while people read and write, and nobody notices."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event

from tests.browser.stack import RunningStack
from tests.browser.test_pressing_send_at_once import ANSWERS, FORM
from tests.browser.visitor import Answer, Visitor

A_CODE_LASTS = 30  # s
AFTERWARDS = 3  # s for which the load goes on when the old key is gone
CASE = re.compile(r'href="(/desk/cases/[^/"]+/)"')
ENTRANCE = "/en/account"


@dataclass
class Load:
    """What people got while it went on: answers by page and status, and whatever went wrong."""

    stop: Event = field(default_factory=Event)
    answers: Counter = field(default_factory=Counter)
    filed: int = 0

    def note(self, page: str, answer: Answer) -> Answer:
        self.answers[page, answer.status] += 1
        return answer

    def failed(self) -> dict:
        return {key: count for key, count in self.answers.items() if key[1] not in {200, 302}}


def test_a_rotation_under_load_leaves_no_row_on_the_old_key_and_fails_no_request(stack):
    (old,) = keys_of(stack)
    load = Load()
    with ExitStack() as tabs, ThreadPoolExecutor(5) as people:
        agent, member = (tabs.enter_context(come_in(stack, role)) for role in ("agent", "member"))
        readers = [tabs.enter_context(agent.another_tab()) for _ in range(2)]
        for tab in (agent, member, *readers):
            tab.connection.close()  # the server ends idle ones; the next request opens another
        at_work = [
            people.submit(work, load)
            for work in (
                reading_the_queue(agent),
                *map(reading_cases, readers),
                reading_the_own_list(member),
                filing(stack),
            )
        ]
        try:
            time.sleep(1)
            stack.manage("keys", "add")
            (new,) = keys_of(stack) - {old}
            stack.manage("keys", "promote", str(new))
            stack.manage("keys", "reencrypt")
            stack.manage("keys", "destroy", str(old))
            time.sleep(AFTERWARDS)
        finally:
            load.stop.set()
        for each in at_work:
            each.result(60)

    told = json.loads(stack.manage("keys", "status", "--json"))
    assert (told["ring"], told["primary"], told["faults"]) == ([new], new, [])
    assert told["values"].keys() == {str(new)}
    assert told["values"][str(new)] > 1_000
    assert load.failed() == {}
    assert load.filed >= 3
    assert all(load.answers[page, 200] >= 10 for page in ("queue", "case", "own list"))


def test_after_it_the_worker_still_confirms_complaints_by_e_mail(stack):
    """The worker has never been restarted; it opens the address under the new key."""
    with Visitor(stack.url) as visitor:
        file_complaint(visitor, Load(), email="after.rotation@example.org")
    assert stack.wait_for_mail("after.rotation@example.org")["subject"]


def keys_of(stack: RunningStack) -> set[int]:
    with open(stack.environment["REDRESS_KEYRING_FILE"]) as file:  # noqa: PTH123 -- as the product reads it
        return {int(number) for number in json.load(file)["keys"]}


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


def reading_the_queue(visitor: Visitor) -> Callable[[Load], None]:
    def work(load: Load) -> None:
        while not load.stop.is_set():
            load.note("queue", visitor.get("/desk/"))

    return work


def reading_cases(visitor: Visitor) -> Callable[[Load], None]:
    def work(load: Load) -> None:
        cases = sorted(set(CASE.findall(visitor.get("/desk/").text)))
        assert cases
        while not load.stop.is_set():
            for path in cases:
                load.note("case", visitor.get(path))
                if load.stop.is_set():
                    return

    return work


def reading_the_own_list(visitor: Visitor) -> Callable[[Load], None]:
    def work(load: Load) -> None:
        while not load.stop.is_set():
            load.note("own list", visitor.get("/en/my/"))

    return work


def filing(stack: RunningStack) -> Callable[[Load], None]:
    def work(load: Load) -> None:
        while not load.stop.is_set():
            with Visitor(stack.url) as visitor:
                file_complaint(visitor, load)
            load.filed += 1
            load.stop.wait(0.5)

    return work


def file_complaint(visitor: Visitor, load: Load, **more: str) -> None:
    load.note("form", visitor.get(f"{FORM}/who/"))
    for step, answers in ANSWERS.items():
        load.note(step, visitor.post(f"{FORM}/{step}/", **answers, **(more if step == "who" else {})))
    load.note("check", visitor.get(f"{FORM}/check/"))
    load.note("send", visitor.post(f"{FORM}/check/"))
