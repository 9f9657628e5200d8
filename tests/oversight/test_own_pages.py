"""Who works here may be a member: looking at the own pages as one is nothing that anybody has to look into."""

from datetime import timedelta

import pytest
from django.urls import NoReverseMatch, reverse

from complaints.intake.drafts import known_of
from complaints.oversight.enums import RuleCode
from complaints.oversight.models import ReviewItem
from complaints.oversight.watch import watch_over_openings
from config.access import URL_AUDIENCES
from members.actors import Role
from members.audit.models import Event
from members.operations.passwords import change_password
from slas.queries import database_now
from tests.complaints import stages
from tests.config.objects import as_member
from tests.members.representing import represented
from tests.people import actor_of, member_account, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
OWN_ROOMS = ("accounts", "member", "intake")


@pytest.fixture
def person():
    """Return an agent who is a member with a complaint, for whom somebody else may act."""
    user = staff(Role.AGENT, name="Ana Lee")
    own = as_member(user)
    stages.received(by=own)
    represented(own.member, member_account(), at=database_now() - timedelta(days=1))
    return user


def own_pages():
    for name in URL_AUDIENCES:
        if name.partition(":")[0] in OWN_ROOMS and name not in {"accounts:sign_out", "accounts:sign_in"}:
            try:
                yield name, reverse(name)
            except NoReverseMatch:
                continue


def found(at):
    watch_over_openings(at=at)
    return list(ReviewItem.objects.unscoped("test").filter(rule=RuleCode.OWN_RECORD))


def test_no_own_page_of_a_colleague_who_is_a_member_makes_an_item(client, person):
    sign_in(client, person)
    for _, path in own_pages():
        client.get(path)
    known_of(actor=actor_of(person), at=database_now())
    told = {"actor": actor_of(person), "at": database_now(), "user_id": person.pk, "address": "192.0.2.1"}
    change_password(**told, password="a long sentence that nobody knows")
    read = Event.objects.filter(action="phi.opened", actor_id=person.pk, object_id=actor_of(person).member_id)
    purposes = set(read.values_list("detail__purpose", flat=True))
    assert {"choose for whom", "fill in the form", "judge a new password", "show the own representatives"} <= purposes
    assert found(database_now()) == []


def test_the_same_record_opened_for_work_does(person):
    actor = actor_of(person)
    detail = {"purpose": "account for disclosures", "columns": ["name"]}
    told = {"object_type": "members_member", "object_id": actor.member_id, "detail": detail}
    Event.by(actor, at=database_now(), action="phi.opened", **told).save()
    assert [item.person_id for item in found(database_now())] == [person.pk]
