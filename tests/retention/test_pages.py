"""The screens of retention: who sees what, what two people do, and how many queries a list takes."""

import pytest
from django.urls import reverse

from complaints.retention.holds import place_hold
from complaints.retention.lists import digest_now
from complaints.retention.models import ErasureList, Hold
from complaints.retention.work import erase_listed
from members.actors import Role
from slas.queries import database_now
from tests.complaints import stages
from tests.people import actor_of, sign_in, staff
from tests.retention.old import over

pytestmark = pytest.mark.usefixtures("policies")
HOLDS, HOME = 4, 8


def page(client, name, *args, **kwargs):
    return client.get(reverse(name, args=args), **kwargs).content.decode()


def post(client, name, *args, **data):
    return client.post(reverse(name, args=args), data, follow=True)


def test_two_people_erase_what_is_due(client, agent):
    row = over(agent)
    sign_in(client, staff(Role.PRIVACY_OFFICER, name="Ola Berg"))
    home = page(client, "retention:home")
    assert "One complaint is due to be erased" in home
    assert row.reference in home
    assert "Somebody else has to confirm it within 24 hours" in post(client, "retention:ask").content.decode()
    asked = ErasureList.objects.get()
    assert "Erase these complaints" not in page(client, "retention:list", asked.pk)
    refused = post(client, "retention:confirm", asked.pk)
    assert refused.status_code == 409
    assert "You asked for this yourself" in refused.content.decode()
    sign_in(client, staff(Role.LEAD, name="Dana Ruiz"))
    looked_at = page(client, "retention:list", asked.pk)
    assert "Erase these complaints" in looked_at
    assert row.reference in looked_at
    told = post(client, "retention:confirm", asked.pk, digest=digest_now(asked)).content.decode()
    assert "will be erased within minutes" in told
    erase_listed(at=database_now())
    done = page(client, "retention:list", asked.pk)
    assert row.reference not in done
    assert "Gone" in done
    assert client.get(reverse("desk:case", args=[row.reference])).status_code == 404


def test_a_hold_is_placed_on_the_case_shown_there_and_released_by_another(client, agent):
    row = stages.closed(agent, by=stages.insured())
    sign_in(client, staff(Role.PRIVACY_OFFICER, name="Ola Berg"))
    assert "Choose what is held." in post(client, "retention:place", row.reference).content.decode()
    placed = post(client, "retention:place", row.reference, reach="member", reason="The Samsa lawsuit.")
    assert "Everything of this member" in placed.content.decode()
    again = post(client, "retention:place", row.reference, reach="member", reason="My other words.")
    assert "on legal hold already" in again.content.decode()
    assert "My other words." in again.content.decode()
    hold = Hold.objects.unscoped("test").get()
    assert "The Samsa lawsuit." not in page(client, "retention:holds")
    assert "The Samsa lawsuit." in page(client, "retention:hold", hold.pk)
    own = post(client, "retention:release", hold.pk, reason="It is over.")
    assert "You placed this hold yourself" in own.content.decode()
    sign_in(client, staff(Role.LEAD))
    assert "Everything of this member" in page(client, "desk:case", row.reference)
    assert "The hold is released." in post(client, "retention:release", hold.pk, reason="It is over.").content.decode()
    assert "Everything of this member" not in page(client, "desk:case", row.reference)


def test_a_hold_is_not_told_to_whoever_works_the_case(client, agent, officer):
    row = stages.closed(agent)
    place_hold(actor=officer, at=database_now(), complaint_id=row.pk, of_member=False, reason="A lawsuit.")
    sign_in(client, staff(Role.AGENT))
    assert "Legal hold" not in page(client, "desk:case", row.reference)


def test_a_case_without_a_member_is_held_alone(client, agent):
    row = stages.closed(agent)
    sign_in(client, staff(Role.PRIVACY_OFFICER))
    refused = post(client, "retention:place", row.reference, reach="member", reason="A lawsuit.")
    assert "belongs to no member that we know. Hold this case only." in refused.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_holds_take_the_same_queries_however_many_there_are(
    client, agent, officer, number, django_assert_num_queries
):
    for _ in range(number):
        row = stages.closed(agent)
        place_hold(actor=officer, at=database_now(), complaint_id=row.pk, of_member=False, reason="A lawsuit.")
    sign_in(client, staff(Role.AUDITOR))
    with django_assert_num_queries(HOLDS):
        page(client, "retention:holds")


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_due_takes_the_same_queries_however_much_it_is(client, agent, number, django_assert_num_queries):
    for _ in range(number):
        over(agent)
    sign_in(client, staff(Role.AUDITOR))
    with django_assert_num_queries(HOME):
        page(client, "retention:home")


def test_an_own_complaint_is_for_somebody_else_to_ask_for(client, agent):
    by = stages.insured()
    over(agent, by=by)
    user = staff(Role.PRIVACY_OFFICER)
    by.member.user = user
    by.member.save(update_fields=["user"])
    sign_in(client, user)
    assert "Nothing is due that you could ask for." in post(client, "retention:ask").content.decode()
    assert actor_of(user).member_id == by.member.pk
