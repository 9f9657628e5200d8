"""Consents and the account of disclosures go six years after they ended, and not a day before, whoever tries."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from complaints.retention.disclosures import due_consents, due_disclosures, forget_old_disclosures
from complaints.retention.holds import place_hold, release_hold
from members.audit.models import Event
from members.disclosures.consents import withdraw_consent
from members.disclosures.gate import Sending
from members.disclosures.models import Consent, Correction, Disclosure, Withdrawal
from members.disclosures.vocabulary import Way
from slas.queries import database_now
from tests.complaints import stages
from tests.members.disclosures.agreed import AT, agreed, sent
from tests.people import actor_of
from tests.retention.old import ended, six_years_and

pytestmark = pytest.mark.usefixtures("policies")
MODELS = (Consent, Withdrawal, Disclosure, Correction)


def left():
    return [model.objects.unscoped("test").count() for model in MODELS]


def withdrawn(consent):
    person = consent.member
    withdraw_consent(actor=actor_of(person.user, at=AT), at=AT + timedelta(days=2), consent_id=consent.pk)


def test_what_ended_six_years_ago_goes_with_what_belongs_to_it_and_is_on_record():
    consent = agreed()
    entry = sent(consent.member_id)
    withdrawn(consent)
    ended(six_years_and(days=1))
    now = database_now()
    assert (due_disclosures(now).count(), due_consents(now).count()) == (1, 0), "the account names the consent"
    assert forget_old_disclosures(at=now) == 2
    assert left() == [0, 0, 0, 0]
    found = Event.objects.filter(action__endswith=".expired").order_by("pk").values_list("action", "object_id")
    assert list(found) == [("disclosure.expired", entry.pk), ("consent.expired", consent.pk)]
    assert forget_old_disclosures(at=now) == 0


def test_what_is_younger_stays():
    consent = agreed()
    sent(consent.member_id)
    withdrawn(consent)
    ended(six_years_and(days=-1))
    assert forget_old_disclosures(at=database_now()) == 0
    assert left() == [1, 1, 1, 0]


def test_an_entry_stays_as_long_as_the_complaint_it_tells_of():
    consent = agreed()
    sent(consent.member_id, sending=Sending("A letter", Way.POST, matter_id=stages.received().pk))
    ended(six_years_and(days=1))
    assert forget_old_disclosures(at=database_now()) == 0
    refused(Disclosure)


@pytest.mark.parametrize("of_member", [False, True])
def test_a_hold_keeps_what_tells_of_the_member(officer, second, of_member):
    consent = agreed()
    sent(consent.member_id)
    ended(six_years_and(days=1))
    row = stages.received(by=stages.Insured(consent.member, actor_of(consent.member.user)))
    told = {"actor": officer, "at": database_now(), "complaint_id": row.pk}
    hold = place_hold(**told, of_member=of_member, reason="A lawsuit.")
    assert forget_old_disclosures(at=database_now()) == 0
    refused(Disclosure, Consent)
    release_hold(actor=second, at=database_now(), hold_id=hold.pk, reason="It is over.")
    assert forget_old_disclosures(at=database_now()) == 2


def test_the_database_itself_keeps_what_is_younger():
    consent = agreed()
    sent(consent.member_id)
    withdrawn(consent)
    ended(six_years_and(days=-1))
    refused(Disclosure, Withdrawal, Consent)


def refused(*models):
    for model in models:
        rows = model.objects.unscoped("test")
        with pytest.raises(ProgrammingError, match="kept for at least six years"), transaction.atomic():
            rows._raw_delete("default")
