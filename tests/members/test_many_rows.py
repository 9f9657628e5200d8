"""Acts with many rows, which go by COPY: they must be the same as rows that go by INSERT."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from members.actors import SYSTEM
from members.acts import MANY, act, batch
from members.audit.models import Event
from members.identifiers import new_id
from members.models import Member
from members.privacy.access import phi_access

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC)
AWKWARD = ("tab\there", "back\\slash", "\\N", "line\nbreak", "quote ' and \"", "émoji 🦉", "")


def written(number):
    """Write so many events with awkward values in one act; return them as they were written and as they are stored."""
    with act(actor=SYSTEM, at=AT) as this:
        for index in range(number):
            word = AWKWARD[index % len(AWKWARD)]
            this.record(
                f"test.{index}",
                matter_id=new_id() if index % 2 else None,
                object_type=word,
                detail={"word": word, "list": [1, None, {"a": word}]},
            )
        events = this.added(Event)
    return events, {event.pk: event for event in Event.objects.filter(action__startswith="test.")}


@pytest.mark.parametrize("number", [MANY - 1, MANY, 3 * MANY])
def test_rows_are_stored_as_they_were_given_however_many(number):
    events, stored = written(number)
    assert len(stored) == number
    names = ("at", "actor_kind", "actor_id", "actor_label", "action", "matter_id", "object_type", "object_id", "detail")
    for event in events:
        same = stored[event.pk]
        assert [getattr(event, name) for name in names] == [getattr(same, name) for name in names]
        assert not event._state.adding


def test_the_database_fills_in_its_own_defaults():
    written(MANY)
    now = datetime.now(UTC)
    assert all(abs(event.written_at - now) < timedelta(minutes=5) for event in Event.objects.all())


def test_sealed_values_stay_sealed_and_open():
    with batch(), act(actor=SYSTEM, at=AT) as this:
        for index in range(MANY):
            member = Member(name=AWKWARD[index % len(AWKWARD)], line_of_business="group", created_at=AT)
            member.set_member_number(f"M-{index}")
            this.add(member)
    members = Member.objects.unscoped("a test opens them").order_by("id")
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        assert [member.name for member in members] == [AWKWARD[index % len(AWKWARD)] for index in range(MANY)]


def test_a_constraint_refuses_all_of_them_as_djangos_own_error():
    def members():
        with batch(), act(actor=SYSTEM, at=AT) as this:
            for _ in range(MANY):
                member = Member(name="Twin", line_of_business="group", created_at=AT)
                member.set_member_number("M-1")
                this.add(member)

    with pytest.raises(IntegrityError):
        members()
