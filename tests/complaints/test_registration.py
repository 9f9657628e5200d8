"""Members open their accounts: by what they know, and a link to the address on file. Nobody else learns anything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.actors import SYSTEM
from members.models import LineOfBusiness, Member
from members.operations import KnownBy, register_member
from members.registration_links import make_registration_token
from tests.complaints.test_account_mail import NEW_PASSWORD, client, link_in, sent  # noqa: F401 -- the fixture
from tests.members.accounts.door import body, errors_of, give_password
from tests.people import an_email

pytestmark = pytest.mark.django_db
REGISTER = "/en/account/register/"
BORN = {"born_on_month": "6", "born_on_day": "30", "born_on_year": "1980"}


def first_key(wrong):
    return next(iter(wrong))


@pytest.fixture
def person():
    return enrolled(email=an_email())


def enrolled(*, email):
    number = uuid4().hex
    member = register_member(
        actor=SYSTEM,
        at=timezone.now(),
        member_number=number,
        name="Joseph K",
        email=email,
        known_by=KnownBy(date(1980, 6, 30), "06103-1234"),
        line_of_business=LineOfBusiness.GROUP,
    )
    member.typed = {"member_number": number, "postal_code": "06103"} | BORN
    member.address = email
    return member


def test_who_knows_all_three_gets_a_link_at_the_address_on_file_and_an_account(client, person):  # noqa: F811
    client.post(REGISTER, person.typed)
    [message] = sent()
    assert message.to == [person.address]
    path = link_in(message)
    assert client.post(path, {"password": NEW_PASSWORD})["Location"].startswith("/en/account/sign-in/")
    assert give_password(client, person.address, NEW_PASSWORD)["Location"] == "/en/my/"
    assert "This link does not work" in body(Client().get(path))


@pytest.mark.parametrize(
    "wrong",
    [{"member_number": "nobody"}, {"postal_code": "10001"}, {"born_on_year": "1981"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_one_wrong_answer_gets_the_same_page_and_no_mail(client, person, wrong):  # noqa: F811
    """Checklist 5."""
    page = body(client.post(REGISTER, person.typed | wrong))
    assert sent() == []
    assert page == body(client.post(REGISTER, person.typed))


def test_blanks_and_dashes_of_the_number_do_not_matter(client, person):  # noqa: F811
    number = person.typed["member_number"]
    client.post(REGISTER, person.typed | {"member_number": f" {number[:4]}-{number[4:]} ", "postal_code": "061031234"})
    assert len(sent()) == 1


def test_a_member_with_an_account_or_without_an_address_gets_no_link(client, person):  # noqa: F811
    client.post(REGISTER, person.typed)
    client.post(link_in(sent()[0]), {"password": NEW_PASSWORD})
    before = len(sent())
    client.post(REGISTER, person.typed)
    client.post(REGISTER, enrolled(email=None).typed)
    assert len(sent()) == before
    assert User.objects.count() == 1


def test_a_number_is_heard_five_times_an_hour(client, person):  # noqa: F811
    """Checklist 4: birth dates and ZIP codes are few."""
    for year in range(1900, 1905):
        client.post(REGISTER, person.typed | {"born_on_year": str(year)})
    client.post(REGISTER, person.typed)
    assert sent() == []


@pytest.mark.parametrize("between", ["-", " ", "--", " - "])
def test_a_number_typed_in_other_ways_is_not_heard_more_often(client, person, between):  # noqa: F811
    number = person.typed["member_number"]
    for place in range(1, 6):
        typed = number[:place] + between + number[place:]
        client.post(REGISTER, person.typed | {"member_number": typed, "postal_code": "10001"})
    client.post(REGISTER, person.typed)
    assert sent() == []


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("member_number", "", "Enter the number on your member card."),
        ("member_number", "9" * 41, "A member number has 40 characters or less."),
        ("postal_code", "", "Enter your ZIP code."),
        ("postal_code", "٠٦١٠٣", "A ZIP code has 5 or 9 numbers."),
        ("born_on_day", "31", "Enter a real date, for example 6 30 2026."),
        ("born_on_year", "80", "The year must have 4 numbers, for example 2026."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_given_back(client, person, field, typed, said):  # noqa: F811
    response = client.post(REGISTER, person.typed | {field: typed})
    assert response.status_code == 422
    assert said in errors_of(response)[1]
    kept = "postal_code" if field != "postal_code" else "member_number"
    assert person.typed[kept] in body(response)


def test_a_changed_token_opens_nothing(client, person):  # noqa: F811
    client.post(REGISTER, person.typed)
    path = link_in(sent()[0])
    assert "This link does not work" in body(client.get(path[:-2] + "x/"))
    assert Member.objects.unscoped("test").get(pk=person.pk).user_id is None


def invited(client, person):  # noqa: F811
    client.post(REGISTER, person.typed)
    return link_in(sent()[-1])


def test_of_two_members_with_one_address_the_second_is_told_how_to_get_an_account(client, person):  # noqa: F811
    """Families share an address."""
    first, second = invited(client, person), invited(client, enrolled(email=person.address))
    assert client.post(first, {"password": NEW_PASSWORD}).status_code == 302
    response = client.post(second, {"password": NEW_PASSWORD})
    assert response.status_code == 409
    assert "It may be in use for another account, as in a family. Call us at" in body(response)
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_open_accounts_for_one_address_at_the_same_moment_get_one_account_and_one_sentence():
    address = an_email()
    links = [
        reverse("accounts:registration", args=[make_registration_token(enrolled(email=address).pk, at=timezone.now())])
        for _ in range(2)
    ]

    def follow(link):
        try:
            return Client().post(link, {"password": NEW_PASSWORD}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as pair:
        assert sorted(pair.map(follow, links)) == [302, 409]
    assert User.objects.count() == 1


def test_a_link_opens_nothing_once_the_address_on_file_is_another(client, person):  # noqa: F811
    path = invited(client, person)
    Member.objects.unscoped("test").filter(pk=person.pk).update(email=None)
    assert "This link does not work" in body(client.get(path))
    other = Member.objects.unscoped("test").get(pk=person.pk)
    other.email = an_email()
    other.save(update_fields=["email"])
    assert "This link does not work" in body(client.post(path, {"password": NEW_PASSWORD}))
    assert User.objects.count() == 0
