"""What is sealed opens only in its own place and only inside `phi_access`, which leaves a trace."""

import pickle

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection

from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.models import LineOfBusiness, Member
from members.privacy.access import AccessRequired, AuditUnavailable, phi_access
from members.privacy.fields import SealedFieldMisused
from members.privacy.keyring import SealBroken, keyring
from tests.people import AT, actor_of, member, staff

pytestmark = pytest.mark.django_db

NAME = "Zebedee Quackenbush"


def stored(person):
    return Member.objects.unscoped("a test").get(pk=person.pk)


def column_of(person, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM members_member WHERE id = %s", [person.pk])  # noqa: S608
        return bytes(cursor.fetchone()[0])


def overwrite(person, column, sealed):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE members_member SET {column} = %s WHERE id = %s", [sealed, person.pk])  # noqa: S608


def opened(person, column="name"):
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        return getattr(stored(person), column)


def test_a_sealed_value_opens_inside_phi_access():
    assert opened(member(name=NAME)) == NAME


def test_a_sealed_value_does_not_open_outside_phi_access():
    person = stored(member(name=NAME))
    with pytest.raises(AccessRequired, match=r"members_member\.name is sealed"):
        _ = person.name


def test_a_row_that_was_just_saved_is_sealed_in_memory_as_well():
    person = member(name=NAME)
    with pytest.raises(AccessRequired):
        _ = person.name


def test_every_read_of_phi_makes_an_event():
    """Checklist 22."""
    first, second = member(), member()
    reader = actor_of(staff(Role.AGENT))
    with phi_access(actor=reader, purpose="answer the phone", matter_id=first.pk, at=AT):
        for person in Member.objects.visible_to(reader).filter(pk__in=[first.pk, second.pk]):
            _ = person.name, person.name, person.email

    events = Event.objects.filter(action="phi.opened")
    assert {(event.object_type, event.object_id) for event in events} == {
        ("members_member", first.pk),
        ("members_member", second.pk),
    }
    assert {(event.actor_id, event.matter_id, event.at) for event in events} == {(reader.user_id, first.pk, AT)}
    assert [event.detail for event in events] == [{"purpose": "answer the phone", "columns": ["email", "name"]}] * 2


def test_the_events_of_a_block_are_written_in_one_insert(django_assert_num_queries):
    people = [stored(member()) for _ in range(3)]
    with django_assert_num_queries(1), phi_access(actor=SYSTEM, purpose="a list", at=AT):
        assert [person.name for person in people] == ["Joseph K"] * 3


def test_a_block_that_opens_nothing_writes_no_event():
    with phi_access(actor=SYSTEM, purpose="nothing", at=AT):
        stored(member())

    assert Event.objects.filter(action="phi.opened").count() == 0


def test_what_was_opened_before_an_error_is_recorded_too():
    person = stored(member())
    with pytest.raises(ZeroDivisionError), phi_access(actor=SYSTEM, purpose="a test", at=AT):
        _ = person.name
        raise ZeroDivisionError

    assert Event.objects.filter(action="phi.opened", object_id=person.pk).count() == 1


def test_without_an_audit_event_there_is_no_phi():
    """Checklist 22: the block raises, so the page that it was opened for is never sent."""
    person = stored(member())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event RENAME TO audit_event_away")
    with pytest.raises(AuditUnavailable, match="a test"), phi_access(actor=SYSTEM, purpose="a test", at=AT):
        _ = person.name


def test_the_database_holds_nothing_of_a_member_in_clear():
    """Checklist 17."""
    person = member(name=NAME, email="zebedee.q@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text, m.name, m.email FROM members_member m WHERE id = %s", [person.pk])
        as_text, *columns = cursor.fetchone()
    for secret in ("Zebedee", "zebedee", "Quackenbush"):
        assert secret not in as_text
        assert secret.encode().hex() not in as_text
        assert all(secret.encode() not in bytes(column) for column in columns)


def test_a_value_swapped_into_another_row_does_not_open():
    """Checklist 18."""
    one, other = member(name="One"), member(name="Other")
    overwrite(one, "name", column_of(other, "name"))
    with pytest.raises(SealBroken):
        opened(one)


def test_a_value_swapped_into_another_column_does_not_open():
    """Checklist 18."""
    person = member()
    overwrite(person, "name", column_of(person, "email"))
    with pytest.raises(SealBroken):
        opened(person)


@pytest.mark.parametrize("kept", [0, 1, 4, 5, 10, 17, 30, -1])
def test_a_truncated_value_does_not_open(kept):
    """Checklist 18."""
    person = member()
    overwrite(person, "name", column_of(person, "name")[:kept])
    with pytest.raises(SealBroken):
        opened(person)


@pytest.mark.parametrize("position", [0, 3, 8, 20, -1])
def test_an_altered_value_does_not_open(position):
    person = member()
    sealed = bytearray(column_of(person, "name"))
    sealed[position] ^= 1
    overwrite(person, "name", bytes(sealed))
    with pytest.raises(SealBroken):
        opened(person)


def test_equal_values_are_sealed_differently():
    assert column_of(member(name=NAME), "name") != column_of(member(name=NAME), "name")


def test_a_sealed_field_is_not_filtered():
    with pytest.raises(SealedFieldMisused, match="look it up by a blind index"):
        Member.objects.unscoped("a test").filter(name="Joseph K")


def test_a_sealed_field_is_not_updated_in_bulk():
    with pytest.raises(SealedFieldMisused, match="save it through its row"):
        Member.objects.unscoped("a test").update(name="Joseph K")


def test_a_sealed_field_is_not_serialised():
    person = member()
    with pytest.raises(SealedFieldMisused), phi_access(actor=SYSTEM, purpose="a test", at=AT):
        serializers.serialize("json", [person])


def test_values_show_nothing_of_what_is_sealed():
    member(name=NAME)
    assert repr(list(Member.objects.unscoped("a test").values_list("name"))) == "[(<sealed>,)]"


def test_a_pickled_row_holds_the_ciphertext_only():
    assert b"Zebedee" not in pickle.dumps(stored(member(name=NAME)))


def test_a_deferred_value_is_loaded_sealed():
    person = Member.objects.unscoped("a test").only("pk").get(pk=member(name=NAME).pk)
    with pytest.raises(AccessRequired):
        _ = person.name


def test_a_value_loaded_later_inside_phi_access_stays_sealed_outside():
    person = Member.objects.unscoped("a test").only("pk").get(pk=member(name=NAME).pk)
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        assert person.name == NAME
    with pytest.raises(AccessRequired):
        _ = person.name


@pytest.mark.parametrize("fields", [None, ["name"], ["name", "language"]])
def test_refreshing_a_row_opens_nothing_and_leaves_nothing_open(fields):
    person = stored(member(name="before"))
    changed = stored(person)
    changed.name, changed.language = NAME, "es"
    changed.save()
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        person.refresh_from_db(fields=fields)
    assert Event.objects.filter(action="phi.opened").count() == 0
    assert person.language == ("en" if fields == ["name"] else "es")

    with pytest.raises(AccessRequired):
        _ = person.name
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        assert person.name == NAME


def test_text_that_was_not_given_is_empty_text():
    person = Member(member_number_index=b"0" * 16, line_of_business=LineOfBusiness.GROUP, created_at=AT)
    person.save()
    assert opened(person, "member_number") == ""
    assert opened(person, "phone") is None


def test_a_text_field_refuses_what_is_not_text():
    person = Member(member_number_index=b"0" * 16, name=b"bytes", line_of_business="group", created_at=AT)
    with pytest.raises(SealedFieldMisused, match="seals text, not bytes"):
        person.save()


@pytest.mark.parametrize("text", ["", "naïve ☃ 日本", "\u202e", "a" * 100_000, "line\r\nline\x00nul"])
def test_any_text_comes_back_as_it_was(text):
    assert opened(member(name=text)) == text


def test_purposes_have_separate_keys():
    sealed = keyring().seal(b"seed", purpose="totp", bound_to=b"place")
    with pytest.raises(SealBroken):
        keyring().open(sealed, purpose="field", bound_to=b"place")


def test_a_value_sealed_under_an_unknown_key_names_the_key():
    sealed = bytearray(keyring().seal(b"words", purpose="field", bound_to=b""))
    sealed[1:5] = (77).to_bytes(4, "big")
    with pytest.raises(SealBroken, match="key 77 is not in the keyring"):
        keyring().open(bytes(sealed), purpose="field", bound_to=b"")


def test_dumpdata_of_members_is_refused():
    member()
    with pytest.raises(CommandError, match="Unable to serialize database"):
        call_command("dumpdata", "members.Member")
