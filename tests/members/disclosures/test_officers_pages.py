"""The privacy officer's pages: an account found, a consent on paper, what went past the gate, a withdrawal."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from complaints.oversight.subjects import events_of_member
from members.actors import Role
from members.audit.models import Event
from members.disclosures.corrections import correct_disclosure
from members.disclosures.models import Consent, Correction, Disclosure, Withdrawal
from members.privacy.access import phi_access
from tests.config.objects import as_member
from tests.members.accounts.door import body
from tests.members.disclosures.agreed import LAW, agreed, sent
from tests.members.representing import represented
from tests.people import SYSTEM, actor_of, member, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
FIND = "/people/disclosures/"
PAPER, GONE = f"{FIND}consents/record/", f"{FIND}record/"


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


@pytest.mark.usefixtures("officer")
def test_a_form_that_is_sent_twice_is_recorded_once(client):
    person = member()
    member_account(person=person)
    for path, sent_form in ((GONE, gone(person)), (PAPER, paper(person))):
        drawn = client.get(path).context["form"]["page"].value()
        for _ in range(2):
            assert client.post(path, sent_form | {"page": drawn})["Location"] == FIND
        assert client.post(path, sent_form | {"page": drawn, "recipient": "Somebody else"})["Location"] == FIND
    assert [model.objects.unscoped("test").filter(member=person).count() for model in (Disclosure, Consent)] == [2, 2]
    assert Event.objects.filter(action="account.consent_recorded").count() == 2, "the member is told once of each"


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


def test_an_entry_recorded_by_mistake_is_noted_beside_it_once_and_stands_in_the_trail(client, officer):
    person = member()
    row = sent(person.pk, **LAW)
    found = body(client.post(FIND, {"member_number": number_of(person)}))
    page = f"{FIND}{row.pk}/mistake/"
    assert page in found
    assert "Say why this should not be there." in body(client.post(page, {"reason": " "}))
    for reason in ("It was another member.", "Pressed again."):
        assert client.post(page, {"reason": reason})["Location"] == FIND
    after = body(client.post(FIND, {"member_number": number_of(person)}))
    for words in ("A letter", "Recorded by mistake", "It was another member.", str(officer)):
        assert words in after
    assert "Pressed again." not in after
    assert Event.objects.filter(action="disclosure.corrected", object_id=row.pk).count() == 1
    auditor = actor_of(staff(Role.AUDITOR))
    told = events_of_member(auditor, person.pk).filter(object_id=row.pk).values_list("action", flat=True)
    assert set(told) >= {"disclosure.made", "disclosure.corrected"}


@pytest.mark.usefixtures("officer")
def test_whoever_recorded_an_entry_does_not_note_it_as_a_mistake_and_a_colleague_does(client):
    person = member()
    client.post(GONE, gone(person))
    [row] = Disclosure.objects.unscoped("test").filter(member=person)
    page, cure = f"{FIND}{row.pk}/mistake/", "This entry is yours. Another privacy officer notes the mistake."
    assert page not in body(client.post(FIND, {"member_number": number_of(person)}))
    assert cure in body(client.get(page))
    refused = client.post(page, {"reason": "Never went."})
    assert refused.status_code == 422
    assert cure in body(refused)
    assert not Correction.objects.unscoped("test").exists()
    sign_in(client, staff(Role.PRIVACY_OFFICER, name="Eva Stone"))
    assert client.post(page, {"reason": "It never went."})["Location"] == FIND
    assert Correction.objects.unscoped("test").get().disclosure_id == row.pk


def test_to_note_a_mistake_takes_a_fresh_proof(client):
    sign_in(client, staff(Role.PRIVACY_OFFICER), at=timezone.now() - timedelta(minutes=11))
    row = sent(member().pk, **LAW)
    client.post(f"{FIND}{row.pk}/mistake/", {"reason": "It never went."})
    assert not Correction.objects.unscoped("test").exists()


def test_nobody_corrects_the_own_account_nor_that_of_a_member_represented(client, officer):
    own, josef = as_member(officer).member, member()
    represented(josef, officer, at=yesterday())
    for person in (own, josef):
        row = sent(person.pk, **LAW)
        assert client.get(f"{FIND}{row.pk}/mistake/").status_code == 404
        assert client.post(f"{FIND}{row.pk}/mistake/", {"reason": "No."}).status_code == 404
        with pytest.raises(Disclosure.DoesNotExist):
            correct_disclosure(
                actor=actor_of(officer, at=timezone.now()), at=timezone.now(), disclosure_id=row.pk, reason="No."
            )


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
