"""What every request asks for comes as the query set would give it, and is planned once in a connection."""

from uuid import uuid4

import pytest
from django.db import connection

from members.accounts.backends import PasswordBackend
from members.accounts.models import User
from members.actors import Role
from members.identifiers import new_id
from members.privacy.fields import Sealed
from tests.people import member_account, staff

pytestmark = pytest.mark.django_db
DECIDES = ("role_names", "app_ids", "passkey_ids", "member_ref", "authorisations")


@pytest.mark.parametrize("somebody", [lambda: staff(Role.AGENT, Role.LEAD), member_account], ids=["staff", "member"])
def test_the_user_of_a_session_is_the_one_that_the_query_set_gives(somebody):
    made = somebody()
    found, told = PasswordBackend().get_user(str(made.pk)), User.objects.with_standing().get(pk=made.pk)
    assert found == told
    for field in User._meta.concrete_fields:
        if not isinstance(told.__dict__[field.attname], Sealed):
            assert getattr(found, field.attname) == getattr(told, field.attname), field.attname
    for name in DECIDES:
        assert getattr(found, name) == getattr(told, name), name


def test_what_is_sealed_stays_sealed():
    found = PasswordBackend().get_user(staff(Role.AGENT).pk)
    assert isinstance(found.__dict__["email"], Sealed)


def test_nobody_is_found_who_is_disabled_or_was_never_there():
    gone = staff(Role.AGENT)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert PasswordBackend().get_user(gone.pk) is None
    assert PasswordBackend().get_user(new_id()) is None
    assert PasswordBackend().get_user(uuid4()) is None


def test_it_is_planned_once_however_often_it_is_asked():
    users = [staff(Role.AGENT) for _ in range(3)]
    for _ in range(4):
        for user in users:
            PasswordBackend().get_user(user.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%authorisations%%'")
        assert cursor.fetchone() == (1,)
