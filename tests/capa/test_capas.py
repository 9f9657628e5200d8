"""A CAPA from opening to its verdict."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from complaints.capa.causes import UnknownCause
from complaints.capa.enums import ActionKind, CapaState, Verdict
from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import Capa, CapaAction, CapaComplaint
from complaints.capa.operations import (
    add_action,
    approve_plan,
    complete_action,
    open_capa,
    record_root_cause,
    verify_effectiveness,
)
from complaints.permissions import ActionForbidden
from members.actors import Role
from members.audit.models import Event
from members.identifiers import new_id
from members.privacy.access import phi_access
from slas.models import ClockState
from tests.capa.cases import AT, CHECK_ON, CRITERION, analysed, decided, implemented, opened, planned, with_action
from tests.people import actor_of, member_account, staff
from tests.slas.clocks import clocks_of

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


def fresh(capa):
    return Capa.objects.unscoped("a test").get(pk=capa.pk)


def clock_of(row, kind):
    return next(clock for clock in clocks_of(row.pk) if clock.kind == kind)


# Opening


def test_several_complaints_with_a_cause_become_one_capa(manager, owner):
    rows = [analysed(manager), analysed(manager), analysed(manager, "claim_rules")]
    capa = opened(manager, owner.user_id, complaints=rows)
    linked = CapaComplaint.objects.unscoped("a test").filter(capa=capa).values_list("complaint_id", flat=True)
    assert set(linked) == {row.pk for row in rows}
    assert (capa.state, capa.owner_id, capa.opened_by_id) == (CapaState.OPENED, owner.user_id, manager.user_id)
    assert Event.objects.filter(action="capa.opened", matter_id=capa.pk, actor_id=manager.user_id).count() == 1


def test_references_count_within_the_year_of_the_insurers_own_calendar(manager, owner):
    new_year_in_london = datetime(2026, 1, 1, 2, 0, tzinfo=UTC)
    at = [new_year_in_london - timedelta(days=2), new_year_in_london, new_year_in_london + timedelta(hours=4), AT]
    references = [opened(manager, owner.user_id, at=moment).reference for moment in at]
    assert references == ["CAPA-25-0001", "CAPA-25-0002", "CAPA-26-0001", "CAPA-26-0002"]


def test_the_plan_is_due_thirty_days_after_the_cause_was_first_recorded(manager, owner):
    first = analysed(manager, "claim_rules", at=AT - timedelta(days=40))
    record_root_cause(actor=manager, at=AT - timedelta(days=20), complaint_id=first.pk, cause="claim_coding")
    second = analysed(manager, at=AT - timedelta(days=10))
    capa = opened(manager, owner.user_id, complaints=[first, second])
    clock = clock_of(capa, "capa_plan")
    assert clock.started_at == AT - timedelta(days=20)
    assert clock.due_at == datetime(2026, 6, 12, tzinfo=NEW_YORK)


def test_complaints_with_other_causes_only_start_the_clock_when_any_was_recorded(manager, owner):
    capa = opened(manager, owner.user_id, complaints=[analysed(manager, "claim_rules", at=AT - timedelta(days=5))])
    assert clock_of(capa, "capa_plan").started_at == AT - timedelta(days=5)


def test_a_complaint_without_a_root_cause_is_named(manager, owner):
    row = decided()
    with pytest.raises(CapaRefused, match=f"Record a root cause first for: {row.reference}"):
        opened(manager, owner.user_id, complaints=[analysed(manager), row])
    assert not Capa.objects.unscoped("a test").exists()


def test_a_capa_needs_complaints_that_exist(manager, owner):
    words = {"title": "T", "problem": "P", "cause": "claim_coding", "owner_id": owner.user_id}
    with pytest.raises(CapaRefused, match="Choose at least one complaint"):
        open_capa(actor=manager, at=AT, complaint_ids=[], **words)
    with pytest.raises(CapaRefused, match="not known here"):
        open_capa(actor=manager, at=AT, complaint_ids=[analysed(manager).pk, new_id()], **words)


def test_a_cause_that_does_not_exist_opens_nothing(manager, owner):
    with pytest.raises(UnknownCause):
        opened(manager, owner.user_id, cause="nonsense")


def test_only_staff_who_read_complaints_own_a_capa(manager):
    for somebody in (member_account().pk, staff(Role.ADMINISTRATOR).pk, new_id()):
        with pytest.raises(CapaRefused, match="Choose an owner"):
            opened(manager, somebody)


def test_the_same_form_opens_one_capa(manager, owner):
    row, key = analysed(manager), uuid4()
    words = {"title": "T", "problem": "P", "cause": "claim_coding", "owner_id": owner.user_id}
    first, second = (
        open_capa(actor=manager, at=AT, complaint_ids=[row.pk], opening_key=key, **words) for _ in range(2)
    )
    assert first.pk == second.pk
    assert Capa.objects.unscoped("a test").count() == 1


# Planning


def test_an_action_has_a_clock_of_its_own_that_is_due_when_its_day_ends(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id, due_on=date(2026, 7, 1))
    clock = clock_of(action, "capa_action")
    assert clock.due_at == datetime(2026, 7, 2, tzinfo=NEW_YORK)
    assert (action.capa_id, action.added_by_id) == (capa.pk, manager.user_id)


def test_the_same_action_twice_is_one_and_another_is_another(manager, owner):
    capa = opened(manager, owner.user_id)
    first = with_action(manager, capa, owner.user_id)
    assert with_action(manager, capa, owner.user_id).pk == first.pk
    assert with_action(manager, capa, manager.user_id).pk != first.pk


@pytest.mark.parametrize("due_on", [date(2026, 6, 1), date(2026, 5, 31), date(1, 1, 1)])
def test_an_action_is_due_after_today(manager, owner, due_on):
    capa = opened(manager, owner.user_id)
    with pytest.raises(CapaRefused, match="Choose a day after today"):
        with_action(manager, capa, owner.user_id, due_on=due_on)


def test_an_action_is_due_within_two_years(manager, owner):
    capa = opened(manager, owner.user_id)
    with pytest.raises(CapaRefused, match="within the next 2 years") as refused:
        with_action(manager, capa, owner.user_id, due_on=date.max)
    assert refused.value.field == "due_on"


def test_the_owner_of_a_capa_plans_its_actions_and_other_colleagues_do_not(manager, owner):
    capa = opened(manager, owner.user_id)
    with_action(owner, capa, owner.user_id)
    with pytest.raises(ActionForbidden):
        with_action(actor_of(staff(Role.LEAD)), capa, owner.user_id, due_on=date(2026, 8, 1))


def test_a_member_learns_nothing_of_a_capa(manager, owner):
    capa = opened(manager, owner.user_id)
    somebody = actor_of(member_account())
    assert not Capa.objects.visible_to(somebody).exists()
    with pytest.raises(Capa.DoesNotExist):
        with_action(somebody, capa, owner.user_id)


def test_approval_fixes_the_criterion_and_meets_the_clock_of_the_plan(manager, owner):
    capa = fresh(planned(manager, owner.user_id))
    with phi_access(actor=manager, purpose="a test", at=AT):
        assert (capa.state, capa.criterion, capa.check_on) == (CapaState.PLANNED, CRITERION, CHECK_ON)
    assert (capa.planned_at, capa.planned_by_id) == (AT, manager.user_id)
    assert clock_of(capa, "capa_plan").state == ClockState.MET


def test_a_plan_that_is_approved_late_misses_its_clock(manager, owner):
    capa = opened(manager, owner.user_id)
    late = AT + timedelta(days=31)
    with_action(manager, capa, owner.user_id, due_on=date(2026, 7, 20), at=late)
    approve_plan(actor=manager, at=late, capa_id=capa.pk, criterion=CRITERION, check_on=CHECK_ON)
    assert clock_of(capa, "capa_plan").state == ClockState.MISSED


@pytest.mark.usefixtures("approver")
def test_nobody_approves_the_own_plan(manager):
    capa = opened(manager, manager.user_id)
    with_action(manager, capa, manager.user_id)
    with pytest.raises(CapaRefused, match="You own this CAPA"):
        approve_plan(actor=manager, at=AT, capa_id=capa.pk, criterion=CRITERION, check_on=CHECK_ON)
    with pytest.raises(IntegrityError, match="capa_planned_by_another"), transaction.atomic():
        Capa.objects.unscoped("a test").filter(pk=capa.pk).update(planned_by=manager.user_id)


def test_a_plan_without_an_action_is_not_approved(manager, owner):
    capa = opened(manager, owner.user_id)
    with pytest.raises(CapaRefused, match="at least one action"):
        approve_plan(actor=manager, at=AT, capa_id=capa.pk, criterion=CRITERION, check_on=CHECK_ON)


@pytest.mark.parametrize("criterion", ["", "  \n"])
def test_a_plan_without_a_criterion_is_not_approved(manager, owner, criterion):
    capa = opened(manager, owner.user_id)
    with_action(manager, capa, owner.user_id)
    with pytest.raises(CapaRefused, match="how we will know"):
        approve_plan(actor=manager, at=AT, capa_id=capa.pk, criterion=criterion, check_on=CHECK_ON)


@pytest.mark.parametrize(
    ("check_on", "words"),
    [
        (date(2026, 5, 1), "after today"),
        (date(2026, 6, 1), "after today"),
        (date(2026, 7, 1), "after the last action is due"),
        (date(2028, 6, 1), "within the next 2 years"),
        (date.max, "within the next 2 years"),
    ],
)
def test_the_check_comes_after_the_last_action_and_within_two_years(manager, owner, check_on, words):
    capa = opened(manager, owner.user_id)
    with_action(manager, capa, owner.user_id, due_on=date(2026, 7, 1))
    with pytest.raises(CapaRefused, match=words):
        approve_plan(actor=manager, at=AT, capa_id=capa.pk, criterion=CRITERION, check_on=check_on)


@pytest.mark.usefixtures("approver")
def test_only_a_quality_manager_approves(manager, owner):
    capa = opened(manager, manager.user_id)
    with_action(manager, capa, owner.user_id)
    with pytest.raises(ActionForbidden):
        approve_plan(actor=owner, at=AT, capa_id=capa.pk, criterion=CRITERION, check_on=CHECK_ON)


CHANGES_OF_A_PLAN = [
    {"criterion": "Fewer."},
    {"criterion": CRITERION.swapcase()},
    {"criterion": None},
    {"check_on": date(2027, 1, 1)},
    {"planned_at": None},
]


@pytest.mark.parametrize("change", CHANGES_OF_A_PLAN)
def test_the_database_itself_keeps_the_criterion_of_an_approved_plan(manager, owner, change):
    capa = fresh(planned(manager, owner.user_id))
    for name, value in change.items():
        setattr(capa, name, value)
    with pytest.raises(DatabaseError, match="the criterion is fixed"), transaction.atomic():
        capa.save(update_fields=change)


def test_a_second_approval_is_refused(manager, owner):
    capa = planned(manager, owner.user_id)
    with pytest.raises(CapaRefused, match="the CAPA is planned"):
        approve_plan(actor=manager, at=AT, capa_id=capa.pk, criterion="Fewer.", check_on=CHECK_ON)


def test_an_action_that_is_added_later_is_due_before_the_check(manager, owner):
    capa = planned(manager, owner.user_id)
    with_action(manager, capa, owner.user_id, due_on=CHECK_ON - timedelta(days=1))
    with pytest.raises(CapaRefused, match="due before that day"):
        with_action(manager, capa, owner.user_id, due_on=CHECK_ON)


# Carrying out


def test_completing_an_action_in_time_meets_its_clock(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id, due_on=date(2026, 7, 1))
    complete_action(actor=owner, at=datetime(2026, 7, 1, 23, 59, tzinfo=NEW_YORK), action_id=action.pk)
    assert clock_of(action, "capa_action").state == ClockState.MET


def test_completing_an_action_after_its_day_misses_its_clock(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id, due_on=date(2026, 7, 1))
    complete_action(actor=owner, at=datetime(2026, 7, 2, 0, 1, tzinfo=NEW_YORK), action_id=action.pk)
    assert clock_of(action, "capa_action").state == ClockState.MISSED


def test_the_last_action_implements_the_capa_and_starts_the_clock_of_the_check(manager, owner):
    capa = planned(manager, owner.user_id)
    second = with_action(manager, capa, owner.user_id, due_on=date(2026, 7, 10))
    first = CapaAction.objects.unscoped("a test").exclude(pk=second.pk).get(capa=capa)
    complete_action(actor=owner, at=AT + timedelta(days=3), action_id=first.pk)
    assert fresh(capa).state == CapaState.PLANNED
    complete_action(actor=owner, at=AT + timedelta(days=5), action_id=second.pk)
    assert (fresh(capa).state, fresh(capa).implemented_at) == (CapaState.IMPLEMENTED, AT + timedelta(days=5))
    assert clock_of(capa, "effectiveness_check").due_at == datetime(2026, 9, 2, tzinfo=NEW_YORK)


def test_a_late_implementation_moves_the_check_so_that_the_effect_has_its_time(manager, owner):
    capa = implemented(manager, owner.user_id, done_at=AT + timedelta(days=40))
    assert clock_of(capa, "effectiveness_check").due_at == datetime(2026, 9, 12, tzinfo=NEW_YORK)
    assert capa.check_on == CHECK_ON


def test_a_plan_whose_actions_are_done_already_is_implemented_by_its_approval(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    complete_action(actor=owner, at=AT, action_id=action.pk)
    approve_plan(actor=manager, at=AT, capa_id=capa.pk, criterion=CRITERION, check_on=CHECK_ON)
    assert fresh(capa).state == CapaState.IMPLEMENTED
    assert clock_of(capa, "effectiveness_check").due_at == datetime(2026, 9, 2, tzinfo=NEW_YORK)


@pytest.mark.usefixtures("approver")
def test_an_action_is_completed_by_its_owner_or_by_quality_and_by_nobody_else(manager, owner):
    capa = opened(manager, manager.user_id)
    action = with_action(manager, capa, owner.user_id)
    with pytest.raises(ActionForbidden):
        complete_action(actor=actor_of(staff(Role.AGENT)), at=AT, action_id=action.pk)
    done = complete_action(actor=owner, at=AT, action_id=action.pk)
    assert (done.done_at, done.done_by_id) == (AT, owner.user_id)


def test_completing_an_action_again_changes_nothing(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    complete_action(actor=owner, at=AT, action_id=action.pk)
    assert complete_action(actor=manager, at=AT + timedelta(days=1), action_id=action.pk).done_at == AT
    assert Event.objects.filter(action="capa.action_completed", matter_id=capa.pk).count() == 1


def test_nothing_is_added_to_what_is_implemented(manager, owner):
    capa = implemented(manager, owner.user_id)
    with pytest.raises(CapaRefused, match="the CAPA is implemented"):
        with_action(manager, capa, owner.user_id, due_on=date(2026, 8, 1))


# The verdict


@pytest.mark.parametrize("verdict", Verdict)
def test_another_quality_manager_judges_the_effect_and_meets_the_clock(manager, owner, verdict):
    capa = implemented(manager, owner.user_id)
    at = datetime(2026, 9, 1, 23, 0, tzinfo=NEW_YORK)
    verify_effectiveness(actor=manager, at=at, capa_id=capa.pk, verdict=verdict, reason="One complaint since.")
    judged = fresh(capa)
    assert (judged.state, judged.verified_at, judged.verified_by_id) == (verdict, at, manager.user_id)
    assert clock_of(capa, "effectiveness_check").state == ClockState.MET


def test_a_late_verdict_misses_its_clock(manager, owner):
    capa = implemented(manager, owner.user_id)
    at = datetime(2026, 9, 2, 0, 1, tzinfo=NEW_YORK)
    verify_effectiveness(actor=manager, at=at, capa_id=capa.pk, verdict=Verdict.EFFECTIVE, reason="None since.")
    assert clock_of(capa, "effectiveness_check").state == ClockState.MISSED


def test_the_effect_is_not_judged_before_everything_is_done(manager, owner):
    capa = planned(manager, owner.user_id)
    with pytest.raises(CapaRefused, match="the CAPA is planned"):
        verify_effectiveness(actor=manager, at=AT, capa_id=capa.pk, verdict=Verdict.EFFECTIVE, reason="Fine.")


def test_nobody_judges_the_own_work(manager, approver):
    capa = opened(manager, manager.user_id)
    action = with_action(manager, capa, manager.user_id)
    approve_plan(actor=approver, at=AT, capa_id=capa.pk, criterion=CRITERION, check_on=CHECK_ON)
    complete_action(actor=manager, at=AT, action_id=action.pk)
    with pytest.raises(CapaRefused, match="You own this CAPA"):
        verify_effectiveness(actor=manager, at=AT, capa_id=capa.pk, verdict=Verdict.EFFECTIVE, reason="Fine.")
    judged = fresh(capa)
    judged.state, judged.verdict_reason = CapaState.EFFECTIVE, "Fine."
    judged.verified_by_id, judged.verified_at = manager.user_id, AT
    with pytest.raises(IntegrityError, match="capa_verified_by_another"), transaction.atomic():
        judged.save()


def test_a_verdict_says_what_shows_it(manager, owner):
    capa = implemented(manager, owner.user_id)
    with pytest.raises(CapaRefused, match="what shows it"):
        verify_effectiveness(actor=manager, at=AT, capa_id=capa.pk, verdict=Verdict.EFFECTIVE, reason=" ")


def test_only_quality_judges(manager, owner):
    capa = implemented(manager, owner.user_id)
    with pytest.raises(ActionForbidden):
        verify_effectiveness(
            actor=actor_of(staff(Role.AGENT)), at=AT, capa_id=capa.pk, verdict=Verdict.EFFECTIVE, reason="Fine."
        )


def test_a_verdict_is_final_for_the_database_too(manager, owner):
    capa = implemented(manager, owner.user_id)
    verify_effectiveness(actor=manager, at=AT, capa_id=capa.pk, verdict=Verdict.NOT_EFFECTIVE, reason="Five since.")
    with pytest.raises(DatabaseError, match="verdict of an effectiveness check is final"), transaction.atomic():
        Capa.objects.unscoped("a test").filter(pk=capa.pk).update(state=CapaState.EFFECTIVE)
    with pytest.raises(CapaRefused, match="the CAPA is not effective"):
        verify_effectiveness(actor=manager, at=AT, capa_id=capa.pk, verdict=Verdict.EFFECTIVE, reason="Well.")


def test_an_unknown_kind_of_action_is_refused_by_its_type(manager, owner):
    with pytest.raises(ValueError, match="dance"):
        add_action(
            actor=manager, at=AT, capa_id=opened(manager, owner.user_id).pk, kind=ActionKind("dance"),
            description="D", owner_id=owner.user_id, due_on=date(2026, 7, 1),
        )  # fmt: skip
