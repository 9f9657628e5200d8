"""Files of many rows leave the house only after a fresh proof."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from config.access import URL_AUDIENCES
from members.actors import Role
from tests.config.test_access import patterns
from tests.members.accounts.door import PROVE, SECURITY
from tests.people import sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(name for name, audience in URL_AUDIENCES.items() if audience.is_file))
def test_whoever_takes_a_file_away_proves_it_first_and_comes_back_to_the_page_that_offers_it(client, name):
    """Checklist 10: exports."""
    role = next(iter(URL_AUDIENCES[name].roles - {Role.ADMINISTRATOR}))
    sign_in(client, staff(role), at=timezone.now() - timedelta(minutes=11))
    pattern = dict(patterns(get_resolver()))[name]
    path = reverse(name, kwargs=dict.fromkeys(pattern.pattern.converters, UUID(int=1)))
    way = client.get(path, headers={"Referer": "http://testserver/nowhere/"})["Location"]
    assert way == f"{PROVE}?file=yes"  # what is no page of ours is not come back to
    way = client.get(path, headers={"Referer": f"http://testserver{SECURITY}?page=2"})["Location"]
    assert way == f"{PROVE}?{urlencode({'next': f'{SECURITY}?page=2', 'file': 'yes'})}"
    assert "choose the file again" in client.get(way).content.decode()
    assert (
        client.get(path, headers={"Referer": f"http://elsewhere.example{SECURITY}"})["Location"] == f"{PROVE}?file=yes"
    )
