"""Whether the product answers people over HTTP: somebody without an account, and an agent who signs in."""

import re
import time

from tests.browser.load import CASE, come_in
from tests.browser.stack import RunningStack
from tests.browser.visitor import Visitor

LINK = re.compile(r"/en/status/[^/\s]+/")
PATIENCE = 60.0  # s until an e-mail is there


def see_that_it_answers(house: RunningStack, *, reference: str, address: str) -> None:
    """Have a link sent to where a complaint stands and open it, then sign in and look at the queue.

    Raises RuntimeError, TimeoutError, OSError.
    """
    with Visitor(house.url) as person:
        person.get("/en/status/")
        _demand(person.post("/en/status/", reference=reference, surname="Lindqvist"), "")
        _demand(person.get(_link(house, address)), reference)
    with come_in(house, "agent") as agent:
        if not CASE.search(agent.get("/desk/").text):
            raise RuntimeError("the queue shows no case")


def _demand(answer, words: str) -> None:
    if answer.status != 200 or words not in answer.text:
        raise RuntimeError(f"the page of the status answered {answer.status}, without {words!r}")


def _link(house: RunningStack, address: str) -> str:
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        for message in house.messages():
            if address in str(message["To"]) and (found := LINK.search(message.get_content())):
                return found[0]
        time.sleep(0.1)
    raise TimeoutError("no e-mail came with a link to the status")
