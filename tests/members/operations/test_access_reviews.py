"""Checklist 16: each quarter each role is asked after, and what nobody answers is revoked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from members.accounts.models import AccessReview, ReviewedGrant, RoleGrant, User
from members.accounts.refusals import AccountRefused
from members.actors import Role
from members.audit.models import Event
from members.operations import (
    close_overdue_review,
    decide_on_grant,
    disable_account,
    enable_account,
    grant_role,
    open_access_review,
    revoke_role,
)
from members.people import review_lines
from tests.people import AT, actor_of, staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def decide(admin, review, user, *, keep, at=AT, role=Role.AGENT):
    reviewed = review.grants.get(grant__user=user, grant__role=role)
    decide_on_grant(actor=actor_of(admin), at=at, reviewed_id=reviewed.pk, keep=keep)


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


def test_who_lost_the_role_during_the_round_is_not_the_one_who_is_spared():
    first, second, third = (staff(Role.ADMINISTRATOR) for _ in range(3))
    open_access_review(at=AT)
    revoke_role(actor=actor_of(third), at=AT + DAY, user_id=first.pk, role=Role.ADMINISTRATOR)
    disable_account(actor=actor_of(third), at=AT + DAY, user_id=second.pk)
    close_overdue_review(at=AT + 14 * DAY)
    assert (held(first), held(second), held(third)) == (set(), set(), {"administrator"})


def test_what_was_spared_is_written_down_as_such():
    staff(Role.ADMINISTRATOR)
    review = open_access_review(at=AT)
    assert [line[4] for line in review_lines(review)] == ["answer", "open"]
    close_overdue_review(at=AT + 14 * DAY)
    review.refresh_from_db()
    assert [line[4] for line in review_lines(review)] == ["answer", "spared"]


def test_keeping_a_role_is_in_the_audit_trail():
    admin, other = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    review = open_access_review(at=AT)
    decide(admin, review, other, keep=True)
    event = Event.objects.get(action="role.kept")
    assert (event.actor_id, event.object_id, event.detail) == (admin.pk, other.pk, {"role": "agent"})


def test_an_answer_after_the_time_to_answer_is_refused():
    admin, other = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    review = open_access_review(at=AT)
    with pytest.raises(AccountRefused, match="The time to answer is over"):
        decide(admin, review, other, keep=True, at=review.due_at)
    decide(admin, review, other, keep=True, at=review.due_at - timedelta(microseconds=1))


def test_a_role_taken_and_given_again_is_asked_after_in_the_same_round():
    admin, other = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    review = open_access_review(at=AT)
    revoke_role(actor=actor_of(admin), at=AT + DAY, user_id=other.pk, role=Role.AGENT)
    grant_role(actor=actor_of(admin), at=AT + DAY, user_id=other.pk, role=Role.AGENT)
    assert review.grants.filter(grant__user=other).count() == 2
    close_overdue_review(at=AT + 14 * DAY)
    assert held(other) == set()


def test_a_closed_account_comes_back_without_the_roles_that_nobody_was_asked_about():
    admin, other = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    disable_account(actor=actor_of(admin), at=AT, user_id=other.pk)
    open_access_review(at=AT)
    close_overdue_review(at=AT + 14 * DAY)
    enable_account(actor=actor_of(admin), at=AT + 15 * DAY, user_id=other.pk)
    assert held(other) == set()


def test_a_role_that_a_closed_account_held_all_the_same_is_asked_after():
    staff(Role.ADMINISTRATOR)
    other = staff(Role.AGENT)
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert open_access_review(at=AT).grants.filter(grant__user=other).exists()


def test_whoever_gave_a_role_does_not_keep_it_where_another_administrator_can():
    """Checklist 15."""
    giver, user = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    grant_role(actor=actor_of(giver), at=AT, user_id=user.pk, role=Role.LEAD)
    review = open_access_review(at=AT)
    another = staff(Role.ADMINISTRATOR)
    with pytest.raises(AccountRefused, match="You gave this role yourself"):
        decide(giver, review, user, keep=True, role=Role.LEAD)
    decide(another, review, user, keep=True, role=Role.LEAD)
    assert "lead" in held(user)


def test_the_only_administrator_keeps_what_the_same_person_gave():
    giver, user = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    grant_role(actor=actor_of(giver), at=AT, user_id=user.pk, role=Role.LEAD)
    decide(giver, open_access_review(at=AT), user, keep=True, role=Role.LEAD)
    assert ReviewedGrant.objects.get(kept=True).grant.role == Role.LEAD


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
    with pytest.raises(IntegrityError, match="accounts_one_open_review"), transaction.atomic():
        AccessReview.objects.create(opened_at=AT + DAY, due_at=AT + 2 * DAY)
