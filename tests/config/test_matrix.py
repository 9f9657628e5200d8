"""Every URL, asked for by everybody who has no business there."""

from uuid import UUID

import pytest
from django.urls import get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

from config.access import URL_AUDIENCES
from members.accounts import sessions
from members.accounts.audiences import Standing
from members.actors import ALONE, STAFF, Role
from tests.config.test_access import patterns
from tests.people import actor_of, member_account, sign_in, staff

pytestmark = pytest.mark.django_db

PATTERNS = dict(patterns(get_resolver()))
SAMPLES = {IntConverter: 1, UUIDConverter: UUID(int=1)}


def path_of(name):
    """Return the URL with made-up arguments; the gate stands before the view that would look them up."""
    converters = PATTERNS[name].pattern.converters
    return reverse(name, kwargs={key: SAMPLES.get(type(kind), "none") for key, kind in converters.items()})


def answers_of(client, admits):
    """Return the status and where it leads for each URL that does not admit this visitor, by GET and by POST."""
    refused = [name for name in sorted(URL_AUDIENCES) if not admits(URL_AUDIENCES[name])]
    assert refused
    for name in refused:
        for ask in (client.get, client.post):
            response = ask(path_of(name))
            yield f"{ask.__name__} {name}", response.status_code, response.get("Location", "").partition("?")[0]


def strays(answers, *expected):
    return [answer for answer in answers if answer[1:] not in expected]


def test_an_anonymous_visitor_gets_no_further_than_sign_in(client):
    """Checklist 1."""
    answers = answers_of(client, lambda audience: Standing.ANONYMOUS in audience.standings)
    assert strays(answers, (302, reverse("accounts:sign_in"))) == []


def test_a_password_alone_gets_no_further_than_the_second_factor(client):
    """Checklist 1."""
    sign_in(client, staff(*STAFF - ALONE))
    session = client.session
    del session[sessions.FACTOR]
    session.save()
    answers = answers_of(client, lambda audience: Standing.VERIFYING in audience.standings)
    assert strays(answers, (302, reverse("accounts:verify"))) == []


def test_staff_without_a_factor_get_no_further_than_enrolment(client):
    """Checklist 2."""
    sign_in(client, staff(*STAFF - ALONE, factor=False))
    answers = answers_of(client, lambda audience: Standing.ENROLLING in audience.standings)
    assert strays(answers, (302, reverse("accounts:enrol"))) == []


@pytest.mark.parametrize("role", [Role.MEMBER, *sorted(STAFF)])
def test_a_role_opens_the_urls_of_its_row_and_no_other(client, role):
    """Checklist 11, as far as whole pages go."""
    user = sign_in(client, member_account() if role is Role.MEMBER else staff(role))
    actor = actor_of(user)
    answers = answers_of(client, lambda audience: audience.admits(Standing.SIGNED_IN, actor))
    sent_on = [answer for answer in answers if answer[1] != 403]
    assert {name.split()[1] for name, *_ in sent_on} <= {"accounts:verify", "accounts:recovery"}
