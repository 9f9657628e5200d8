"""Everything is sealed anew under the primary key, beside whatever else happens."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event as Signal

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from members.accounts.models import TotpDevice
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.models import Member
from members.privacy import rotation
from members.privacy.access import phi_access
from members.privacy.fields import SealedBytesField
from members.privacy.keyring import SealBroken, header_of, keyring
from members.privacy.rotation import Rotation, RowsLocked
from members.privacy.sealed_tables import count_by_key, sealed_tables
from tests.members.privacy.conftest import put_ring
from tests.people import AT, TOTP_KEY, member, staff

pytestmark = pytest.mark.django_db

SEALED_MEMBER = ("name", "email", "phone", "born_on", "postal_code", "member_number")
LETS_A_RESEALING_THROUGH = {
    "capa_criterion_is_fixed": "takes what is sealed anew for the same: tests/capa/test_sealed_words.py",
    "capa_verdict_is_final": "takes what is sealed anew for the same: tests/capa/test_sealed_words.py",
    "retention_hold_stays_as_placed": "compares columns that hold nothing sealed",
}


@pytest.fixture
def promoted(in_use):
    """Return a function that makes a fresh key the primary one, and its number."""

    def promote() -> int:
        ring, number = in_use.ring.with_new_key()
        put_ring(in_use.path, replace(ring, primary=number))
        assert keyring(having=number).primary == number
        return number

    return promote


def rotate() -> Rotation:
    run = Rotation(actor=SYSTEM, at=AT)
    for _ in run.run():
        pass
    return run


def keys_in_use() -> set[int]:
    return {key for table in sealed_tables() for counts in count_by_key(table).values() for key in counts}


def stored(person) -> Member:
    return Member.objects.unscoped("a test").get(pk=person.pk)


def name_of(person) -> str:
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        return stored(person).name


def corrupt(person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_member SET email = set_byte(email, 40, 1) WHERE id = %s", [person.pk])
        cursor.execute("UPDATE members_member SET email = set_byte(email, 41, 2) WHERE id = %s", [person.pk])


def test_every_sealed_column_of_every_model_is_found():
    found = {(table.name, column.column) for table in sealed_tables() for column in table.columns}
    assert found == {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedBytesField)
    }
    assert {("members_member", name) for name in SEALED_MEMBER} <= found


def test_everything_is_sealed_anew_and_opens_as_before(in_use, promoted):
    """Checklist 19."""
    people, user = [member(name=f"Person {number}") for number in range(7)], staff(Role.AGENT, name="Dana Ruiz")
    assert keys_in_use() == {in_use.number}
    number = promoted()
    run = rotate()

    assert keys_in_use() == {number}
    assert run.broken == set()
    put_ring(in_use.path, in_use.ring.without(in_use.number))
    assert [name_of(person) for person in people] == [f"Person {number}" for number in range(7)]
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        assert TotpDevice.objects.get(user=user).key == TOTP_KEY


def test_a_batch_leaves_one_event_that_says_how_many_rows_and_none_for_each_value(promoted):
    for _ in range(3):
        member()
    number = promoted()
    rotate()

    assert Event.objects.filter(action="phi.opened").count() == 0
    event = Event.objects.get(action="keys.reencrypted", object_type="members_member")
    assert (event.detail, event.at, event.actor_label) == ({"key": number, "rows": 3}, AT, SYSTEM.label)


def test_a_second_run_finds_nothing_to_do(promoted):
    member()
    promoted()
    assert rotate().rows == 1
    assert rotate().rows == 0
    assert Event.objects.filter(action="keys.reencrypted").count() == 1


def test_many_rows_go_in_batches(promoted, monkeypatch):
    monkeypatch.setattr(rotation, "ROWS", 2)
    for _ in range(5):
        member()
    promoted()
    assert [size for size in Rotation(actor=SYSTEM, at=AT).run() if size] == [2, 2, 1]


def test_large_values_go_in_smaller_batches(promoted, monkeypatch):
    monkeypatch.setattr(rotation, "BYTES", 3_000)
    for _ in range(3):
        member(name="long" * 500)
    promoted()
    assert [size for size in Rotation(actor=SYSTEM, at=AT).run() if size] == [1, 1, 1]


def test_a_value_that_does_not_open_stays_as_it_is_and_is_named(promoted):
    whole, broken = member(name="Whole"), member(name="Broken")
    corrupt(broken)
    number = promoted()
    run = rotate()

    assert {tuple(value) for value in run.broken} == {("members_member", "email", broken.pk)}
    assert (name_of(whole), name_of(broken)) == ("Whole", "Broken")
    assert stored(broken).__dict__["name"].ciphertext.startswith(header_of(number))
    with pytest.raises(SealBroken), phi_access(actor=SYSTEM, purpose="a test", at=AT):
        _ = stored(broken).email


def test_what_was_read_before_a_rotation_and_is_saved_after_it_brings_back_no_old_key(promoted):
    read_before = stored(member(name="Joseph K"))
    number = promoted()
    read_before.language = "es"
    read_before.save()

    assert keys_in_use() == {number}
    assert name_of(read_before) == "Joseph K"


def test_what_was_read_before_its_key_was_destroyed_opens_all_the_same(in_use, promoted):
    """A page may have read its rows when the last of them is sealed anew and the key goes."""
    read_before = stored(member(name="Joseph K"))
    promoted()
    rotate()
    ring, another = in_use.ring.without(in_use.number).with_new_key()
    put_ring(in_use.path, ring)
    keyring(having=another)

    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        assert read_before.name == "Joseph K"
    read_before.save()
    assert name_of(read_before) == "Joseph K"


def test_rows_of_an_append_only_table_are_sealed_anew_and_not_changed_otherwise(promoted):
    person = member(name="Joseph K")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER kept BEFORE UPDATE ON members_member FOR EACH ROW EXECUTE FUNCTION"
            " privacy_refuse_change_but_resealing('name', 'email', 'phone', 'born_on', 'postal_code', 'member_number')"
        )
    number = promoted()
    assert rotate().rows == 1

    assert stored(person).__dict__["name"].ciphertext.startswith(header_of(number))
    assert name_of(person) == "Joseph K"
    for change in (
        "language = 'es'",
        "name = email",
        "name = set_byte(name, 30, 255 - get_byte(name, 30))",
        "name = '\\x01000000ff'",
        "name = NULL",
    ):
        with pytest.raises(ProgrammingError, match=r"append-only|not changed otherwise"), transaction.atomic():
            write(f"UPDATE members_member SET {change} WHERE id = %s", person)  # noqa: S608 -- from the list above


def write(statement: str, person) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [person.pk])


def test_no_trigger_of_a_sealed_table_stands_in_the_way():
    """One that keeps rows as they are has to be `privacy_refuse_change_but_resealing`, or to look at other columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal"
            " AND tgtype & 16 > 0 AND proname <> 'privacy_refuse_change_but_resealing'"
            " AND tgrelid::regclass::text = ANY(%s)",
            [[table.name for table in sealed_tables()]],
        )
        assert {name for (name,) in cursor} <= LETS_A_RESEALING_THROUGH.keys()


@pytest.mark.django_db(transaction=True)
def test_an_edit_at_the_same_time_is_not_lost_and_not_waited_for(promoted):
    """Somebody holds a row while the others are sealed anew; the row follows when the edit is through."""
    held, other = member(name="before"), member(name="Other")
    locked, enough = Signal(), Signal()

    def edit() -> None:
        with transaction.atomic():
            row = Member.objects.unscoped("a test").select_for_update().get(pk=held.pk)
            locked.set()
            enough.wait(10)
            row.name = "after"
            row.save(update_fields=["name"])
        connection.close()

    with ThreadPoolExecutor(1) as people:
        editing = people.submit(edit)
        locked.wait(10)
        number = promoted()
        run = Rotation(actor=SYSTEM, at=AT)
        for size in run.run():
            if size:
                enough.set()
        editing.result()
    assert keys_in_use() == {number}
    assert (name_of(held), name_of(other)) == ("after", "Other")


@pytest.mark.django_db(transaction=True)
def test_rows_that_stay_locked_are_given_up_in_the_end(promoted, monkeypatch):
    monkeypatch.setattr(rotation, "PATIENCE", 0.5)
    held = member()
    locked, enough = Signal(), Signal()

    def hold() -> None:
        with transaction.atomic():
            Member.objects.unscoped("a test").select_for_update().get(pk=held.pk)
            locked.set()
            enough.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as people:
        holding = people.submit(hold)
        locked.wait(10)
        promoted()
        with pytest.raises(RowsLocked):
            rotate()
        enough.set()
        holding.result()
