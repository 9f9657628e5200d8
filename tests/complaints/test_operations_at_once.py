"""Two colleagues, or many presses, at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from complaints.correspondence.models import Message
from complaints.models import Decision, Note, TimelineEntry
from complaints.operations import AlreadyTaken, send_message, take_complaint, write_note
from members.identifiers import new_id
from slas.models import Clock
from tests.complaints import stages
from tests.complaints.stages import AT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]
TIMES = 8


def at_once(do):
    """Do something in several threads that set off together; return what they returned."""
    barrier = Barrier(TIMES)

    def run(number):
        try:
            barrier.wait()
            return do(number)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(run, range(TIMES)))


def codes(row):
    return [entry.code for entry in stages.all_of(TimelineEntry, row)]


def test_of_many_who_take_a_case_at_once_one_gets_it_and_the_others_are_told_who(agent, lead):
    row = stages.received()

    def take(number):
        actor = (agent, lead)[number % 2]
        try:
            return take_complaint(actor=actor, at=AT, complaint_id=row.pk).owner_id
        except AlreadyTaken as taken:
            return str(taken)

    answers = set(at_once(take))
    winner = agent if agent.user_id in answers else lead
    assert answers == {winner.user_id, winner.label}
    assert (stages.now(row).owner_id, codes(row)) == (winner.user_id, ["submitted", "taken"])


def test_one_note_pressed_many_times_at_once_is_one_note(agent):
    row, key = stages.received(), new_id()
    at_once(lambda _: write_note(actor=agent, at=AT, complaint_id=row.pk, body="Called.", key=key))
    assert (len(stages.all_of(Note, row)), codes(row)) == (1, ["submitted", "note_added"])


def test_one_decision_pressed_many_times_at_once_is_one_decision(agent):
    row, key = stages.investigated(agent), new_id()
    at_once(lambda _: stages.decide(agent, row.pk, key=key))
    assert (len(stages.all_of(Decision, row)), codes(row).count("decided")) == (1, 1)


def test_many_messages_at_once_start_one_clock():
    insured = stages.insured()
    row = stages.received(by=insured)
    at_once(lambda number: send_message(actor=insured.actor, at=AT, complaint_id=row.pk, body=f"Hello {number}"))
    assert len(stages.all_of(Message, row)) == TIMES
    assert Clock.objects.filter(matter_id=row.pk, kind="message_reply").count() == 1
