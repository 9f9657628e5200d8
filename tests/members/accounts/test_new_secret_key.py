"""A new secret key signs nobody out, as long as the former one is named; without it every session ends."""

import pytest
from django.test.utils import override_settings

from tests.config.test_settings_of_production import started_with
from tests.members.accounts.door import give_password
from tests.people import an_email, member_account

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("named", "status"), [(True, 200), (False, 302)])
def test_a_session_outlives_its_key_only_while_the_former_key_is_named(client, settings, named, status):
    email = an_email()
    member_account(email=email)
    give_password(client, email)
    former = [settings.SECRET_KEY] if named else []
    with override_settings(SECRET_KEY="another" * 8, SECRET_KEY_FALLBACKS=former):
        assert client.get("/en/member/").status_code == status


def test_the_former_keys_come_from_the_environment():
    asked = "from django.conf import settings; print(settings.SECRET_KEY_FALLBACKS)"
    done = started_with(asked, REDRESS_TRUSTED_PROXIES="1", REDRESS_FORMER_SECRET_KEYS="first, second")
    assert done.stdout == "['first', 'second']\n"
