"""Restricted complaints are there for few, in whatever way somebody looks (checklist 11)."""

import pytest
from django.db import connection

from complaints.capa.lifecycle import CapaRefused
from complaints.capa.operations import open_capa
from complaints.capa.queries.capa_page import read_capa
from complaints.correspondence.models import Dispatch
from complaints.enums import OPEN_STATES, RestrictionKind
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, Restriction, Task
from complaints.operations import lift_restriction, restrict_complaint, take_complaint, write_note
from complaints.permissions import READERS, SEE_RESTRICTED, ActionForbidden
from complaints.quality.what_if import references
from complaints.queries.queue import SavedView, count_views, read_queue, read_whole_view
from complaints.queries.tasks import my_tasks
from members.actors import Role
from members.audit.models import Event
from tests.capa import cases
from tests.complaints import stages
from tests.complaints.firings import WARNED, clock_of, fire
from tests.complaints.stages import AT
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")
OTHERS = sorted(READERS - SEE_RESTRICTED)


def restrict(actor, row, *, at=AT):
    return restrict_complaint(
        actor=actor, at=at, complaint_id=row.pk, kind=RestrictionKind.COLLEAGUE, reason="Her sister works here."
    )


def queued(actor):
    return [row.reference for row in read_queue(actor=actor, view=SavedView.OPEN, page=None, at=AT).page.object_list]


def test_a_restriction_is_recorded_with_who_when_and_a_sealed_reason(lead):
    row = stages.received()
    restrict(lead, row)
    [restriction] = stages.all_of(Restriction, row)
    assert (restriction.kind, restriction.set_by_id, restriction.set_at) == ("colleague", lead.user_id, AT)
    event = Event.objects.get(action="complaint.restricted")
    assert (event.actor_id, event.matter_id, event.detail) == (lead.user_id, row.pk, {"kind": "colleague"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM complaints_restriction")
        assert b"sister" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("role", sorted(SEE_RESTRICTED))
def test_leads_and_privacy_officers_see_it(role, lead):
    row = stages.received()
    restrict(lead, row)
    assert queued(actor_of(staff(role))) == [row.reference]


@pytest.mark.parametrize("role", OTHERS)
def test_for_all_others_it_is_in_no_list_count_or_export(role, lead):
    plain, hidden = stages.received(), stages.received()
    restrict(lead, hidden)
    actor = actor_of(staff(role))
    assert queued(actor) == [plain.reference]
    assert count_views(actor=actor, at=AT)[SavedView.OPEN] == 1
    assert [row.reference for row in read_whole_view(actor=actor, view=SavedView.OPEN, at=AT)] == [plain.reference]


def test_its_owner_goes_on_seeing_it_and_the_member_does_too(agent, lead):
    by = stages.insured()
    row = take_complaint(actor=agent, at=AT, complaint_id=stages.received(by=by).pk)
    restrict(lead, row)
    assert queued(agent) == [row.reference]
    write_note(actor=agent, at=AT, complaint_id=row.pk, body="Called her.")
    assert Complaint.objects.visible_to(by.actor).get() == row


def test_once_it_has_another_owner_the_former_one_sees_it_no_more(agent, lead):
    row = stages.taken(agent)
    restrict(lead, row)
    take_complaint(actor=lead, at=AT, complaint_id=row.pk, from_owner_id=agent.user_id)
    assert queued(agent) == []
    with pytest.raises(Complaint.DoesNotExist):
        write_note(actor=agent, at=AT, complaint_id=row.pk, body="Called her.")


@pytest.mark.parametrize("role", OTHERS)
def test_only_leads_and_privacy_officers_restrict(role):
    row = stages.received()
    with pytest.raises(ActionForbidden):
        restrict(actor_of(staff(role)), row)


def test_it_is_restricted_once_and_lifted_with_a_reason(agent, lead):
    row = stages.received()
    restrict(lead, row)
    with pytest.raises(TransitionRefused, match="restricted already"):
        restrict(lead, row)
    lift_restriction(actor=lead, at=AT, complaint_id=row.pk, reason="She left the company.")
    assert queued(agent) == [row.reference]
    [restriction] = stages.all_of(Restriction, row)
    assert (restriction.lifted_at, restriction.lifted_by_id) == (AT, lead.user_id)
    with pytest.raises(TransitionRefused, match="not restricted"):
        lift_restriction(actor=lead, at=AT, complaint_id=row.pk, reason="Again.")
    restrict(lead, row)
    assert queued(agent) == []


def test_its_tasks_are_hidden_with_it_and_those_of_a_capa_are_not(agent, lead):
    row = stages.taken(agent)
    fire(clock_of(row), "open_task", code=WARNED)
    restrict(lead, row)
    assert [line.reference for line in my_tasks(actor=agent, page=None, at=AT).object_list] == [row.reference]
    other = actor_of(staff(Role.AGENT))
    assert not Task.objects.visible_to(other).exists()
    Task.objects.unscoped("as of a CAPA").update(complaint=None)
    assert Task.objects.visible_to(other).count() == 1


def test_a_date_tells_nobody_of_it_who_may_not_see_it(lead):
    auditor, officer = staff(Role.AUDITOR), staff(Role.PRIVACY_OFFICER)
    row = stages.received()
    restrict(lead, row)
    fire(clock_of(row), "notify_role:auditor", "notify_role:privacy_officer")
    told = set(Dispatch.objects.filter(kind="clock_alert").values_list("to_user_id", flat=True))
    assert told == {officer.pk}
    assert auditor.pk not in told


def test_an_early_threshold_gives_it_to_a_lead_and_not_to_an_agent(agent, lead):
    row = stages.taken(agent)
    staff(Role.AGENT)
    restrict(lead, row)
    fire(clock_of(row), "reassign", code=WARNED)
    assert stages.now(row).owner_id == lead.user_id


def test_a_what_if_names_it_to_those_alone_who_see_it(agent, lead):
    row = stages.received()
    restrict(lead, row)
    line = type("Line", (), {"matter_kind": "complaint", "matter_id": str(row.pk)})
    assert references(actor=agent, lines=[line]) == {}
    assert references(actor=lead, lines=[line]) == {str(row.pk): row.reference}


def test_a_capa_does_not_name_it_and_none_is_opened_for_it(lead):
    manager = actor_of(staff(Role.QUALITY_MANAGER))
    owner = staff(Role.LEAD, name="Kim Cho")
    seen, hidden = cases.analysed(manager), cases.analysed(manager)
    capa = cases.opened(manager, owner.pk, complaints=[seen, hidden])
    restrict(lead, hidden)
    page = read_capa(actor=manager, reference=capa.reference, at=AT)
    assert hidden.reference not in str(page)
    assert seen.reference in str(page)
    with pytest.raises(CapaRefused, match="not known here"):
        open_capa(
            actor=manager,
            at=AT,
            title="Codes",
            problem="Old codes.",
            cause="claim_coding",
            owner_id=owner.pk,
            complaint_ids=[hidden.pk],
        )


def test_the_counts_of_the_queue_read_the_index_alone(agent, lead):
    """Rows of complaints are wide; a restriction is told by the index, as whose it is."""
    for number in range(30):
        row = stages.received()
        if not number % 10:
            restrict(lead, row)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    rows = Complaint.objects.visible_to(agent).filter(state__in=OPEN_STATES)
    plan = rows.values("owner").order_by().explain()
    assert "Index Only Scan using complaint_open_work" in plan, plan
