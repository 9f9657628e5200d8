"""Who may act for a member: recorded by one, confirmed by another, told to the member, ended by whom it concerns."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from complaints.correspondence.models import Dispatch
from members.accounts.models import User
from members.accounts.refusals import AccountRefused
from members.actors import Role, Scope
from members.audit.models import Event
from members.models import Representation, RepresentationKind
from members.operations import (
    confirm_representation,
    record_representation,
    revoke_for_member,
    revoke_representation,
)
from tests.members.representing import email_of, recorded, represented
from tests.people import AT, actor_of, an_email, member, member_account, staff

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=366)


def record(actor, **changed):
    words = {
        "member_id": changed.pop("member_id", None) or member().pk,
        "email": an_email(),
        "name": "Max Brod",
        "kind": RepresentationKind.PROVIDER,
        "scope": (Scope.READ,),
        "expires_at": AT + YEAR,
        "evidence": "scan 4711",
    }
    return record_representation(actor=actor, at=AT, **(words | changed))


def test_it_opens_nothing_before_a_second_colleague_confirms_it():
    person, user = member(), member_account()
    row = recorded(person, user)
    assert actor_of(user).members() == {user.member.pk}
    with pytest.raises(AccountRefused):
        confirm_representation(actor=actor_of(row.recorded_by), at=AT, representation_id=row.pk)
    confirm_representation(actor=actor_of(staff(Role.LEAD)), at=AT, representation_id=row.pk)
    assert actor_of(user).members(Scope.READ) == {user.member.pk, person.pk}


def test_the_database_too_wants_two_people():
    row = recorded(member())
    rows = Representation.objects.unscoped("test").filter(pk=row.pk)
    for alone in (row.recorded_by_id, row.user_id):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(confirmed_at=AT, confirmed_by_id=alone)


@pytest.mark.parametrize(
    "change",
    [{"expires_at": None}, {"expires_at": AT + YEAR + timedelta(seconds=1)}, {"scope": []}, {"scope": ["write"]}],
)
def test_the_database_wants_an_end_within_a_year_and_a_scope_that_makes_sense(change):
    row = recorded(member())
    with pytest.raises(IntegrityError), transaction.atomic():
        Representation.objects.unscoped("test").filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"expires_at": AT}, "Choose an end that is ahead"),
        ({"expires_at": AT + YEAR + timedelta(seconds=1)}, "at most one year"),
        ({"scope": ()}, "at least one thing"),
        ({"scope": (Scope.LETTERS,)}, "Read complaints"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_cure(changed, words):
    with pytest.raises(AccountRefused, match=words):
        record(actor_of(staff(Role.AGENT)), **changed)


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.AGENT, Role.LEAD, Role.MEMBER}])
def test_only_agents_and_leads_record_and_confirm(role):
    other = actor_of(staff(role))
    with pytest.raises(AccountRefused):
        record(other)
    with pytest.raises(AccountRefused):
        confirm_representation(actor=other, at=AT, representation_id=recorded(member()).pk)


def test_nobody_records_it_for_themselves_and_no_member_represents_the_own_self():
    agent, person = staff(Role.AGENT), member()
    account = member_account(person=person)
    for user in (agent, account):
        with pytest.raises(AccountRefused):
            record(actor_of(agent), member_id=person.pk, email=email_of(user))


def test_who_has_no_account_gets_one_and_a_link():
    email = an_email()
    row = record(actor_of(staff(Role.AGENT)), email=email)
    assert row.user == User.objects.of_email(email).get()
    assert Dispatch.objects.filter(to_user=row.user, detail__link="password_reset").count() == 1


def test_the_member_is_told_when_it_counts_and_when_it_ends():
    person = member()
    account = member_account(person=person)
    row = represented(person)
    for _press in range(2):
        revoke_representation(actor=actor_of(account), at=AT, representation_id=row.pk)
    told = Dispatch.objects.filter(to_user=account).values_list("detail__change", flat=True)
    assert sorted(told) == ["not_represented", "represented"]
    facts = Event.objects.filter(object_id=row.pk).order_by("pk").values_list("action", flat=True)
    assert [fact for fact in facts if fact != "phi.opened"] == [
        "representation.recorded",
        "representation.confirmed",
        "representation.revoked",
    ]


def test_another_member_can_neither_see_nor_end_it():
    row = represented(member())
    stranger = actor_of(member_account())
    assert not Representation.objects.visible_to(stranger).exists()
    with pytest.raises(Representation.DoesNotExist):
        revoke_representation(actor=stranger, at=AT, representation_id=row.pk)


@pytest.mark.parametrize("role", Role)
def test_for_a_member_only_agents_and_leads_end_it_and_only_as_their_work(role):
    row = represented(member())
    actor = actor_of(member_account() if role == Role.MEMBER else staff(role))
    with pytest.raises(Representation.DoesNotExist):
        revoke_representation(actor=actor, at=AT, representation_id=row.pk)
    if role in {Role.AGENT, Role.LEAD}:
        revoke_for_member(actor=actor, at=AT, representation_id=row.pk)
    else:
        with pytest.raises(Representation.DoesNotExist):
            revoke_for_member(actor=actor, at=AT, representation_id=row.pk)
    row.refresh_from_db()
    assert (row.revoked_at is not None) is (role in {Role.AGENT, Role.LEAD})
