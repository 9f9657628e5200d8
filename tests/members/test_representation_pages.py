"""Who may act for a member: on the member's own page, and where staff record and confirm it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.actors import Role
from members.models import Representation
from members.privacy.access import phi_access
from tests.config.objects import as_member
from tests.members.accounts.door import body
from tests.members.representing import recorded, represented
from tests.people import SYSTEM, actor_of, an_email, member, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
OWN, STAFF = "/en/account/representatives/", "/people/representatives/"


def yesterday():
    return timezone.now() - timedelta(days=1)


def typed(person, **changed):
    with phi_access(actor=SYSTEM, purpose="test", at=timezone.now()):
        number = person.member_number
    day = timezone.now() + timedelta(days=30)
    return {
        "member_number": number,
        "kind": "provider",
        "name": "Dr. Max Brod",
        "email": an_email(),
        "scope": ["file", "read"],
        "last_on_month": day.month,
        "last_on_day": day.day,
        "last_on_year": day.year,
        "evidence": "Form of March 2, scan 4711",
    } | changed


def test_a_member_sees_who_may_act_and_ends_it_with_one_press(client):
    person, helper, browser = member(), member_account(), Client()
    row = represented(person, helper, at=yesterday())
    sign_in(client, member_account(person=person))
    sign_in(browser, helper)
    page = body(client.get(OWN))
    assert "Max Brod" in page
    assert "Write messages" in page
    client.post(f"{OWN}{row.pk}/end/")
    assert "Nobody may act for you" in body(client.get(OWN))
    assert not actor_of(helper, at=timezone.now()).mandates


def test_another_members_is_neither_shown_nor_ended(client):
    row = represented(member(), at=yesterday())
    sign_in(client, member_account())
    assert "Max Brod" not in body(client.get(OWN))
    assert client.post(f"{OWN}{row.pk}/end/").status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD])
def test_staff_who_are_members_end_nobody_elses_on_the_members_page(client, role):
    row, user = represented(member(), at=yesterday()), staff(role)
    own = as_member(user).member
    mine = represented(own, at=yesterday())
    sign_in(client, user)
    assert client.post(f"{OWN}{row.pk}/end/").status_code == 404
    assert client.post(f"{OWN}{mine.pk}/end/").status_code == 302
    ended = Representation.objects.unscoped("test").exclude(revoked_at=None)
    assert list(ended) == [mine]


def test_whoever_acts_for_a_member_can_give_it_back(client):
    row = represented(member(), helper := member_account(), at=yesterday())
    sign_in(client, helper)
    assert client.post(f"{OWN}{row.pk}/end/").status_code == 302
    assert not actor_of(helper, at=timezone.now()).mandates


def test_at_work_nobody_sees_confirms_or_ends_what_is_of_the_own_member_or_of_one_represented(client):
    user, josef = staff(Role.AGENT), member()
    own = as_member(user).member
    represented(josef, user, at=yesterday())
    rows = [recorded(person, at=yesterday()) for person in (own, josef)]
    sign_in(client, user)
    assert "Max Brod" not in body(client.get(STAFF))
    for row in rows:
        assert client.post(f"{STAFF}{row.pk}/confirm/").status_code == 404
        assert client.post(f"{STAFF}{row.pk}/end/").status_code == 404
        row.refresh_from_db()
        assert (row.confirmed_at, row.revoked_at) == (None, None)
    for person in (own, josef):
        page = body(client.post(f"{STAFF}record/", typed(person)))
        assert "A colleague records it: you are this member, or act for this member yourself." in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_members_page_takes_as_many_queries_for_three(client, django_assert_num_queries, count):
    person = member()
    for _ in range(count):
        represented(person, at=yesterday())
    sign_in(client, member_account(person=person))
    with django_assert_num_queries(4):
        client.get(OWN)


def test_two_colleagues_record_and_confirm_it(client):
    person, lead = member(), Client()
    sign_in(client, staff(Role.AGENT))
    sign_in(lead, staff(Role.LEAD))
    assert client.post(f"{STAFF}record/", typed(person))["Location"] == STAFF
    row = Representation.objects.unscoped("test").get(member=person)
    assert "Waits for a colleague" in body(client.get(STAFF))
    client.post(f"{STAFF}{row.pk}/confirm/")
    assert "Waits for a colleague" in body(client.get(STAFF)), "not by whoever recorded it"
    lead.post(f"{STAFF}{row.pk}/confirm/")
    assert actor_of(row.user, at=timezone.now()).members() == {person.pk}
    lead.post(f"{STAFF}{row.pk}/end/")
    assert not actor_of(row.user, at=timezone.now()).members()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"member_number": "nobody's"}, "No member has this number. Check it on the member card."),
        ({"scope": ["letters"]}, "Choose “Read complaints” as well: nobody can answer what they may not read."),
        ({"last_on_year": "2019"}, "Choose an end that is ahead, and at most one year away."),
        ({"last_on_year": ""}, "The date must include a month, a day and a year."),
        ({"evidence": " "}, "Say which document shows it, and where it is on file."),
    ],
)
def test_what_cannot_be_is_refused_with_the_cure_and_nothing_is_lost(client, changed, words):
    sign_in(client, staff(Role.AGENT))
    response = client.post(f"{STAFF}record/", typed(member(), **changed))
    assert response.status_code == 422
    assert words in body(response)
    assert 'value="Dr. Max Brod"' in body(response)


@pytest.mark.parametrize("count", [1, 3])
def test_the_staffs_list_takes_as_many_queries_for_three(client, django_assert_num_queries, count):
    for _ in range(count):
        recorded(member(), at=yesterday())
    sign_in(client, staff(Role.AGENT))
    with django_assert_num_queries(5):
        assert body(client.get(STAFF)).count("Max Brod</bdi>") == count
