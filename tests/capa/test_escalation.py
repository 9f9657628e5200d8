"""Who is told when a clock of a CAPA or an action warns or is missed."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from complaints.capa.escalation import escalate_capas
from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.models import Task
from complaints.operations import UnknownAction
from complaints.receivers import ESCALATIONS
from members.actors import Role
from slas.models import Clock, ClockState, Matter
from slas.outbox import effect_key
from slas.signals import Fired
from tests.capa.cases import AT, opened, with_action
from tests.people import staff
from tests.slas.clocks import clocks_of

pytestmark = pytest.mark.django_db


def fire(matter_id, action, *, breached=True, owed=True, at=AT):
    clock = clocks_of(matter_id)[0]
    if not owed:
        clock.state = ClockState.MET
    code = 100 if breached else 80
    fired = Fired(clock, code, 1, clock.due_at, action, effect_key(clock.id, 1, code, action))
    escalate_capas(at=at, firings=[fired])


def told():
    return set(Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT).values_list("matter_id", "to_user_id"))


def test_the_owner_of_the_capa_or_of_the_action_is_told(manager, owner):
    helper = staff(Role.AGENT)
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, helper.pk)
    for matter_id in (capa.pk, action.pk):
        fire(matter_id, "notify_owner")
    assert told() == {(capa.pk, owner.user_id), (action.pk, helper.pk)}


def test_the_alert_names_the_capa_and_nothing_of_its_problem(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    fire(action.pk, "notify_owner")
    assert Dispatch.objects.get(matter=action.pk).detail["title"] == f"Carry out an action, {capa.reference}"


def test_the_alert_leads_to_the_capa_itself(manager, owner, mailoutbox):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    fire(action.pk, "notify_owner")
    send_email(Dispatch.objects.get(matter=action.pk), at=AT)
    assert settings.PUBLIC_URL + reverse("quality:capa", args=[capa.reference]) in mailoutbox[0].body


def test_every_quality_manager_is_told_instead_of_the_leads(manager, owner):
    another = staff(Role.QUALITY_MANAGER)
    capa = opened(manager, owner.user_id)
    fire(capa.pk, "notify_lead")
    assert told() == {(capa.pk, manager.user_id), (capa.pk, another.pk)}


def test_a_firing_that_is_handled_again_sends_nothing_again(manager, owner):
    capa = opened(manager, owner.user_id)
    for _ in range(2):
        fire(capa.pk, "notify_owner", at=AT + timedelta(seconds=1))
    assert Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT).count() == 1


def test_a_warning_that_comes_after_the_act_is_left_out_and_a_breach_is_not(manager, owner):
    capa = opened(manager, owner.user_id)
    fire(capa.pk, "notify_owner", breached=False, owed=False)
    assert told() == set()
    fire(capa.pk, "notify_owner", owed=False)
    assert told() == {(capa.pk, owner.user_id)}


def test_a_capa_has_no_priority_to_raise(manager, owner):
    capa = opened(manager, owner.user_id)
    fire(capa.pk, "raise_priority")
    assert told() == set()


def test_a_role_is_told_by_its_name(manager, owner):
    auditor = staff(Role.AUDITOR)
    capa = opened(manager, owner.user_id)
    fire(capa.pk, "notify_role:auditor")
    assert told() == {(capa.pk, auditor.pk)}


def test_a_task_is_opened_once_for_the_owner_and_not_once_the_act_is_done(manager, owner):
    capa = opened(manager, owner.user_id)
    for owed in (False, True, True):
        fire(capa.pk, "open_task", owed=owed)
    [task] = Task.objects.unscoped("test").all()
    assert (task.matter_id, task.reference, task.assignee_id, task.complaint) == (
        capa.pk, capa.reference, owner.user_id, None
    )  # fmt: skip


@pytest.mark.parametrize("action", ["reassign", "produce_notice"])
def test_nobody_gives_a_capa_away_by_a_count_and_no_law_asks_for_its_notice(manager, owner, action):
    capa = opened(manager, owner.user_id)
    with pytest.raises(UnknownAction, match=action):
        fire(capa.pk, action)


def test_an_envelope_of_many_capas_takes_as_many_queries_as_one(manager, owner, django_assert_num_queries):
    capas = [opened(manager, owner.user_id) for _ in range(5)]
    fired = [
        Fired(clock, 100, 1, clock.due_at, "notify_owner", effect_key(clock.id, 1, 100, "notify_owner"))
        for clock in Clock.objects.select_related("policy").filter(matter_id__in=[capa.pk for capa in capas])
    ]
    for some in (fired[:1], fired[1:]):
        with django_assert_num_queries(10):
            escalate_capas(at=AT, firings=some)


def test_an_action_that_the_pack_invents_is_refused(manager, owner):
    capa = opened(manager, owner.user_id)
    with pytest.raises(UnknownAction, match="call_the_king"):
        fire(capa.pk, "call_the_king")


def test_every_kind_of_matter_that_a_capa_opens_has_its_escalation(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    kinds = set(Matter.objects.filter(pk__in=(capa.pk, action.pk)).values_list("kind", flat=True))
    assert kinds == {kind for kind, escalation in ESCALATIONS.items() if escalation is escalate_capas}
