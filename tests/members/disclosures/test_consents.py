"""Giving a consent and taking it back, which counts at once, also against what is just leaving."""

from datetime import timedelta
from hashlib import sha256
from threading import Event, Thread

import pytest
from django.db import connections, transaction

from members.actors import Role, Scope
from members.audit.models import Event as Fact
from members.disclosures.consents import give_consent, record_consent, withdraw_consent, withdraw_for_member
from members.disclosures.gate import Recipient
from members.disclosures.models import Consent, Withdrawal
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.texts import BY_CODE, RIGHTS, TEXTS
from members.disclosures.vocabulary import Basis, Way
from members.models import Member
from members.operations import revoke_representation
from tests.members.disclosures.agreed import account_of, agreed, refused_meanwhile, sent
from tests.members.representing import represented
from tests.people import AT, actor_of, member, member_account, staff

pytestmark = pytest.mark.django_db
PUBLISHED = {"helper-1": "dce6dc0ce5b18a53", "doctor-1": "a22399aaa90661ed", "lawyer-1": "9ae4ca0c9a22e72c"}
PAPER = {"channel": Way.POST, "evidence": "Form of March 1, scan 4711"}


def told(person, actor, **changed):
    return {
        "actor": actor,
        "at": AT,
        "member_id": person.pk,
        "text": BY_CODE["helper"],
        "recipient": "Ana Alvarez",
        "ends_at": AT + timedelta(days=30),
    } | changed


def test_a_consent_keeps_which_words_of_which_version_were_agreed_to():
    row = agreed()
    words = f"{BY_CODE['helper'].title}\n{BY_CODE['helper'].words}\n{RIGHTS}"
    assert (row.text, row.version, bytes(row.digest)) == ("helper", 1, sha256(words.encode()).digest())
    assert (row.purpose, row.classes, row.channel) == ("help", ["complaint", "decision", "letters"], "portal")
    assert Fact.objects.get(action="consent.given").object_id == row.pk


def test_no_text_that_somebody_may_have_agreed_to_was_changed():
    """Change the words, and the version rises; what is here stays, for it proves what was agreed to."""
    assert {f"{text.code}-{text.version}": text.digest.hex()[:16] for text in TEXTS} == PUBLISHED


@pytest.mark.parametrize("end", [timedelta(0), timedelta(days=367)])
def test_a_consent_ends_within_a_year(end):
    person = member()
    actor = actor_of(member_account(person=person))
    with pytest.raises(DisclosureRefused, match="at most one year"):
        give_consent(**told(person, actor, ends_at=AT + end))
    with pytest.raises(DisclosureRefused, match="Enter the name"):
        give_consent(**told(person, actor, recipient=" "))


def test_whoever_may_do_all_for_the_member_agrees_and_withdraws_and_nobody_with_less():
    person, full, less = member(), member_account(), member_account()
    represented(person, full)
    represented(person, less, [Scope.READ, Scope.LETTERS])
    row = give_consent(**told(person, actor_of(full)))
    for stranger in (less, member_account()):
        with pytest.raises(Member.DoesNotExist):
            give_consent(**told(person, actor_of(stranger)))
        with pytest.raises(Consent.DoesNotExist):
            withdraw_consent(actor=actor_of(stranger), at=AT, consent_id=row.pk)
    withdraw_consent(actor=actor_of(full), at=AT, consent_id=row.pk)
    assert Withdrawal.objects.unscoped("test").get().consent == row


def test_a_privacy_officer_records_what_came_on_paper_and_withdraws_what_was_asked_for():
    person, officer = member(), staff(Role.PRIVACY_OFFICER)
    member_account(person=person)
    row = record_consent(**told(person, actor_of(officer)), **PAPER)
    assert Fact.objects.filter(action="account.consent_recorded").count() == 1
    assert sent(person.pk).consent == row
    withdraw_for_member(actor=actor_of(officer), at=AT, consent_id=row.pk, channel=Way.PHONE)
    with pytest.raises(DisclosureRefused):
        sent(person.pk)


def test_nobody_else_records_and_nobody_for_the_own_member():
    person, officer = member(), staff(Role.PRIVACY_OFFICER)
    with pytest.raises(DisclosureRefused, match="does not record"):
        record_consent(**told(person, actor_of(staff(Role.LEAD))), **PAPER)
    for lacking in ({"evidence": " "}, {"channel": Way.PORTAL}):
        with pytest.raises(DisclosureRefused, match="on which paper"):
            record_consent(**told(person, actor_of(officer)), **PAPER | lacking)
    represented(person, officer, [Scope.READ])
    with pytest.raises(DisclosureRefused, match="A colleague records it"):
        record_consent(**told(person, actor_of(officer)), **PAPER)
    with pytest.raises(Consent.DoesNotExist):
        withdraw_for_member(actor=actor_of(officer), at=AT, consent_id=agreed(person).pk, channel=Way.PHONE)


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_waits_for_what_is_just_leaving_and_stops_everything_after():
    """Checklist 37: the disclosure has the lock; the withdrawal ends after it, and then nothing goes."""
    consent = agreed()
    actor, done = actor_of(consent.given_by), Event()

    def withdraw():
        withdraw_consent(actor=actor, at=AT, consent_id=consent.pk)
        done.set()
        connections["default"].close()

    thread = Thread(target=withdraw)
    with transaction.atomic():
        sent(consent.member_id)
        thread.start()
        assert not done.wait(0.5), "the withdrawal overtook a disclosure under way"
    thread.join(10)
    assert done.is_set()
    with pytest.raises(DisclosureRefused):
        sent(consent.member_id)
    assert len(account_of(consent.member)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_disclosure_that_meets_a_withdrawal_under_way_waits_and_is_refused():
    """Checklist 37: it has read that there is no withdrawal yet, and must read it again once it has the lock."""
    consent = agreed()
    refused = refused_meanwhile(
        lambda: withdraw_consent(actor=actor_of(consent.given_by), at=AT, consent_id=consent.pk),
        lambda: sent(consent.member_id),
    )
    assert "has not agreed" in refused
    assert account_of(consent.member) == []


@pytest.mark.django_db(transaction=True)
def test_an_authorisation_that_is_just_revoked_lets_nothing_go():
    person, helper = member(), member_account()
    row = represented(person, helper)
    refused = refused_meanwhile(
        lambda: revoke_representation(actor=actor_of(helper), at=AT, representation_id=row.pk),
        lambda: sent(person.pk, basis=Basis.REPRESENTATION, recipient=Recipient(user_id=helper.pk)),
    )
    assert "does not act for the member" in refused
    assert account_of(person) == []
