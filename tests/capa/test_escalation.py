"""Who is told when a clock of a CAPA or an action warns or is missed."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from complaints.capa.escalation import escalate_capa
from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.operations import Firing, UnknownAction
from complaints.receivers import ESCALATIONS
from members.actors import Role
from slas.models import Matter
from tests.capa.cases import AT, opened, with_action
from tests.people import staff
from tests.slas.clocks import clocks_of

pytestmark = pytest.mark.django_db


def firing(matter_id, action, *, breached=True, owed=True):
    clock = clocks_of(matter_id)[0]
    code = 100 if breached else 80
    return Firing(
        matter_id=matter_id,
        clock_id=clock.id,
        kind=clock.kind,
        title="Carry out an action",
        due_at=clock.due_at,
        epoch=1,
        code=code,
        breached=breached,
        owed=owed,
        action=action,
        key=f"sla:{clock.id}:1:{code}:{action}",
    )


def told():
    return set(Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT).values_list("matter_id", "to_user_id"))


def test_the_owner_of_the_capa_or_of_the_action_is_told(manager, owner):
    helper = staff(Role.AGENT)
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, helper.pk)
    for matter_id in (capa.pk, action.pk):
        escalate_capa(at=AT, firing=firing(matter_id, "notify_owner"))
    assert told() == {(capa.pk, owner.user_id), (action.pk, helper.pk)}


def test_the_alert_names_the_capa_and_nothing_of_its_problem(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    escalate_capa(at=AT, firing=firing(action.pk, "notify_owner"))
    assert Dispatch.objects.get(matter=action.pk).detail["title"] == f"Carry out an action, {capa.reference}"


def test_the_alert_leads_to_the_capa_itself(manager, owner, mailoutbox):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    escalate_capa(at=AT, firing=firing(action.pk, "notify_owner"))
    send_email(Dispatch.objects.get(matter=action.pk), at=AT)
    assert settings.PUBLIC_URL + reverse("quality:capa", args=[capa.reference]) in mailoutbox[0].body


def test_every_quality_manager_is_told_instead_of_the_leads(manager, owner):
    another = staff(Role.QUALITY_MANAGER)
    capa = opened(manager, owner.user_id)
    escalate_capa(at=AT, firing=firing(capa.pk, "notify_lead"))
    assert told() == {(capa.pk, manager.user_id), (capa.pk, another.pk)}


def test_a_firing_that_is_handled_again_sends_nothing_again(manager, owner):
    capa = opened(manager, owner.user_id)
    for _ in range(2):
        escalate_capa(at=AT + timedelta(seconds=1), firing=firing(capa.pk, "notify_owner"))
    assert Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT).count() == 1


def test_a_warning_that_comes_after_the_act_is_left_out_and_a_breach_is_not(manager, owner):
    capa = opened(manager, owner.user_id)
    escalate_capa(at=AT, firing=firing(capa.pk, "notify_owner", breached=False, owed=False))
    assert told() == set()
    escalate_capa(at=AT, firing=firing(capa.pk, "notify_owner", owed=False))
    assert told() == {(capa.pk, owner.user_id)}


def test_a_capa_has_no_priority_to_raise(manager, owner):
    capa = opened(manager, owner.user_id)
    escalate_capa(at=AT, firing=firing(capa.pk, "raise_priority"))
    assert told() == set()


def test_an_action_that_the_pack_invents_is_refused(manager, owner):
    capa = opened(manager, owner.user_id)
    with pytest.raises(UnknownAction, match="call_the_king"):
        escalate_capa(at=AT, firing=firing(capa.pk, "call_the_king"))


def test_every_kind_of_matter_that_a_capa_opens_has_its_escalation(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    kinds = set(Matter.objects.filter(pk__in=(capa.pk, action.pk)).values_list("kind", flat=True))
    assert kinds == {kind for kind, escalation in ESCALATIONS.items() if escalation is escalate_capa}
