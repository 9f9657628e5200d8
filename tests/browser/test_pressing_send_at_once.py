"""Two presses of Send at the same moment, against the real web server, again and again: one complaint each time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg

from tests.browser.visitor import Answer, Visitor

ROUNDS = 50
FORM = "/en/complaints/new"
ANSWERS = {
    "who": {"relationship": "self", "name": "Rosa Lindqvist", "phone": "860-555-0123", "language": "en"},
    "urgent": {"harm_if_waiting": "no"},
    "topic": {"topic": "bill"},
    "what-happened": {"narrative": "You sent me a bill that I had paid."},
    "files": {},
    "outcome": {"desired_outcome": "Take it back."},
}


def test_two_presses_of_send_at_once_give_one_complaint_and_the_same_reference(stack):
    before = complaints(stack)
    references = []
    with ThreadPoolExecutor(2) as people:
        for _ in range(ROUNDS):
            with Visitor(stack.url) as visitor, visitor.another_tab() as tab:
                answer_everything(visitor)
                first, second = press_send_at_once(people, visitor, tab)
            assert (first.status, second.status) == (302, 302)
            assert first.location == second.location
            references.append(first.location)

    assert len(set(references)) == ROUNDS
    assert complaints(stack) == before + ROUNDS


def answer_everything(visitor: Visitor) -> None:
    """Fill in all pages, up to the one that checks the answers."""
    visitor.get(f"{FORM}/who/")
    for step, answers in ANSWERS.items():
        visitor.post(f"{FORM}/{step}/", **answers)
    assert visitor.get(f"{FORM}/check/").status == 200


def press_send_at_once(people: ThreadPoolExecutor, *tabs: Visitor) -> list[Answer]:
    together = Barrier(len(tabs))

    def press(tab: Visitor) -> Answer:
        together.wait(10)
        return tab.post(f"{FORM}/check/")

    return list(people.map(press, tabs))


def complaints(stack) -> int:
    """Return how many there are by the form; nothing else files any while this runs."""
    with psycopg.connect(stack.environment["DATABASE_URL"]) as database:
        return database.execute(
            "SELECT count(*) FROM complaints_complaint WHERE submission_key IS NOT NULL"
        ).fetchone()[0]
