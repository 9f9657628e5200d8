"""Administrators act one after the other: two at the same moment neither undo each other nor leave nobody."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from members.accounts.models import AccessReview, User
from members.accounts.refusals import AccountRefused
from members.actors import SYSTEM, Role
from members.models import Team
from members.operations import (
    close_overdue_review,
    create_member_account,
    create_team,
    decide_on_grant,
    disable_account,
    invite_staff,
    open_access_review,
    revoke_role,
)
from members.operations._authority import administrators
from tests.people import AT, PASSWORD, actor_of, an_email, member, staff

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Do these in threads that set off together; return what each returned, or the words of its refusal."""
    barrier = Barrier(len(acts))

    def run(do):
        try:
            barrier.wait()
            return do()
        except AccountRefused as refusal:
            return str(refusal)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("_time", range(5))
def test_of_two_administrators_who_close_each_other_one_is_left(_time):
    users = [staff(Role.ADMINISTRATOR) for _ in range(2)]
    actors = [actor_of(user) for user in users]
    told = at_once(
        *(
            lambda actor=actor, user=user: disable_account(actor=actor, at=AT, user_id=user.pk)
            for actor, user in zip(actors, reversed(users), strict=True)
        )
    )
    assert administrators().count() == 1
    assert min(told, key=str) == "Dana Ruiz does not administer accounts. Ask an administrator."


@pytest.mark.parametrize("_time", range(5))
def test_of_two_administrators_who_give_up_the_role_at_once_one_keeps_it(_time):
    users = [staff(Role.ADMINISTRATOR) for _ in range(2)]
    actors = [actor_of(user) for user in users]
    at_once(
        *(
            lambda actor=actor: revoke_role(actor=actor, at=AT, user_id=actor.user_id, role=Role.ADMINISTRATOR)
            for actor in actors
        )
    )
    assert administrators().count() == 1


@pytest.mark.parametrize("_time", range(5))
def test_an_answer_and_the_end_of_a_round_at_once_agree(_time):
    admin, user = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    actor, review = actor_of(admin), open_access_review(at=AT)
    reviewed = review.grants.get(grant__user=user)
    kept, _ = at_once(
        lambda: decide_on_grant(actor=actor, at=AT, reviewed_id=reviewed.pk, keep=True),
        lambda: close_overdue_review(at=review.due_at),
    )
    reviewed.refresh_from_db()
    holds = user.role_grants.filter(revoked_at=None).exists()
    assert (kept is None) == reviewed.kept == holds


def test_a_person_invited_twice_at_once_has_one_account_and_the_second_is_told():
    actor, email = actor_of(staff(Role.ADMINISTRATOR)), an_email()
    said = {"actor": actor, "at": AT, "email": email, "display_name": "Lee Wong", "roles": {Role.AGENT}}
    told = at_once(*(lambda: invite_staff(**said) for _ in range(2)))
    assert User.objects.of_email(email).count() == 1
    assert sum("has an account already" in str(one) for one in told) == 1


def test_a_colleague_and_a_member_with_one_address_at_once_get_one_account():
    actor, email, person = actor_of(staff(Role.ADMINISTRATOR)), an_email(), member()
    said = {"actor": actor, "at": AT, "email": email, "display_name": "Lee Wong", "roles": {Role.AGENT}}
    opened = {"actor": SYSTEM, "at": AT, "member_id": person.pk, "email": email, "password": PASSWORD}
    told = at_once(lambda: invite_staff(**said), lambda: create_member_account(**opened))
    assert User.objects.of_email(email).count() == 1
    assert sum("has an account already" in str(one) for one in told) == 1


def test_a_team_founded_twice_at_once_is_one_team():
    actor = actor_of(staff(Role.ADMINISTRATOR))
    told = at_once(*(lambda: create_team(actor=actor, at=AT, name="North") for _ in range(2)))
    assert Team.objects.count() == 1
    assert "There is a team with this name. Choose another one." in told


def test_two_workers_open_one_round():
    staff(Role.AGENT)
    told = at_once(*(lambda: open_access_review(at=AT) for _ in range(4)))
    assert AccessReview.objects.count() == 1
    assert told.count(None) == 3
