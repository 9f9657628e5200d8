"""Two people, or two presses, at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections

from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import Capa, CapaAction, RootCause
from complaints.capa.operations import complete_action, open_capa, record_root_cause
from members.audit.models import Event
from tests.capa.cases import AT, analysed, decided, planned, with_action

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"title": "Codes of lab tests", "problem": "The list was not loaded.", "cause": "claim_coding"}


def at_once(times, do):
    """Do something in several threads that set off together; return what they returned."""
    barrier = Barrier(times)

    def run(number):
        try:
            barrier.wait()
            return do(number)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_capas_that_are_opened_at_once_get_numbers_of_their_own(manager, owner):
    rows = [analysed(manager) for _ in range(8)]

    def do(number):
        return open_capa(
            actor=manager, at=AT, owner_id=owner.user_id, complaint_ids=[rows[number].pk], **WORDS
        ).reference

    assert sorted(at_once(8, do)) == [f"CAPA-26-{number:04d}" for number in range(1, 9)]


def test_one_form_that_is_pressed_many_times_at_once_opens_one_capa(manager, owner):
    row, key = analysed(manager), uuid4()

    def do(_number):
        capa = open_capa(actor=manager, at=AT, owner_id=owner.user_id, complaint_ids=[row.pk], opening_key=key, **WORDS)
        return capa.reference

    assert set(at_once(8, do)) == {"CAPA-26-0001"}
    assert Capa.objects.unscoped("a test").count() == 1


def test_of_two_managers_who_open_a_capa_for_one_complaint_at_once_one_gets_it(manager, owner):
    row = analysed(manager)

    def do(_number):
        try:
            return open_capa(actor=manager, at=AT, owner_id=owner.user_id, complaint_ids=[row.pk], **WORDS).reference
        except CapaRefused as refused:
            return str(refused).partition(" is open for this cause")[0]

    assert set(at_once(2, do)) == {"CAPA-26-0001"}
    assert Capa.objects.unscoped("a test").count() == 1


def test_one_cause_that_is_recorded_many_times_at_once_is_recorded_once(manager):
    row = decided()
    at_once(8, lambda _: record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="claim_coding"))
    assert RootCause.objects.unscoped("a test").count() == 1


def test_the_last_two_actions_done_at_once_implement_the_capa_once(manager, owner):
    capa = planned(manager, owner.user_id)
    with_action(manager, capa, manager.user_id)
    actions = list(CapaAction.objects.unscoped("a test").filter(capa=capa))
    at_once(2, lambda number: complete_action(actor=manager, at=AT, action_id=actions[number].pk))
    assert Capa.objects.unscoped("a test").get(pk=capa.pk).state == "implemented"
    assert Event.objects.filter(action="capa.implemented", matter_id=capa.pk).count() == 1
