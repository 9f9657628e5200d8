"""Filing for somebody else: whose complaint it becomes."""

import pytest
from django.utils import timezone

from complaints.enums import Relationship
from complaints.intake.operations import _about_the_member
from complaints.operations import Statement
from members.actors import Scope
from members.privacy.access import phi_access
from tests.members.representing import represented
from tests.people import SYSTEM, actor_of, member, member_account

pytestmark = pytest.mark.django_db


def number_of(person):
    with phi_access(actor=SYSTEM, purpose="test", at=timezone.now()):
        return person.member_number


@pytest.mark.parametrize(
    ("scope", "relationship", "is_known"),
    [
        ((Scope.FILE,), Relationship.REPRESENTATIVE, True),
        ((Scope.FILE,), Relationship.PROVIDER, True),
        ((Scope.READ,), Relationship.REPRESENTATIVE, False),
    ],
)
def test_it_becomes_the_members_if_filing_is_allowed_and_the_number_is_that_members(scope, relationship, is_known):
    person, other, user = member(), member(), member_account()
    represented(person, user, scope)
    for typed, whose in ((number_of(person), person.pk if is_known else None), (number_of(other), None), ("", None)):
        statement = Statement(narrative="No.", relationship=relationship, member_number=typed)
        assert _about_the_member(statement, actor_of(user)).member_id == whose


def test_the_own_complaint_of_whoever_acts_for_another_stays_the_own():
    person = member()
    user = member_account(person=person)
    represented(member(), user, (Scope.FILE,))
    assert _about_the_member(Statement(narrative="No."), actor_of(user)).member_id == person.pk
