"""Who may get my data, and who got it: the member's own pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members.actors import Role, Scope
from members.disclosures.corrections import correct_disclosure
from members.disclosures.models import Consent, Withdrawal
from tests.members.accounts.door import body
from tests.members.disclosures.agreed import LAW, agreed, sent
from tests.members.representing import represented
from tests.people import AT, actor_of, member, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
SHARING, SHARED = "/en/account/sharing/", "/en/account/shared/"


def yesterday():
    return timezone.now() - timedelta(days=1)


@pytest.fixture
def person(client):
    """A member who is signed in."""
    found = member()
    sign_in(client, member_account(person=found))
    found.refresh_from_db()
    return found


def typed(**changed):
    day = timezone.now() + timedelta(days=30)
    return {
        "text": "doctor",
        "recipient": "Dr. Max Brod",
        "last_on_month": day.month,
        "last_on_day": day.day,
        "last_on_year": day.year,
    } | changed


def test_a_member_agrees_sees_it_and_takes_it_back_with_one_press(client, person):
    assert "You let nobody else get your data" in body(client.get(SHARING))
    assert "I can take this back at any time" in body(client.get(f"{SHARING}new/"))
    assert client.post(f"{SHARING}new/", typed())["Location"] == SHARING
    page = body(client.get(SHARING))
    assert "Dr. Max Brod" in page
    assert "Medical records and other proof" in page
    row = Consent.objects.unscoped("test").get(member=person)
    client.post(f"{SHARING}{row.pk}/end/")
    assert "Dr. Max Brod" not in body(client.get(SHARING))
    assert Withdrawal.objects.unscoped("test").get().consent == row


def test_agreeing_twice_from_one_page_is_one_consent(client, person):
    drawn = client.get(f"{SHARING}new/").context["form"]["page"].value()
    for _ in range(2):
        assert client.post(f"{SHARING}new/", typed(page=drawn))["Location"] == SHARING
    assert Consent.objects.unscoped("test").filter(member=person).count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"text": ""}, "Choose what we may do."),
        ({"last_on_year": "2019"}, "Choose an end that is ahead, and at most one year away."),
        ({"last_on_year": ""}, "The date must include a month, a day and a year."),
    ],
)
@pytest.mark.usefixtures("person")
def test_what_cannot_be_is_refused_with_the_cure_and_nothing_is_lost(client, changed, words):
    response = client.post(f"{SHARING}new/", typed(**changed))
    assert response.status_code == 422
    assert words in body(response)
    assert 'value="Dr. Max Brod"' in body(response)
    assert "Enter the name of the person." in body(client.post(f"{SHARING}new/", typed(recipient=" ")))


def test_another_members_is_neither_shown_nor_taken_back(client, person):
    row = agreed(at=yesterday())
    sent(row.member_id, at=yesterday())
    assert person.pk != row.member_id
    for path in (SHARING, SHARED):
        assert "Ana Alvarez" not in body(client.get(path))
    assert "Ana" not in client.get("/en/account/shared.csv").content.decode()
    assert client.post(f"{SHARING}{row.pk}/end/").status_code == 404


def test_whoever_may_do_all_sees_and_agrees_and_nobody_with_less(client):
    josef, full, less = member(), member_account(person=member(name="Max Brod")), member_account()
    represented(josef, full, at=yesterday())
    represented(josef, less, [Scope.READ, Scope.LETTERS], at=yesterday())
    sent(josef.pk, **LAW, at=yesterday())
    row = agreed(josef, at=yesterday())
    sign_in(client, full)
    assert "data of Joseph K" in body(client.get(SHARING))
    assert "data of Joseph K" in body(client.get(SHARED))
    assert "Choose whose data it is." in body(client.post(f"{SHARING}new/", typed()))
    client.post(f"{SHARING}new/", typed(whose=str(josef.pk)))
    assert Consent.objects.unscoped("test").filter(member=josef, text="doctor").exists()
    sign_in(client, less)
    for path in (SHARING, SHARED):
        assert "Joseph K" not in body(client.get(path))
    assert client.post(f"{SHARING}{row.pk}/end/").status_code == 404


def test_nobody_agrees_for_a_member_who_is_not_theirs(client, person):
    other = member()
    represented(member(), person.user, at=yesterday())
    response = client.post(f"{SHARING}new/", typed(whose=str(other.pk)))
    assert response.status_code == 422
    assert not Consent.objects.unscoped("test").filter(member=other).exists()


def test_the_account_tells_when_to_whom_what_and_why_on_the_page_and_as_a_table(client, person):
    sent(person.pk, **LAW)
    page = body(client.get(SHARED))
    for words in ("Ana Alvarez", "1 Elm Street", "A letter", "Letters and messages", "A duty under the law"):
        assert words in page
    response = client.get("/en/account/shared.csv")
    assert response["Content-Disposition"] == 'attachment; filename="who-got-my-data.csv"'
    head, row = response.content.decode("utf-8-sig").splitlines()
    assert head == "Day,Whose,Who got it,Address,What,Data,What for,Why we may,Mistake"
    assert row == (
        f"{AT:%Y-%m-%d},,Ana Alvarez,1 Elm Street,A letter,Letters and messages,"
        "A duty under the law,The law demands it,"
    )


@pytest.mark.parametrize(("with_names", "who"), [(False, "A privacy officer"), (True, "Nora Blum")])
def test_an_entry_that_should_not_be_there_says_so_and_stays(client, person, settings, with_names, who):
    settings.MEMBERS_SEE_NAMES_OF_STAFF = with_names
    row = sent(person.pk, **LAW)
    officer = actor_of(staff(Role.PRIVACY_OFFICER, name="Nora Blum"))
    correct_disclosure(actor=officer, at=AT, disclosure_id=row.pk, reason="The letter came back unopened.")
    page = body(client.get(SHARED))
    for words in ("A letter", "this should not be on the list", f"{who} wrote this", "The letter came back unopened."):
        assert words in page
    assert ("Nora Blum" in page) is with_names
    [_head, line] = client.get("/en/account/shared.csv").content.decode("utf-8-sig").splitlines()
    assert line.endswith(",The letter came back unopened.")


def test_all_of_a_long_account_stand_on_one_page_to_print(client, person):
    for _ in range(51):
        sent(person.pk, **LAW)
    assert body(client.get(SHARED)).count("1 Elm Street") == 50
    assert body(client.get(f"{SHARED}?page=all")).count("1 Elm Street") == 51


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_as_many_queries_for_three(client, person, django_assert_num_queries, count):
    for number in range(count):
        agreed(person, recipient=f"Helper {number}", at=yesterday())
        sent(person.pk, **LAW)
    with django_assert_num_queries(4):
        assert body(client.get(SHARING)).count("Helper") == 2 * count
    with django_assert_num_queries(5):
        assert body(client.get(SHARED)).count("1 Elm Street") == count
