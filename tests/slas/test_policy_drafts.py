"""The way of a draft from writing to law, and what keeps it straight."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from members.actors import SYSTEM, Role
from members.audit.models import Event
from slas.drafts import DraftForbidden, DraftRefused, read_calendar_text, read_pack_text
from slas.models import DraftState, PolicyDraft, PolicyVersion
from slas.operations import publish_draft, submit_draft, withdraw_draft
from slas.operations.publish_versions import wait_for_publications
from slas.pack_words import PackFault
from slas.queries import database_now
from slas.versions import in_force, terms_of
from tests.people import actor_of, staff
from tests.slas.calendars import utc
from tests.slas.clocks import complete, start
from tests.slas.drafts import (
    at_noon,
    fresh,
    house_calendar,
    in_a_week,
    published,
    reckoned,
    submitted,
    written,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_shelf")]
MONDAY = utc(2026, 6, 1, 14)


# From writing to law


def test_a_published_draft_is_in_force_from_its_day_on_and_running_clocks_keep_their_terms(author, second):
    clock = start("resolve", MONDAY, track="standard")
    draft = published(author, second)
    before, after = (in_force("house", "resolve", "standard", at_noon(days))[0] for days in (5, 10))
    assert terms_of(before, clock.calendar_id).policy.budget == 15
    row = PolicyVersion.objects.get(pk=after)
    assert (row.budget, row.effective_from, row.draft_id) == (10, draft.effective_on, draft.pk)
    assert PolicyVersion.objects.get(pk=before).effective_to == draft.effective_on
    assert PolicyVersion.objects.filter(draft=draft).count() == 1
    ended = complete(clock, clock.due_at)
    assert (ended.due_at, ended.policy_id) == (clock.due_at, clock.policy_id)


def test_each_step_is_an_audit_event_with_the_digest_of_the_text(author, second):
    draft = published(author, second)
    events = Event.objects.filter(object_id=draft.pk).order_by("id")
    assert list(events.values_list("action", "actor_label")) == [
        ("policy_draft.written", "A. Uthor"),
        ("policy_draft.submitted", "A. Uthor"),
        ("policy_draft.published", "S. Econd"),
    ]
    assert set(events.values_list("detail__sha256", flat=True)) == {bytes(draft.sha256).hex()}


def test_a_draft_is_changed_until_it_is_submitted_and_by_its_author_alone(author, second):
    draft = written(author)
    assert written(author, draft_id=draft.pk, note="Better so.").note == "Better so."
    with pytest.raises(DraftRefused, match=r"can no longer be changed\. Start another one from its text"):
        written(second, draft_id=draft.pk, note="Mine.")
    reckoned(draft, author)
    submit_draft(actor=author, at=database_now(), draft_id=draft.pk)
    with pytest.raises(DraftRefused, match="can no longer be changed"):
        written(author, draft_id=draft.pk, note="Later.")


def test_its_author_does_not_publish_a_draft(author):
    draft = submitted(author)
    with pytest.raises(DraftRefused, match=r"You wrote this draft\. A second quality manager or a lead publishes it"):
        publish_draft(actor=author, at=database_now(), draft_id=draft.pk)
    assert fresh(draft).state == DraftState.SUBMITTED


def test_a_lead_publishes_and_does_not_write_and_an_agent_does_neither(author):
    lead, agent = actor_of(staff(Role.LEAD)), actor_of(staff(Role.AGENT))
    draft = submitted(author)
    for forbidden in (agent, SYSTEM):
        with pytest.raises(DraftForbidden):
            publish_draft(actor=forbidden, at=database_now(), draft_id=draft.pk)
    with pytest.raises(DraftForbidden):
        written(lead)
    assert publish_draft(actor=lead, at=database_now(), draft_id=draft.pk).published_by_id == lead.user_id


def test_pressing_publish_twice_publishes_once_and_another_person_is_told_who_did(author, second):
    draft = published(author, second)
    again = publish_draft(actor=second, at=database_now(), draft_id=draft.pk)
    assert (again.published_at, PolicyVersion.objects.filter(draft=draft).count()) == (draft.published_at, 1)
    with pytest.raises(DraftRefused, match=r"S\. Econd has published this draft already"):
        publish_draft(actor=actor_of(staff(Role.LEAD)), at=database_now(), draft_id=draft.pk)


def test_a_withdrawn_draft_is_not_published_and_a_published_one_not_withdrawn(author, second):
    draft = submitted(author)
    for _ in range(2):
        withdraw_draft(actor=second, at=database_now(), draft_id=draft.pk)
    with pytest.raises(DraftRefused, match=r"S\. Econd has withdrawn this draft"):
        publish_draft(actor=second, at=database_now(), draft_id=draft.pk)
    with pytest.raises(DraftRefused, match=r"S\. Econd has published this draft already"):
        withdraw_draft(actor=author, at=database_now(), draft_id=published(author, second).pk)


def test_what_is_not_submitted_is_not_published(author, second):
    with pytest.raises(DraftRefused, match="cannot be done to a draft that is draft"):
        publish_draft(actor=second, at=database_now(), draft_id=written(author).pk)


# What the database keeps


def test_the_database_refuses_a_publisher_who_wrote_the_draft(author):
    draft = submitted(author)
    with pytest.raises(IntegrityError, match="slas_draft_published_by_another"), transaction.atomic():
        PolicyDraft.objects.filter(pk=draft.pk).update(
            state="published", published_by=author.user_id, published_at=database_now(), published_on=in_a_week(days=0)
        )


def test_the_database_refuses_a_draft_in_force_on_the_day_it_is_published(author, second):
    draft = submitted(author)
    with pytest.raises(IntegrityError, match="slas_draft_in_force_after_publication"), transaction.atomic():
        PolicyDraft.objects.filter(pk=draft.pk).update(
            state="published",
            published_by=second.user_id,
            published_at=database_now(),
            published_on=draft.effective_on,
        )


def test_the_database_keeps_the_words_of_what_is_submitted_and_all_of_what_is_published(author, second):
    submitted_one, published_one = submitted(author), published(author, second, effective_on=in_a_week(days=9))
    for draft, change in (
        (submitted_one, {"text": "x"}),
        (submitted_one, {"effective_on": in_a_week(days=30)}),
        (submitted_one, {"note": "x"}),
        (published_one, {"state": "draft"}),
        (published_one, {"replay": {}}),
    ):
        with pytest.raises(Exception, match="slas_policydraft never changes"), transaction.atomic():
            PolicyDraft.objects.filter(pk=draft.pk).update(**change)
    with pytest.raises(Exception, match="slas_policydraft never changes"), transaction.atomic():
        submitted_one.delete()


def test_plain_readers_raise_their_own_faults_with_the_name_of_the_file():
    with pytest.raises(PackFault, match=r"^mine\.toml: Invalid value \(at line 1, column 8\)"):
        read_pack_text("pack = house", "mine.toml")
    assert read_calendar_text(house_calendar(), "house.toml").name == "house"


# Two at once


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_one_draft_at_once_one_does_and_the_other_is_told(author):
    people = [actor_of(staff(Role.LEAD, name=name)) for name in ("F. Irst", "S. Econd")]
    draft, barrier = submitted(author), Barrier(2)

    def press(actor):
        barrier.wait()
        try:
            return publish_draft(actor=actor, at=database_now(), draft_id=draft.pk).published_by_id
        except DraftRefused as refused:
            return str(refused)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(press, people))
    winner = people[0] if told[0] == people[0].user_id else people[1]
    assert sorted(map(str, told)) == sorted([str(winner.user_id), f"{winner.label} has published this draft already."])
    assert PolicyVersion.objects.filter(draft=draft).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_twice_at_once_is_one_draft(author):
    key, barrier = uuid4(), Barrier(2)

    def press(_number):
        barrier.wait()
        try:
            return written(author, draft_id=key).pk
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(press, range(2))) == [key, key]
    assert PolicyDraft.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_publishes_waits_for_the_turn_before_holding_the_draft_as_who_writes_does(author, second):
    draft = submitted(author)

    def press():
        try:
            return publish_draft(actor=second, at=database_now(), draft_id=draft.pk).state
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            wait_for_publications()
            pressed = pool.submit(press)
            while not others_wait_for_locks():
                time.sleep(0.01)
            assert PolicyDraft.objects.select_for_update(nowait=True).get(pk=draft.pk) == draft
        assert pressed.result() == DraftState.PUBLISHED


def others_wait_for_locks():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
        return cursor.fetchone()[0]
