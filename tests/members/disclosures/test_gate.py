"""Checklist 37: nothing leaves without a consent in force or a ground in law."""

from datetime import timedelta

import pytest

from members.actors import Role
from members.audit.models import Event
from members.disclosures.consents import withdraw_consent
from members.disclosures.gate import Recipient, record_disclosure
from members.disclosures.grounds import EVERYTHING, GROUNDS
from members.disclosures.models import Disclosure
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.vocabulary import Basis, DataClass, Purpose
from members.operations import revoke_representation
from members.privacy.access import phi_access
from tests.members.disclosures.agreed import LETTER, account_of, agreed, sent
from tests.members.representing import represented
from tests.people import AT, SYSTEM, actor_of, member, member_account, staff

pytestmark = pytest.mark.django_db


def test_without_a_consent_or_a_ground_nothing_goes_and_nothing_is_written():
    person = member()
    for changed in ({}, {"basis": Basis.MISTAKE}):
        with pytest.raises(DisclosureRefused):
            sent(person.pk, **changed)
    assert (account_of(person), Event.objects.filter(action="disclosure.made").count()) == ([], 0)


def test_what_goes_on_a_consent_is_in_the_account_with_who_what_why_and_when():
    consent = agreed()
    row = sent(consent.member_id)
    assert account_of(consent.member) == [row]
    assert (row.consent_id, row.at, row.purpose, row.classes) == (consent.pk, AT, "help", ["letters"])
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        row.refresh_from_db()
        assert (row.recipient, row.address, row.what) == ("Ana Alvarez", "1 Elm Street", "A letter")
    event = Event.objects.get(action="disclosure.made")
    assert (event.object_id, event.detail["basis"], event.detail["member"]) == (row.pk, "consent", str(row.member_id))


def test_a_name_is_the_same_however_it_is_spaced_and_cased():
    assert sent(agreed(recipient="  ANA   alvarez ").member_id).consent


@pytest.mark.parametrize(
    "changed",
    [
        {"recipient": Recipient("Ana Alvares")},
        {"purpose": Purpose.CARE},
        {"classes": [DataClass.LETTERS, DataClass.EVIDENCE]},
        {"at": AT - timedelta(seconds=1)},
        {"at": AT + timedelta(days=30)},
    ],
)
def test_a_consent_allows_what_it_says_and_nothing_beside(changed):
    consent = agreed()
    with pytest.raises(DisclosureRefused, match="has not agreed"):
        sent(consent.member_id, **changed)


def test_the_consent_of_one_member_is_no_consent_of_another():
    agreed()
    with pytest.raises(DisclosureRefused, match="has not agreed"):
        sent(member().pk)
    with pytest.raises(DisclosureRefused, match="has not agreed"):
        sent(None)


def test_after_a_withdrawal_nothing_goes():
    consent = agreed()
    sent(consent.member_id)
    withdraw_consent(actor=actor_of(consent.given_by), at=AT, consent_id=consent.pk)
    with pytest.raises(DisclosureRefused, match="agrees no longer"):
        sent(consent.member_id)
    assert len(account_of(consent.member)) == 1


@pytest.mark.parametrize("basis", [basis for basis in GROUNDS if basis not in {"consent", "representation"}])
def test_a_ground_in_law_allows_its_purposes_and_data_and_no_other(basis):
    person, ground = member(), GROUNDS[basis]
    for purpose in Purpose:
        asked = {"basis": basis, "purpose": purpose, "classes": ground.classes}
        if purpose in ground.purposes:
            assert sent(person.pk, **asked).basis == basis
        else:
            with pytest.raises(DisclosureRefused, match="does not allow"):
                sent(person.pk, **asked)
    for code in EVERYTHING - ground.classes:
        with pytest.raises(DisclosureRefused, match="does not cover"):
            sent(person.pk, basis=basis, purpose=min(ground.purposes), classes=[code])
    with pytest.raises(DisclosureRefused, match="at least one kind"):
        sent(person.pk, basis=basis, purpose=min(ground.purposes), classes=[])
    with pytest.raises(DisclosureRefused, match="Enter the name"):
        sent(person.pk, basis=basis, purpose=min(ground.purposes), recipient=Recipient(" "))


def test_whoever_acts_for_the_member_gets_letters_until_that_ends():
    person, helper = member(), member_account()
    row = represented(person, helper)
    asked = {"basis": Basis.REPRESENTATION, "recipient": Recipient(user_id=helper.pk)}
    assert sent(person.pk, **asked).representation_id == row.pk
    with pytest.raises(DisclosureRefused, match="does not act for the member"):
        sent(person.pk, **asked, at=row.expires_at)
    revoke_representation(actor=actor_of(helper), at=AT, representation_id=row.pk)
    with pytest.raises(DisclosureRefused, match="does not act for the member"):
        sent(person.pk, **asked)


def test_members_send_nothing_through_the_gate():
    consent = agreed()
    with pytest.raises(DisclosureRefused, match="passes on nothing"):
        sent(consent.member_id, actor=actor_of(consent.given_by))


def outside(person, **changed):
    told = {
        "actor": actor_of(staff(Role.PRIVACY_OFFICER)),
        "at": AT,
        "went_at": AT - timedelta(days=2),
        "member_id": person.pk,
        "recipient": Recipient("County court"),
        "classes": [DataClass.DECISION],
        "purpose": Purpose.LEGAL_DUTY,
        "basis": Basis.COURT,
        "sending": LETTER,
    }
    return record_disclosure(**told | changed)


def test_what_went_past_the_gate_is_recorded_for_the_day_it_went_and_a_mistake_as_one():
    person = member()
    outside(person)
    outside(person, basis=Basis.MISTAKE, purpose=Purpose.CARE)
    assert {(row.basis, row.at) for row in account_of(person)} == {
        ("court", AT - timedelta(days=2)),
        ("mistake", AT - timedelta(days=2)),
    }


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"went_at": AT + timedelta(days=1)}, "This day is ahead"),
        ({"recipient": Recipient(" ")}, "Enter the name"),
        ({"basis": Basis.PAYMENT}, "does not allow"),
        ({"basis": Basis.CONSENT, "purpose": Purpose.HELP}, "has not agreed"),
    ],
)
def test_what_cannot_be_is_not_recorded(changed, words):
    with pytest.raises(DisclosureRefused, match=words):
        outside(member(), **changed)


def test_only_a_privacy_officer_records_and_never_of_the_own_member():
    person, officer = member(), staff(Role.PRIVACY_OFFICER)
    with pytest.raises(DisclosureRefused, match="does not record"):
        outside(person, actor=actor_of(staff(Role.LEAD)))
    represented(person, officer)
    with pytest.raises(DisclosureRefused, match="A colleague records it"):
        outside(person, actor=actor_of(officer))


def test_a_consent_that_was_withdrawn_later_counts_for_what_went_before():
    consent = agreed()
    at = AT + timedelta(days=3)
    withdraw_consent(actor=actor_of(consent.given_by), at=AT + timedelta(days=2), consent_id=consent.pk)
    told = {
        "basis": Basis.CONSENT,
        "purpose": Purpose.HELP,
        "classes": [DataClass.LETTERS],
        "recipient": Recipient("Ana Alvarez"),
        "at": at,
    }
    assert outside(consent.member, **told, went_at=AT + timedelta(days=1)).consent == consent
    with pytest.raises(DisclosureRefused, match="agrees no longer"):
        outside(consent.member, **told, went_at=AT + timedelta(days=2))
    assert Disclosure.objects.unscoped("test").count() == 1
