"""Who may own a CAPA, and how it goes from one owner to another."""

import pytest
from django.urls import reverse

from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import Capa, CapaAction
from complaints.capa.operations import approve_plan, complete_action, hand_over_action, hand_over_capa
from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.permissions import ActionForbidden
from members.accounts.models import RoleGrant
from members.actors import Role
from members.audit.models import Event
from tests.capa.cases import AT, CHECK_ON, CRITERION, implemented, opened, planned, with_action
from tests.people import actor_of, staff

pytestmark = pytest.mark.django_db


def owner_of(capa):
    return Capa.objects.unscoped("a test").get(pk=capa.pk).owner_id


def test_the_only_quality_manager_cannot_own_a_capa_and_is_told_what_to_do(manager):
    with pytest.raises(CapaRefused, match="Choose a lead or an agent as owner, or have a second quality") as refused:
        opened(manager, manager.user_id)
    assert refused.value.field == "owner_id"
    assert not Capa.objects.unscoped("a test").exists()


def test_with_a_second_quality_manager_the_first_can_own_one(manager):
    staff(Role.QUALITY_MANAGER)
    assert opened(manager, manager.user_id).owner_id == manager.user_id


def test_when_the_second_quality_manager_leaves_a_hand_over_sets_the_capa_free(manager, owner):
    second = staff(Role.QUALITY_MANAGER)
    capa = opened(manager, manager.user_id)
    with_action(manager, capa, manager.user_id)
    RoleGrant.objects.filter(user=second).update(revoked_at=AT)
    with pytest.raises(CapaRefused, match="You own this CAPA"):
        approve_plan(actor=manager, at=AT, capa_id=capa.pk, criterion=CRITERION, check_on=CHECK_ON)
    hand_over_capa(actor=manager, at=AT, capa_id=capa.pk, owner_id=owner.user_id)
    approve_plan(actor=manager, at=AT, capa_id=capa.pk, criterion=CRITERION, check_on=CHECK_ON)
    event = Event.objects.get(action="capa.handed_over", matter_id=capa.pk)
    assert event.detail == {"from": str(manager.user_id), "to": str(owner.user_id)}


def test_handing_over_to_the_owner_changes_nothing(manager, owner):
    capa = opened(manager, owner.user_id)
    hand_over_capa(actor=manager, at=AT, capa_id=capa.pk, owner_id=owner.user_id)
    assert not Event.objects.filter(action="capa.handed_over").exists()


def test_the_owner_hands_over_and_other_colleagues_do_not(manager, owner):
    capa, agent = opened(manager, owner.user_id), actor_of(staff(Role.AGENT))
    with pytest.raises(ActionForbidden):
        hand_over_capa(actor=agent, at=AT, capa_id=capa.pk, owner_id=agent.user_id)
    hand_over_capa(actor=owner, at=AT, capa_id=capa.pk, owner_id=agent.user_id)
    assert owner_of(capa) == agent.user_id


def test_a_capa_goes_to_nobody_who_could_not_have_opened_with_it(manager, owner):
    capa = opened(manager, owner.user_id)
    for somebody, words in ((manager, "Nobody could approve"), (actor_of(staff(Role.ADMINISTRATOR)), "Choose an own")):
        with pytest.raises(CapaRefused, match=words):
            hand_over_capa(actor=manager, at=AT, capa_id=capa.pk, owner_id=somebody.user_id)


def test_who_approved_the_plan_cannot_become_its_owner(manager, owner):
    staff(Role.QUALITY_MANAGER)
    capa = planned(manager, owner.user_id)
    with pytest.raises(CapaRefused, match="approved the plan"):
        hand_over_capa(actor=manager, at=AT, capa_id=capa.pk, owner_id=manager.user_id)


def test_an_action_goes_to_somebody_else_until_it_is_done(manager, owner):
    agent = actor_of(staff(Role.AGENT))
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    with pytest.raises(ActionForbidden):
        hand_over_action(actor=agent, at=AT, action_id=action.pk, owner_id=agent.user_id)
    hand_over_action(actor=owner, at=AT, action_id=action.pk, owner_id=agent.user_id)
    assert CapaAction.objects.unscoped("a test").get(pk=action.pk).owner_id == agent.user_id
    event = Event.objects.get(action="capa.action_handed_over", matter_id=capa.pk)
    assert event.detail == {"action": str(action.pk), "from": str(owner.user_id), "to": str(agent.user_id)}
    complete_action(actor=agent, at=AT, action_id=action.pk)
    with pytest.raises(CapaRefused, match="This action is done"):
        hand_over_action(actor=manager, at=AT, action_id=action.pk, owner_id=owner.user_id)


def test_a_capa_that_waits_for_its_verdict_can_still_be_handed_over(manager, owner):
    capa = implemented(manager, owner.user_id)
    agent = staff(Role.AGENT)
    hand_over_capa(actor=manager, at=AT, capa_id=capa.pk, owner_id=agent.pk)
    assert owner_of(capa) == agent.pk


def test_the_new_owner_is_told_by_email_and_whoever_takes_it_needs_no_telling(manager, owner, mailoutbox):
    capa, agent = opened(manager, owner.user_id), staff(Role.AGENT)
    action = with_action(manager, capa, owner.user_id)
    hand_over_capa(actor=manager, at=AT, capa_id=capa.pk, owner_id=agent.pk)
    hand_over_action(actor=manager, at=AT, action_id=action.pk, owner_id=agent.pk)
    for dispatch in Dispatch.objects.filter(kind=DispatchKind.HANDED_OVER, to_user=agent).order_by("pk"):
        send_email(dispatch, at=AT)
    assert [message.subject for message in mailoutbox] == [
        f"You have CAPA {capa.reference} now",
        f"You have an action of {capa.reference} now",
    ]
    assert f"{manager.label} gave you CAPA {capa.reference}." in mailoutbox[0].body
    assert reverse("quality:capa", args=[capa.reference]) in mailoutbox[0].body
    hand_over_action(actor=manager, at=AT, action_id=action.pk, owner_id=manager.user_id)
    assert not Dispatch.objects.filter(to_user=manager.user_id).exists()
