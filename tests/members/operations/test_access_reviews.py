"""Checklist 16: each quarter each role is asked after, and what nobody answers is revoked."""

from datetime import timedelta

import pytest

from members.accounts.models import AccessReview, ReviewedGrant, RoleGrant
from members.accounts.refusals import AccountRefused
from members.actors import Role
from members.operations import close_overdue_review, decide_on_grant, grant_role, open_access_review
from tests.people import AT, actor_of, staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def held(user):
    return set(user.role_grants.filter(revoked_at=None).values_list("role", flat=True))


def test_a_review_asks_after_every_role_held_and_opens_once_a_quarter():
    staff(Role.AGENT, Role.LEAD)
    review = open_access_review(at=AT)
    assert review.grants.count() == RoleGrant.objects.filter(revoked_at=None).count() == 2
    assert open_access_review(at=AT + 100 * DAY) is None, "one is open"
    close_overdue_review(at=AT + 14 * DAY)
    assert open_access_review(at=AT + 90 * DAY) is None, "the last one is not a quarter old"
    assert open_access_review(at=AT + 91 * DAY) is not None


def test_unanswered_roles_are_revoked_and_kept_ones_stay():
    admin = staff(Role.ADMINISTRATOR)
    kept, forgotten = staff(Role.AGENT), staff(Role.LEAD)
    review = open_access_review(at=AT)
    decide_on_grant(actor=actor_of(admin), at=AT, reviewed_id=review.grants.get(grant__user=kept).pk, keep=True)
    assert close_overdue_review(at=AT + 13 * DAY) == 0
    assert close_overdue_review(at=AT + 14 * DAY) == 1
    assert (held(kept), held(forgotten)) == ({"agent"}, set())
    assert close_overdue_review(at=AT + 15 * DAY) == 0


def test_the_last_administrator_is_spared_or_nobody_could_give_a_role_again():
    first, second = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR)
    open_access_review(at=AT)
    close_overdue_review(at=AT + 14 * DAY)
    assert len(held(first) | held(second)) == 1


def test_nobody_decides_on_their_own_role_nor_twice():
    """Checklist 15."""
    admin, other = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    review = open_access_review(at=AT)
    with pytest.raises(AccountRefused, match="Somebody else"):
        decide_on_grant(actor=actor_of(admin), at=AT, reviewed_id=review.grants.get(grant__user=admin).pk, keep=True)
    mine = review.grants.get(grant__user=other).pk
    decide_on_grant(actor=actor_of(admin), at=AT, reviewed_id=mine, keep=False)
    assert held(other) == set()
    with pytest.raises(AccountRefused, match="already"):
        decide_on_grant(actor=actor_of(admin), at=AT, reviewed_id=mine, keep=True)


def test_a_role_given_during_a_review_is_asked_after_in_the_next():
    admin, other = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    open_access_review(at=AT)
    grant_role(actor=actor_of(admin), at=AT + DAY, user_id=other.pk, role=Role.LEAD)
    close_overdue_review(at=AT + 14 * DAY)
    assert held(other) == {"lead"}


def test_two_rounds_cannot_be_open():
    staff(Role.AGENT)
    open_access_review(at=AT)
    assert AccessReview.objects.filter(closed_at=None).count() == 1
    assert not ReviewedGrant.objects.exclude(kept=None).exists()
