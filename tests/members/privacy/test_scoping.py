"""Protected rows are read for somebody, or not at all."""

import pytest
from django.shortcuts import get_object_or_404

from members.actors import GUEST, SYSTEM, Role
from members.models import Member, member_number_index
from members.privacy.scoping import ScopeRequired
from members.queries import member_of
from tests.people import actor_of, member, member_account, staff

pytestmark = pytest.mark.django_db

READS = {
    "all": lambda rows: list(rows.all()),
    "iteration": lambda rows: list(rows.iterator()),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "first": lambda rows: rows.first(),
    "get": lambda rows: rows.get(pk=1),
    "filter": lambda rows: rows.filter(language="en"),
    "values": lambda rows: rows.values("pk"),
    "order_by": lambda rows: rows.order_by("pk"),
    "in_bulk": lambda rows: rows.in_bulk(),
    "aggregate": lambda rows: rows.aggregate(),
    "annotate": lambda rows: rows.annotate(),
    "only": lambda rows: rows.only("pk"),
    "update": lambda rows: rows.update(language="en"),
    "delete": lambda rows: rows.all().delete(),
    "get_or_create": lambda rows: rows.get_or_create(pk=1),
    "raw": lambda rows: rows.raw("SELECT * FROM members_member"),
    "select_for_update": lambda rows: rows.select_for_update(),
    "slice": lambda rows: rows.all()[:3],
    "truth": lambda rows: bool(rows.all()),
    "get_object_or_404": lambda _: get_object_or_404(Member, pk=1),
    "union with a visible query set": lambda rows: rows.visible_to(GUEST) | rows.all(),
    "as a subquery": lambda rows: rows.unscoped("a test").filter(pk__in=rows.all()),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_an_unscoped_read_raises(read):
    """Checklist 11."""
    member()
    with pytest.raises(ScopeRequired):
        read(Member.objects)


def test_an_unscoped_read_gives_its_reason():
    with pytest.raises(ScopeRequired):
        Member.objects.unscoped("")


def test_a_member_sees_the_own_record_only():
    own, _other = member(), member()
    actor = actor_of(member_account(person=own))

    assert list(Member.objects.visible_to(actor)) == [own]
    assert member_of(actor) == own


@pytest.mark.parametrize(
    "role",
    [Role.AGENT, Role.CLINICAL_REVIEWER, Role.LEAD, Role.QUALITY_MANAGER, Role.PRIVACY_OFFICER, Role.AUDITOR],
)
def test_staff_who_handle_or_oversee_complaints_see_members(role):
    person = member()
    actor = actor_of(staff(role))

    assert list(Member.objects.visible_to(actor)) == [person]
    assert member_of(actor) is None


def test_an_administrator_sees_no_member():
    member()
    assert list(Member.objects.visible_to(actor_of(staff(Role.ADMINISTRATOR)))) == []


@pytest.mark.parametrize("actor", [GUEST, SYSTEM], ids=["guest", "system"])
def test_who_has_no_relation_to_a_member_sees_none(actor):
    member()
    assert list(Member.objects.visible_to(actor)) == []


def test_a_member_is_found_by_number_however_it_is_written():
    person = member()
    number = "mhp-1234 5678"
    person.set_member_number(number)
    person.save()
    agent = actor_of(staff(Role.AGENT))

    def found(actor, number):
        return Member.objects.visible_to(actor).filter(member_number_index=member_number_index(number)).first()

    assert found(agent, "MHP12345678") == person
    assert found(agent, "MHP12345679") is None
    assert found(GUEST, number) is None
