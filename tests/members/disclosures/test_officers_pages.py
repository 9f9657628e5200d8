"""The privacy officer's pages: an account found, a consent on paper, what went past the gate, a withdrawal."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from members.actors import Role
from members.audit.models import Event
from members.disclosures.models import Consent, Disclosure, Withdrawal
from members.disclosures.vocabulary import Basis, Purpose
from members.privacy.access import phi_access
from tests.config.objects import as_member
from tests.members.accounts.door import body
from tests.members.disclosures.agreed import agreed, sent
from tests.members.representing import represented
from tests.people import SYSTEM, member, sign_in, staff

pytestmark = pytest.mark.django_db
FIND = "/people/disclosures/"
PAPER, GONE = f"{FIND}consents/record/", f"{FIND}record/"
LAW = {"basis": Basis.REQUIRED_BY_LAW, "purpose": Purpose.LEGAL_DUTY}


@pytest.fixture
def officer(client):
    return sign_in(client, staff(Role.PRIVACY_OFFICER))


def yesterday():
    return timezone.now() - timedelta(days=1)


def number_of(person):
    with phi_access(actor=SYSTEM, purpose="test", at=timezone.now()):
        return person.member_number


def day(name, at):
    return {f"{name}_month": at.month, f"{name}_day": at.day, f"{name}_year": at.year}


def paper(person, **changed):
    return {
        "member_number": number_of(person),
        "text": "helper",
        "recipient": "Ana Alvarez",
        **day("last_on", timezone.now() + timedelta(days=30)),
        "channel": "post",
        "evidence": "Form of March 1, scan 4711",
    } | changed


def gone(person, **changed):
    return {
        "member_number": number_of(person),
        "recipient": "County court",
        "address": "2 Main Street",
        **day("went_on", timezone.now() - timedelta(days=3)),
        "way": "post",
        "classes": ["decision"],
        "what": "The decision letter",
        "purpose": "legal_duty",
        "basis": "court",
    } | changed


def test_an_account_is_found_by_a_number_that_stands_in_no_address_and_the_reading_is_recorded(client, officer):
    row = agreed(at=yesterday())
    sent(row.member_id, at=yesterday())
    page = body(client.post(FIND, {"member_number": number_of(row.member)}))
    for words in ("Joseph K", "Ana Alvarez", "Somebody I trust may help me", "A letter", "The member agreed"):
        assert words in page
    opened = Event.objects.filter(action="phi.opened", actor_id=officer.pk)
    assert {"members_member", "disclosures_consent", "disclosures_disclosure"} <= set(
        opened.values_list("object_type", flat=True)
    )


@pytest.mark.usefixtures("officer")
def test_nobodys_number_is_said_to_be_nobodys(client):
    response = client.post(FIND, {"member_number": "0"})
    assert response.status_code == 422
    assert "No member has this number. Check it on the member card." in body(response)


def test_the_own_account_and_that_of_a_member_represented_is_not_there_at_work(client, officer):
    own, josef = as_member(officer).member, member()
    represented(josef, officer, at=yesterday())
    for person in (own, josef):
        assert client.post(FIND, {"member_number": number_of(person)}).status_code == 422
        assert client.post(GONE, gone(person)).status_code == 422
        assert client.post(PAPER, paper(person)).status_code == 422
    row = agreed(josef, at=yesterday())
    assert client.post(f"{FIND}consents/{row.pk}/end/", {"way": "post"}).status_code == 404


@pytest.mark.usefixtures("officer")
def test_a_consent_on_paper_is_recorded_and_taken_back_when_the_member_asks(client):
    person = member()
    assert client.post(PAPER, paper(person))["Location"] == FIND
    row = Consent.objects.unscoped("test").get(member=person)
    assert row.channel == "post"
    client.post(f"{FIND}consents/{row.pk}/end/", {"way": "phone"})
    assert Withdrawal.objects.unscoped("test").get(consent=row).channel == "phone"
    assert "Withdrawn on" in body(client.post(FIND, {"member_number": number_of(person)}))


@pytest.mark.usefixtures("officer")
def test_what_went_by_post_is_recorded_also_when_it_should_not_have_gone(client):
    person = member()
    for basis in ("court", "mistake"):
        assert client.post(GONE, gone(person, basis=basis))["Location"] == FIND
    rows = Disclosure.objects.unscoped("test").filter(member=person)
    assert {row.basis for row in rows} == {"court", "mistake"}
    assert all(row.at < timezone.now() - timedelta(days=1) for row in rows)
    today = timezone.localtime(timezone=ZoneInfo(settings.HOUSE_TIME_ZONE))
    assert client.post(GONE, gone(person, **day("went_on", today)))["Location"] == FIND


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"member_number": "0"}, "No member has this number. Check it on the member card."),
        ({"basis": "payment"}, "“For payment of care” does not allow “A duty under the law”. Choose another ground."),
        ({"classes": []}, "Choose what went: at least one kind of data."),
        ({"went_on_year": "2999"}, "This day is ahead. Record it once it has gone."),
    ],
)
@pytest.mark.usefixtures("officer")
def test_what_cannot_be_is_refused_with_the_cure_and_nothing_is_lost(client, changed, words):
    response = client.post(GONE, gone(member(), **changed))
    assert response.status_code == 422
    assert words in body(response)
    assert 'value="County court"' in body(response)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.usefixtures("officer")
def test_an_account_takes_as_many_queries_for_three(client, django_assert_num_queries, count):
    person = member()
    number = number_of(person)
    for place in range(count):
        agreed(person, recipient=f"Helper {place}", at=yesterday())
        person.refresh_from_db()
        sent(person.pk, **LAW)
    with django_assert_num_queries(8):
        assert body(client.post(FIND, {"member_number": number})).count("1 Elm Street") == count
