"""Who hears from us about what was filed for a member: whoever filed it while that person may, then the member."""

from datetime import timedelta

import pytest
from django.core import mail

from complaints.correspondence.delivery import NoAddress, send_email
from complaints.correspondence.models import Dispatch, DispatchKind, LetterChannel
from complaints.lifecycle import TransitionRefused
from complaints.models import Task
from complaints.notices.make import way_to_member
from complaints.operations import issue_letter, record_address, send_message
from complaints.queries.case import read_case
from complaints.queries.decision_letter import draft_letter
from complaints.queries.reach import NOT_THE_MEMBERS, Reach, reach_of
from complaints.receivers import send_dispatch
from members.accounts.models import User
from members.actors import SYSTEM, Role, Scope
from members.operations import disable_account, revoke_representation
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.members.representing import email_of, represented
from tests.people import actor_of, an_email, member, member_account, staff

pytestmark = pytest.mark.usefixtures("policies")
F, R, W, L = Scope.FILE, Scope.READ, Scope.WRITE, Scope.LETTERS
BROD = "brod@example.org"


def filed_for(person, *scope, user=None):
    """Return what somebody has filed for a member, the authorisation, and the account that filed."""
    user = user or member_account()
    mandate = represented(person, user, scope or tuple(Scope), at=AT)
    by = stages.Insured(person, actor_of(user))
    return stages.received(by=by, email=BROD), mandate, user


def ends(mandate, user, how):
    """Let it end in this way; return a moment after that."""
    if how == "revoked":
        revoke_representation(actor=actor_of(user), at=AT, representation_id=mandate.pk)
    elif how == "account closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    return mandate.expires_at if how == "expired" else AT


def address_of_mail(row, at):
    mail.outbox.clear()
    send_email(Dispatch.objects.get(matter_id=row.pk, kind=DispatchKind.ACKNOWLEDGEMENT), at=at)
    [sent] = mail.outbox
    return sent.to, sent.body


@pytest.mark.parametrize(
    ("scope", "messages", "letters"),
    [((F,), True, False), ((F, R), True, False), ((F, R, W), True, False), ((F, R, W, L), True, True)],
)
def test_whoever_filed_reads_what_the_authorisation_allows(scope, messages, letters):
    row, _, _ = filed_for(member(), *scope)
    assert reach_of(row, at=AT) == Reach(messages=messages, letters=letters)


@pytest.mark.parametrize("how", ["revoked", "expired", "account closed"])
def test_once_it_is_over_nobody_reads_unless_the_member_has_an_account(how):
    alone, mandate, user = filed_for(member())
    assert reach_of(alone, at=mandate.expires_at - timedelta(seconds=1)).letters
    at = ends(mandate, user, how)
    not_by_post = "" if how == "account closed" else NOT_THE_MEMBERS
    assert reach_of(alone, at=at) == Reach(messages=False, letters=False, not_by_post=not_by_post)
    assert way_to_member(alone, at=at) == LetterChannel.POST
    signs_in = member()
    member_account(person=signs_in)
    row, mandate, user = filed_for(signs_in)
    at = ends(mandate, user, how)
    assert reach_of(row, at=at) == Reach(messages=True, letters=True, not_by_post=not_by_post)
    assert way_to_member(row, at=at) == LetterChannel.PORTAL


@pytest.mark.parametrize("how", ["revoked", "expired", "account closed"])
def test_email_goes_to_whoever_filed_and_once_that_is_over_to_the_member(how):
    email = an_email()
    row, mandate, user = filed_for(member(email=email))
    to, words = address_of_mail(row, AT)
    assert to == [BROD]
    assert f"/my/cases/{row.reference}/" in words
    to, words = address_of_mail(row, ends(mandate, user, how))
    assert to == [email]
    assert "/my/cases/" not in words


def test_without_an_address_of_the_member_somebody_has_to_reach_the_member_another_way():
    person = member()
    row, mandate, user = filed_for(person)
    person.email = None
    person.save(update_fields=["email"])
    ends(mandate, user, "revoked")
    dispatch = Dispatch.objects.get(matter_id=row.pk)
    with pytest.raises(NoAddress):
        send_email(dispatch, at=AT)
    send_dispatch(row.pk, "send", {"dispatch": str(dispatch.pk)})
    [task] = Task.objects.unscoped("test").filter(complaint=row.pk)
    assert task.kind == "reach_complainant"


def test_staff_write_no_message_and_no_online_letter_to_whoever_acts_no_longer(agent):
    user, person = member_account(), member()
    mandate = represented(person, user, at=AT)
    row = stages.decided(agent, by=stages.Insured(person, actor_of(user)), email=BROD)
    ends(mandate, user, "revoked")
    told = {"actor": agent, "at": AT, "complaint_id": row.pk}
    with pytest.raises(TransitionRefused, match="no account here"):
        send_message(**told, body="When?")
    with pytest.raises(TransitionRefused, match="no account here"):
        issue_letter(**told, content=stages.LETTER, channel=LetterChannel.PORTAL)


def test_what_a_member_or_a_guest_filed_goes_where_they_said():
    own = stages.received(by=stages.insured(), email=BROD)
    guests = stages.received(email=BROD)
    for row in (own, guests):
        assert address_of_mail(row, AT)[0] == [BROD]
    assert [reach_of(row, at=AT).messages for row in (own, guests)] == [True, False]


def test_who_filed_for_nobody_we_know_reads_it_until_the_account_is_closed():
    user = staff(Role.AGENT)
    represented(member(), user)
    row = stages.received(by=stages.Insured(member(), actor_of(user)), email=email_of(user))
    type(row).objects.unscoped("test").filter(pk=row.pk).update(member=None)
    row = stages.now(row)
    assert reach_of(row, at=AT).messages
    disable_account(actor=SYSTEM, at=AT, user_id=user.pk)
    assert not reach_of(row, at=AT).messages


def test_no_letter_is_posted_to_who_acts_no_longer_before_the_members_own_address_is_recorded(agent):
    user, person = member_account(), member(name="Joseph K")
    mandate = represented(person, user, at=AT)
    by = stages.Insured(person, actor_of(user))
    row = stages.decided(agent, by=by, name="Max Brod", postal_address="7 Castle Street")
    told = {"actor": agent, "at": AT, "complaint_id": row.pk}
    assert draft_letter(actor=agent, complaint=row, at=AT).content.recipient == ("Max Brod", "7 Castle Street")
    ends(mandate, user, "revoked")
    assert draft_letter(actor=agent, complaint=row, at=AT).content.recipient == ("Joseph K",)
    with pytest.raises(TransitionRefused, match="acts for the member no longer"):
        issue_letter(**told, content=stages.LETTER, channel=LetterChannel.POST)
    assert "acts for the member no longer" in dict(steps(agent, row))["Letter written"]
    record_address(**told, postal_address="1 Elm Street")
    row = stages.now(row)
    assert draft_letter(actor=agent, complaint=row, at=AT).content.recipient == ("Joseph K", "1 Elm Street")
    assert issue_letter(**told, content=stages.LETTER, channel=LetterChannel.POST)


def steps(actor, row):
    return [(step.name, step.reason) for step in read_case(actor=actor, reference=row.reference, at=AT).steps]
