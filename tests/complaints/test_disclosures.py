"""What leaves about a complaint is in its member's account: to bodies, and to whoever acts for the member."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.correspondence.models import LetterChannel, Notice, NoticeKind
from complaints.operations import inform_member, send_message, send_notice, submit_complaint
from members.actors import SYSTEM, Role
from members.disclosures.models import Disclosure
from members.operations import revoke_representation
from members.privacy.access import phi_access
from slas.models import Clock
from tests.complaints import member_cases as cases
from tests.complaints import stages
from tests.members.accounts.door import body
from tests.members.representing import represented
from tests.people import actor_of, member, member_account, sign_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
NOW = timezone.now


def account() -> list[Disclosure]:
    return list(Disclosure.objects.unscoped("a test looks").order_by("at"))


def passed_on(row, kind) -> Notice:
    clock = Clock.objects.filter(matter_id=row.pk).first()
    notice = Notice(
        complaint=row,
        clock_id=clock.id,
        epoch=1,
        kind=kind,
        addressee="Independent Review Entity",
        clause="42 CFR 422.592",
        media_type="application/zip",
        content={},
        file=b"PK",
        made_at=stages.AT,
    )
    notice.save()
    return notice


@pytest.mark.parametrize(
    ("kind", "purpose", "basis", "classes"),
    [
        (NoticeKind.NOTICE_TO_NEXT_BODY, "oversight", "health_oversight", 3),
        (NoticeKind.EXTERNAL_REVIEW_FILE, "review", "required_by_law", 6),
    ],
)
def test_what_is_passed_on_to_a_body_is_in_the_account_once(agent, kind, purpose, basis, classes):
    by = stages.insured()
    row = stages.taken(agent, by=by)
    notice = passed_on(row, kind)
    assert account() == [], "it is made, and still in the house"
    for _ in range(2):
        send_notice(actor=agent, at=stages.AT, complaint_id=row.pk, notice_id=notice.pk)
    [told] = account()
    assert (told.member_id, told.matter_id, told.actor_id) == (by.member.pk, row.pk, agent.user_id)
    assert (told.purpose, told.basis, len(told.classes), told.way) == (purpose, basis, classes, "passed_on")
    with phi_access(actor=SYSTEM, purpose="test", at=stages.AT):
        assert told.recipient == "Independent Review Entity"
        assert told.what == f"{kind.label}, {row.reference}"


def test_what_the_gate_refuses_to_let_go_to_a_body_is_said_in_its_words(client):
    handler = staff(Role.AGENT)
    row = stages.taken(actor_of(handler), by=stages.insured())
    notice = passed_on(row, NoticeKind.NOTICE_TO_NEXT_BODY)
    Notice.objects.unscoped("test").filter(pk=notice.pk).update(addressee=" ")
    sign_in(client, handler)
    response = client.post(reverse("desk:send_notice", args=[row.reference, notice.pk]))
    assert response.status_code == 409
    assert "Enter the name of whoever gets the data." in body(response)
    assert (account(), Notice.objects.unscoped("test").get(pk=notice.pk).sent_at) == ([], None)


def test_a_complaint_of_a_guest_is_accounted_for_by_itself(agent):
    row = stages.taken(agent)
    notice = passed_on(row, NoticeKind.NOTICE_TO_NEXT_BODY)
    send_notice(actor=agent, at=stages.AT, complaint_id=row.pk, notice_id=notice.pk)
    assert [(told.member_id, told.matter_id) for told in account()] == [(None, row.pk)]


@pytest.fixture
def filed():
    """Return a complaint that somebody filed for a member, and by which authorisation."""
    person, helper = member(), member_account(person=member(name="Max Brod"))
    right = represented(person, helper, at=NOW() - timedelta(days=1))
    statement = replace(cases.STATEMENT, member_id=person.pk, relationship="representative")
    return submit_complaint(actor=actor_of(helper, at=NOW()), at=NOW(), statement=statement), right


def test_a_message_to_whoever_acts_for_the_member_is_in_the_account(agent, filed):
    row, right = filed
    send_message(actor=agent, at=NOW(), complaint_id=row.pk, body="We look into it.")
    [told] = account()
    assert (told.member_id, told.representation_id, told.classes) == (row.member_id, right.pk, ["letters"])
    assert (told.basis, told.purpose, told.way) == ("representation", "help", "portal")


def test_once_the_authorisation_is_over_nothing_goes_to_that_person_nor_into_the_account(agent, filed):
    row, right = filed
    member_account(person=row.member)
    revoke_representation(actor=actor_of(row.filed_by, at=NOW()), at=NOW(), representation_id=right.pk)
    send_message(actor=agent, at=NOW(), complaint_id=row.pk, body="We look into it.")
    assert account() == []


def test_a_decision_letter_to_whoever_acts_for_the_member_is_in_the_account_once_it_is_sent(agent, filed):
    row, right = filed
    cases.answered(row, agent, at=NOW(), channel=LetterChannel.PORTAL, posted=False)
    assert account() == []
    for _ in range(2):
        inform_member(actor=SYSTEM, at=NOW(), complaint_id=row.pk, proof="email")
    [sent] = account()
    assert (sent.representation_id, sent.classes, sent.actor_label) == (right.pk, ["contact", "decision"], "Redress")


def test_what_the_member_gets_is_no_disclosure(agent):
    row = stages.lettered(agent, by=stages.insured(), channel=LetterChannel.PORTAL)
    inform_member(actor=SYSTEM, at=stages.AT, complaint_id=row.pk, proof="email")
    send_message(actor=agent, at=stages.AT, complaint_id=row.pk, body="Here it is.")
    assert account() == []
