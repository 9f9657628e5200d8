"""Receipt and acknowledgement: everything is there at once, and only proof stops the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from complaints.correspondence.models import Dispatch
from complaints.enums import Channel, Priority, State, TimelineCode, Track
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, TimelineEntry
from complaints.operations import (
    Statement,
    acknowledge_complaint,
    record_sent,
    record_undeliverable,
    submit_complaint,
    take_complaint,
    withdraw_complaint,
)
from complaints.permissions import ActionForbidden
from complaints.reference import read_reference
from members.actors import GUEST, SYSTEM, Role, importer
from members.audit.models import Event
from members.identifiers import new_id
from slas.models import Clock, ClockState, Matter, Outbox
from slas.queries import open_clocks
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")
TWO_BUSINESS_DAYS = datetime(2026, 6, 3, 21, 0, tzinfo=UTC)
FIFTEEN_BUSINESS_DAYS = datetime(2026, 6, 23, 21, 0, tzinfo=UTC)


def due(row):
    return {clock.kind: clock.due_at for clock in open_clocks([row.pk]).get(row.pk, [])}


def told_of_sends(row):
    entries = stages.all_of(TimelineEntry, row)
    return [(entry.code, entry.detail) for entry in entries if entry.code.startswith("send_")]


def test_a_complaint_is_received_with_its_clocks_its_timeline_its_audit_event_and_its_acknowledgement():
    row = stages.now(stages.received())
    assert (row.state, row.track, row.priority, row.received_at) == (State.RECEIVED, Track.STANDARD, 0, AT)
    assert read_reference(row.reference) == row.reference
    assert due(row) == {"acknowledge": TWO_BUSINESS_DAYS, "resolve": FIFTEEN_BUSINESS_DAYS}
    assert [entry.code for entry in stages.all_of(TimelineEntry, row)] == [TimelineCode.SUBMITTED]
    assert Event.objects.filter(matter_id=row.pk, action="complaint.submitted").count() == 1
    assert [dispatch.kind for dispatch in Dispatch.objects.filter(matter_id=row.pk)] == ["acknowledgement"]
    assert Outbox.objects.filter(matter_id=row.pk, topic="correspondence.send").count() == 1


def test_submitting_takes_few_queries(django_assert_num_queries):
    stages.received()  # from now on the process knows the policies
    with django_assert_num_queries(12):
        stages.received()


def test_of_a_complaint_that_cannot_be_written_nothing_is_left():
    key = new_id()
    submit_complaint(actor=GUEST, at=AT, statement=Statement(narrative="A story"), submission_key=key)
    with pytest.raises(IntegrityError):
        submit_complaint(actor=GUEST, at=AT, statement=Statement(narrative="Another"), submission_key=key)
    assert (Matter.objects.count(), len(stages.all_of(Complaint)), len(stages.all_of(TimelineEntry))) == (1, 1, 1)


def test_where_waiting_could_do_harm_the_track_is_expedited_at_once():
    row = stages.received(harm_if_waiting=True)
    assert (row.track, row.priority) == (Track.EXPEDITED, Priority.URGENT)
    assert due(row) == {"acknowledge": datetime(2026, 6, 2, 4, 0, tzinfo=UTC), "resolve": AT + timedelta(hours=72)}


def test_clocks_of_paper_run_from_its_receipt():
    row = submit_complaint(
        actor=GUEST,
        at=AT,
        statement=Statement(narrative="A letter."),
        channel=Channel.MAIL,
        received_at=AT - timedelta(days=3),
    )
    assert due(row)["acknowledge"] == datetime(2026, 6, 2, 21, 0, tzinfo=UTC)


def test_nobody_is_written_to_who_gave_no_address_or_complained_long_ago():
    stages.received(email="")
    submit_complaint(actor=importer("the archive"), at=AT, statement=Statement(narrative="Old.", email="a@b.example"))
    assert not Dispatch.objects.exists()


def test_the_proof_of_sending_acknowledges_and_meets_the_clock():
    row = stages.received()
    sent_at = AT + timedelta(minutes=1)
    record_sent(at=sent_at, dispatch_id=Dispatch.objects.get().pk)
    row = stages.now(row)
    assert (row.state, row.acknowledged_at) == (State.ACKNOWLEDGED, sent_at)
    assert Clock.objects.get(matter_id=row.pk, kind="acknowledge").state == ClockState.MET


def test_a_proof_that_is_recorded_twice_counts_once():
    row = stages.received()
    for minutes in (1, 2):
        record_sent(at=AT + timedelta(minutes=minutes), dispatch_id=Dispatch.objects.get().pk)
    assert stages.now(row).acknowledged_at == AT + timedelta(minutes=1)
    assert [entry.code for entry in stages.all_of(TimelineEntry, row)] == ["submitted", "acknowledged"]


def test_a_complaint_that_was_withdrawn_while_the_mail_was_on_its_way_stays_so():
    insured = stages.insured()
    row = stages.received(by=insured)
    withdraw_complaint(actor=insured.actor, at=AT, complaint_id=row.pk)
    record_sent(at=AT + timedelta(minutes=1), dispatch_id=Dispatch.objects.get().pk)
    assert (stages.now(row).state, stages.now(row).acknowledged_at) == (State.WITHDRAWN, None)
    assert Dispatch.objects.get().sent_at == AT + timedelta(minutes=1)


def test_a_send_that_was_given_up_is_told_on_the_timeline_once():
    row = stages.received()
    for _ in range(2):
        record_undeliverable(at=AT, dispatch_id=Dispatch.objects.get().pk)
    assert told_of_sends(row) == [("send_failed", {"kind": "acknowledgement"})]
    assert Clock.objects.get(matter_id=row.pk, kind="acknowledge").is_open


def test_the_proof_of_sending_wins_over_a_failure_that_was_recorded_before():
    row = stages.received()
    dispatch_id = Dispatch.objects.get().pk
    record_undeliverable(at=AT, dispatch_id=dispatch_id)
    record_sent(at=AT + timedelta(minutes=1), dispatch_id=dispatch_id)
    dispatch = Dispatch.objects.get()
    assert (dispatch.sent_at, dispatch.failed_at) == (AT + timedelta(minutes=1), None)
    assert stages.now(row).acknowledged_at == AT + timedelta(minutes=1)
    assert told_of_sends(row) == [
        ("send_failed", {"kind": "acknowledgement"}),
        ("send_arrived", {"kind": "acknowledgement"}),
    ]


def test_where_it_is_urgent_an_email_without_a_name_keeps_no_promise_and_the_one_that_names_does(agent):
    row = stages.received(harm_if_waiting=True)
    unnamed = Dispatch.objects.get()
    record_sent(at=AT + timedelta(minutes=1), dispatch_id=unnamed.pk)
    assert (stages.now(row).state, stages.now(row).acknowledged_at) == (State.RECEIVED, None)
    assert "acknowledge" in due(row)
    take_complaint(actor=agent, at=AT + timedelta(hours=1), complaint_id=row.pk)
    named = Dispatch.objects.exclude(pk=unnamed.pk).get()
    assert (named.kind, named.detail) == ("acknowledgement", {"case_manager": str(agent.user_id)})
    record_sent(at=AT + timedelta(hours=2), dispatch_id=named.pk)
    assert stages.now(row).acknowledged_at == AT + timedelta(hours=2)
    assert Clock.objects.get(matter_id=row.pk, kind="acknowledge").state == ClockState.MET


def test_an_unnamed_email_that_arrives_after_the_case_was_taken_keeps_no_promise_either(agent):
    row = stages.taken(agent, harm_if_waiting=True)
    record_sent(at=AT, dispatch_id=Dispatch.objects.get(detail={}).pk)
    assert stages.now(row).acknowledged_at is None


def test_where_it_is_urgent_the_case_managers_call_keeps_the_promise(agent, lead):
    row = stages.received(harm_if_waiting=True, email="")
    with pytest.raises(TransitionRefused, match="the confirmation names the case manager"):
        acknowledge_complaint(actor=agent, at=AT, complaint_id=row.pk, proof="phone")
    take_complaint(actor=lead, at=AT, complaint_id=row.pk)
    with pytest.raises(TransitionRefused, match="Dana Ruiz has this complaint"):
        acknowledge_complaint(actor=agent, at=AT, complaint_id=row.pk, proof="phone")
    acknowledge_complaint(actor=lead, at=AT, complaint_id=row.pk, proof="phone")
    assert Clock.objects.get(matter_id=row.pk, kind="acknowledge").state == ClockState.MET
    assert not Dispatch.objects.exists()


def test_a_complaint_that_turns_out_urgent_is_confirmed_by_name(agent):
    row = stages.assessed(agent, axes=stages.DANGEROUS)
    [named] = Dispatch.objects.filter(matter_id=row.pk).exclude(detail={})
    assert named.detail == {"case_manager": str(agent.user_id)}


def test_each_case_manager_is_named_once(agent, lead):
    row = stages.received(harm_if_waiting=True)
    for actor, former in ((agent, None), (lead, agent.user_id), (agent, lead.user_id)):
        take_complaint(actor=actor, at=AT, complaint_id=row.pk, from_owner_id=former)
    assert Dispatch.objects.filter(matter_id=row.pk).count() == 3


def test_taking_what_is_not_urgent_or_confirmed_already_sends_nothing(agent, lead):
    stages.taken(agent)
    urgent = stages.taken(agent, harm_if_waiting=True)
    acknowledge_complaint(actor=agent, at=AT, complaint_id=urgent.pk, proof="phone")
    before = Dispatch.objects.count()
    take_complaint(actor=lead, at=AT, complaint_id=urgent.pk, from_owner_id=agent.user_id)
    assert Dispatch.objects.count() == before == 3


def test_a_call_acknowledges_too_and_a_second_one_changes_nothing(agent):
    row = stages.received()
    for minutes in (5, 10):
        acknowledge_complaint(actor=agent, at=AT + timedelta(minutes=minutes), complaint_id=row.pk, proof="phone")
    assert stages.now(row).acknowledged_at == AT + timedelta(minutes=5)
    assert [entry.detail for entry in stages.all_of(TimelineEntry, row)][1:] == [{"proof": "phone"}]


def test_after_the_work_has_begun_the_state_stays(agent):
    row = stages.assessed(agent)
    acknowledge_complaint(actor=agent, at=AT + timedelta(days=10), complaint_id=row.pk, proof="post")
    row = stages.now(row)
    assert (row.state, row.acknowledged_at) == (State.ASSESSED, AT + timedelta(days=10))
    assert Clock.objects.get(matter_id=row.pk, kind="acknowledge").state == ClockState.MISSED


@pytest.mark.parametrize("bring", [stages.received, stages.assessed])
def test_who_only_reads_cannot_acknowledge(agent, bring):
    auditor = actor_of(staff(Role.AUDITOR))
    row = bring() if bring is stages.received else bring(agent)
    with pytest.raises(ActionForbidden):
        acknowledge_complaint(actor=auditor, at=AT, complaint_id=row.pk, proof="phone")


def test_what_has_ended_is_not_acknowledged():
    insured = stages.insured()
    row = stages.received(by=insured)
    withdraw_complaint(actor=insured.actor, at=AT, complaint_id=row.pk)
    with pytest.raises(TransitionRefused):
        acknowledge_complaint(actor=SYSTEM, at=AT, complaint_id=row.pk, proof="email")
