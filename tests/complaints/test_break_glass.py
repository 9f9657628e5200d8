"""Checklist 14: with a reference, a reason and a fresh factor, for an hour, told at once and reviewed by another."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, Opening
from complaints.operations import (
    AnswersAwaited,
    NothingToOpen,
    OpeningRefused,
    TooManyOpenings,
    break_glass,
    judge_opening,
    take_complaint,
    write_note,
)
from complaints.permissions import ActionForbidden
from complaints.queries.openings import done_within, read_openings
from complaints.tasks import remind_of_openings
from members.actors import STAFF, SYSTEM, Role
from members.audit.models import Event
from members.operations import revoke_role
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.glass import HOUR, WHY, opened, past, restricted
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")


def sees(actor, row):
    found = Complaint.objects.visible_to(actor).filter(pk=row.pk).exists()
    assert found == stages.now(row).is_visible_to(actor)
    return found


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLINICAL_REVIEWER])
def test_whoever_handles_cases_sees_one_for_an_hour_and_not_a_second_longer(role):
    actor, row = actor_of(staff(role)), restricted()
    assert not sees(actor, row)
    opening = opened(actor, row)
    assert opening.until - opening.opened_at == HOUR
    assert sees(actor, row)
    assert not sees(actor_of(staff(role)), row)
    for moment in ("opened_at", "until"):
        setattr(opening, moment, getattr(opening, moment) - HOUR)
    opening.save(update_fields=["opened_at", "until"])
    assert not sees(actor, row)  # by the arithmetic of time alone


def test_the_database_itself_refuses_a_minute_more(agent):
    opening = opened(agent, restricted())
    with pytest.raises(IntegrityError, match="opening_lasts_an_hour_at_most"), transaction.atomic():
        Opening.objects.unscoped("test").update(until=opening.opened_at + HOUR + timedelta(microseconds=1))


def test_the_database_itself_wants_another_to_judge(agent):
    opening = opened(agent, restricted())
    opening.justified, opening.verdict_reason = True, "It was me."
    opening.judged_at, opening.judged_by_id = opening.opened_at, agent.user_id
    with pytest.raises(IntegrityError, match="opening_judged_by_another"), transaction.atomic():
        opening.save()


def test_it_is_in_the_audit_trail_and_its_reason_is_sealed(agent):
    row = restricted()
    opening = opened(agent, row)
    event = Event.objects.get(action="complaint.glass_broken")
    assert (event.actor_id, event.matter_id, event.detail) == (agent.user_id, row.pk, {"opening": str(opening.pk)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM complaints_opening")
        assert b"hospital" not in bytes(cursor.fetchone()[0])


def test_every_privacy_officer_is_told_by_email_without_health_data(agent, officer):
    second = staff(Role.PRIVACY_OFFICER)
    row = restricted()
    opening = opened(agent, row)
    dispatches = Dispatch.objects.filter(kind=DispatchKind.GLASS_BROKEN)
    assert {dispatch.to_user_id for dispatch in dispatches} == {officer.user_id, second.pk}
    for dispatch in dispatches:
        send_email(dispatch, at=stages.AT)
    [message, _] = mail.outbox
    assert message.subject == f"A restricted case was opened: {row.reference}"
    assert reverse("desk:opening", args=[opening.pk]) in message.body
    assert not any(word in message.body for word in ("Joseph", "hospital", "mayor", "denied"))


def test_where_there_is_no_privacy_officer_the_leads_are_told(agent, lead):
    row = restricted()
    opened(agent, row)
    told = Dispatch.objects.filter(kind=DispatchKind.GLASS_BROKEN)
    assert lead.user_id in {dispatch.to_user_id for dispatch in told}
    send_email(told.get(to_user=lead.user_id), at=stages.AT)
    assert reverse("desk:case", args=[row.reference]) in mail.outbox[0].body


def test_a_wrong_reference_and_the_own_complaint_are_one_and_the_same_answer():
    by = stages.insured()
    worker = staff(Role.AGENT)
    person = by.member
    person.user = worker
    person.save(update_fields=["user"])
    own = restricted(by=by)
    for reference in ("C-26-DMG7-L8JK", own.reference):
        with pytest.raises(NothingToOpen):
            break_glass(actor=actor_of(worker), at=database_now(), reference=reference, reason=WHY)
    assert not Opening.objects.unscoped("test").exists()
    assert Event.objects.filter(action="complaint.glass_refused").count() == 2


def test_one_that_is_seen_anyway_needs_no_glass(agent):
    row = stages.received()
    break_glass(actor=agent, at=database_now(), reference=row.reference, reason=WHY)
    assert not Opening.objects.unscoped("test").exists()


def test_the_sixth_reference_in_a_quarter_of_an_hour_is_not_looked_up(agent):
    for _ in range(5):
        with pytest.raises(NothingToOpen):
            break_glass(actor=agent, at=database_now(), reference="C-26-DMG7-L8JK", reason=WHY)
    with pytest.raises(TooManyOpenings):
        opened(agent, restricted())
    assert not Opening.objects.unscoped("test").exists()


@pytest.mark.parametrize("role", sorted(STAFF - {Role.AGENT, Role.CLINICAL_REVIEWER}))
def test_others_break_no_glass(role):
    row = restricted()
    with pytest.raises(ActionForbidden):
        break_glass(actor=actor_of(staff(role)), at=database_now(), reference=row.reference, reason=WHY)


def test_an_hour_does_not_become_for_good_by_taking_the_case(agent):
    row = restricted()
    opened(agent, row)
    write_note(actor=agent, at=database_now(), complaint_id=row.pk, body="Called the ward.")
    with pytest.raises(TransitionRefused, match="A team lead takes it"):
        take_complaint(actor=agent, at=database_now(), complaint_id=row.pk)


def test_the_log_tells_what_was_done_meanwhile_and_what_waits_stands_on_top(agent, officer):
    first, second = opened(agent, restricted()), opened(agent, restricted())
    write_note(actor=agent, at=database_now(), complaint_id=first.complaint_id, body="Called the ward.")
    judge_opening(actor=officer, at=database_now(), opening_id=second.pk, justified=True, reason="It was.")
    for reader in (officer, actor_of(staff(Role.AUDITOR))):
        page = read_openings(actor=reader, page=None, at=database_now())
        assert [line.id for line in page.object_list] == [first.pk, second.pk]
        assert [line.may_judge for line in page.object_list] == [reader is officer, False]
    assert {"key": "Notes written", "value": "1"} in done_within(actor=officer, opening_id=first.pk)


def test_an_opening_is_answered_once(agent, officer):
    opening = opened(agent, restricted())
    judge_opening(actor=officer, at=database_now(), opening_id=opening.pk, justified=False, reason="No need.")
    with pytest.raises(OpeningRefused, match="already"):
        judge_opening(actor=officer, at=database_now(), opening_id=opening.pk, justified=True, reason="Yet it was.")
    assert Event.objects.get(action="opening.judged").detail == {"justified": False}


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_the_log_takes_as_many_queries_whatever_it_holds(agent, officer, number, django_assert_num_queries):
    for _ in range(number):
        opened(agent, restricted())
    at = database_now()
    with django_assert_num_queries(3):
        assert len(read_openings(actor=officer, page=None, at=at).object_list) == number


def test_a_case_opens_a_second_time_only_after_the_first_was_answered_for(agent, officer):
    row = restricted()
    first = past(opened(agent, row), HOUR)
    with pytest.raises(AnswersAwaited):
        opened(agent, row)
    assert Event.objects.get(action="complaint.glass_refused").detail == {"reason": "unanswered"}
    judge_opening(actor=officer, at=database_now(), opening_id=first.pk, justified=True, reason="It was.")
    assert opened(agent, row).pk != first.pk


def test_too_many_unanswered_tell_nobody_which_references_there_are(agent):
    for _ in range(3):
        opened(agent, restricted())
    for reference in (restricted().reference, "C-26-DMG7-L8JK"):
        with pytest.raises(AnswersAwaited):
            break_glass(actor=agent, at=database_now(), reference=reference, reason=WHY)


def test_an_opening_is_over_with_the_role_that_could_open():
    user, row = staff(Role.AGENT, Role.QUALITY_MANAGER), restricted()
    opened(actor_of(user), row)
    assert sees(actor_of(user), row)
    revoke_role(actor=SYSTEM, at=database_now(), user_id=user.pk, role=Role.AGENT)
    assert not sees(actor_of(user), row)


def test_an_opening_that_nobody_answers_for_is_asked_after_once_after_three_days(agent, officer, caplog):
    waiting, answered = (past(opened(agent, restricted()), timedelta(days=3)) for _ in range(2))
    recent = opened(agent, restricted())
    judge_opening(actor=officer, at=database_now(), opening_id=answered.pk, justified=True, reason="It was.")
    with caplog.at_level("ERROR"):
        remind_of_openings()
        remind_of_openings()
    [reminder] = Dispatch.objects.filter(dedupe_key__startswith="glass-waits")
    assert (reminder.to_user_id, reminder.detail["opening"]) == (officer.user_id, str(waiting.pk))
    assert recent.judged_at is None
    send_email(reminder, at=stages.AT)
    assert mail.outbox[-1].subject.startswith("An opening still waits for your answer")
    assert "Nobody has said so far whether it was justified." in mail.outbox[-1].body
    assert "waited for an answer for three days: 1" in caplog.text
