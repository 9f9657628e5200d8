"""Checklist 37: consents, withdrawals, disclosures and corrections are kept; the database refuses every change."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from psycopg.sql import SQL, Identifier

from members.actors import Role
from members.disclosures.consents import withdraw_consent
from members.disclosures.corrections import correct_disclosure
from members.disclosures.models import Withdrawal
from members.disclosures.vocabulary import Basis
from tests.members.disclosures.agreed import account_of, agreed, sent
from tests.people import AT, actor_of, staff

pytestmark = pytest.mark.django_db
TABLES = ("consent", "withdrawal", "disclosure", "correction")
ACTS = (
    "UPDATE disclosures_{} SET member_id = member_id, recorded_at = now() + interval '1 day'",
    "DELETE FROM disclosures_{}",
)


@pytest.fixture
def consent():
    """A consent that something went on and that was withdrawn; somebody says that nothing went."""
    row = agreed()
    gone = sent(row.member_id)
    officer = actor_of(staff(Role.PRIVACY_OFFICER))
    correct_disclosure(actor=officer, at=AT, disclosure_id=gone.pk, reason="It never went to Ana.")
    withdraw_consent(actor=actor_of(row.given_by), at=AT + timedelta(days=1), consent_id=row.pk)
    return row


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ACTS)
def test_the_database_changes_and_deletes_nothing_of_them(consent, table, act):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(ProgrammingError, match=r"(append-only|at least six years).*refused"), transaction.atomic():
            cursor.execute(act.format(table))
    assert account_of(consent.member)


@pytest.mark.parametrize("table", TABLES)
def test_the_database_empties_none_of_them(consent, table):
    """The suite switches these triggers off, because it cleans up by TRUNCATE; here they are on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for each in TABLES:
            cursor.execute(f"ALTER TABLE disclosures_{each} ENABLE TRIGGER disclosures_{each}_no_truncate")
        with pytest.raises((ProgrammingError, InternalError), match="TRUNCATE refused"), transaction.atomic():
            cursor.execute(f"TRUNCATE disclosures_{table} CASCADE")
    assert account_of(consent.member)


def test_a_disclosure_of_six_years_ago_is_there_and_stays(consent):
    past = AT - timedelta(days=6 * 366)
    old = sent(consent.member_id, at=past, basis=Basis.REQUIRED_BY_LAW, purpose="legal_duty")
    assert old in account_of(consent.member)
    with pytest.raises(ProgrammingError, match="kept for at least six years"), transaction.atomic():
        old.delete()
    assert old in account_of(consent.member)


@pytest.mark.usefixtures("consent")
def test_what_is_sealed_may_be_sealed_under_another_key_and_altered_in_no_other_way():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(ProgrammingError, match="sealed under another key"), transaction.atomic():
            cursor.execute("UPDATE disclosures_disclosure SET what = decode(repeat('00', length(what)), 'hex') || what")


@pytest.mark.usefixtures("consent")
@pytest.mark.parametrize("table", TABLES)
def test_in_clear_stands_no_name_in_the_database(table):
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT t::text FROM {} t").format(Identifier(f"disclosures_{table}")))
        rows = cursor.fetchall()
    assert rows
    assert all("Ana" not in row and b"Ana".hex() not in row for (row,) in rows)


def test_a_consent_is_withdrawn_once(consent):
    actor = actor_of(consent.given_by)
    withdraw_consent(actor=actor, at=AT + timedelta(days=2), consent_id=consent.pk)
    assert Withdrawal.objects.unscoped("test").get().withdrawn_at == AT + timedelta(days=1)
    again = Withdrawal(member_id=consent.member_id, consent=consent, channel="post", withdrawn_at=AT)
    again.withdrawn_by_id = consent.given_by_id
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
