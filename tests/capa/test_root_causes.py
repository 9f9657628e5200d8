"""Recording why a complaint arose."""

import pytest

from complaints.capa.causes import UnknownCause
from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import RootCause
from complaints.capa.operations import record_root_cause
from complaints.enums import Audience, TimelineCode
from complaints.models import Complaint, TimelineEntry
from complaints.permissions import ActionForbidden
from members.actors import GUEST, Role, importer
from members.acts import batch
from members.audit.models import Event
from members.identifiers import new_id
from members.privacy.access import phi_access
from tests.capa.cases import AT, complaint, decided
from tests.people import actor_of, member_account, staff

pytestmark = pytest.mark.django_db


def causes_of(row):
    return list(
        RootCause.objects.unscoped("a test")
        .filter(complaint=row)
        .order_by("cause")
        .values_list("cause", "source_label")
    )


def test_a_quality_manager_records_the_cause_of_a_decided_complaint(manager):
    row = decided()
    root_cause = record_root_cause(
        actor=manager, at=AT, complaint_id=row.pk, cause="claim_coding", explanation="The list of March was used."
    )
    assert causes_of(row) == [("claim_coding", "")]
    assert (root_cause.recorded_by_id, root_cause.recorded_at) == (manager.user_id, AT)
    with phi_access(actor=manager, purpose="test", at=AT):
        assert RootCause.objects.visible_to(manager).get(pk=root_cause.pk).explanation == "The list of March was used."


def test_the_timeline_tells_staff_and_not_the_member(manager):
    row = decided()
    record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="claim_coding")
    entry = TimelineEntry.objects.unscoped("a test").get(complaint=row, code=TimelineCode.ROOT_CAUSE_RECORDED)
    assert (entry.audience, entry.detail) == (Audience.STAFF, {"cause": "claim_coding"})
    assert Event.objects.filter(action="complaint.root_cause_recorded", matter_id=row.pk).count() == 1


def test_the_same_cause_is_recorded_once(manager):
    row = decided()
    first = record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="claim_coding")
    again = record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="claim_coding", explanation="Again.")
    assert again == first
    assert TimelineEntry.objects.unscoped("a test").filter(code=TimelineCode.ROOT_CAUSE_RECORDED).count() == 1


def test_a_complaint_can_have_several_causes_and_several_labels_of_its_source(manager):
    row = decided()
    for cause, label in [
        ("claim_coding", ""),
        ("claim_rules", ""),
        ("claim_rules", "Claim Denial"),
        ("claim_rules", "Denial"),
    ]:
        record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause=cause, source_label=label)
    assert sorted(causes_of(row)) == [
        ("claim_coding", ""), ("claim_rules", ""), ("claim_rules", "Claim Denial"), ("claim_rules", "Denial"),
    ]  # fmt: skip


def test_a_complaint_without_a_decision_has_no_cause_yet(manager):
    row = complaint()
    with pytest.raises(CapaRefused, match="once the complaint is decided"):
        record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="claim_coding")


def test_a_replay_of_history_records_causes_at_any_time_and_once():
    history = importer("Connecticut")
    row = complaint()
    with batch():
        for _ in range(2):
            record_root_cause(actor=history, at=AT, complaint_id=row.pk, cause="unmapped", source_label="Novel Reason")
    record_root_cause(actor=history, at=AT, complaint_id=row.pk, cause="unmapped", source_label="Novel Reason")
    assert causes_of(row) == [("unmapped", "Novel Reason")]


def test_a_replay_records_the_cause_of_a_complaint_of_the_same_batch():
    with batch():
        row = complaint()
        for _ in range(2):
            record_root_cause(actor=importer("Connecticut"), at=AT, complaint_id=row.pk, cause="claim_rules")
    assert causes_of(row) == [("claim_rules", "")]


def test_a_cause_that_the_taxonomy_does_not_have_is_refused(manager):
    row = decided()
    with pytest.raises(UnknownCause):
        record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="robert'); DROP TABLE")


def test_a_complaint_that_does_not_exist_is_not_found(manager):
    with pytest.raises(Complaint.DoesNotExist):
        record_root_cause(actor=manager, at=AT, complaint_id=new_id(), cause="claim_coding")


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.CLINICAL_REVIEWER, Role.AUDITOR, Role.PRIVACY_OFFICER])
def test_only_a_quality_manager_records_causes(role):
    row = decided()
    with pytest.raises(ActionForbidden):
        record_root_cause(actor=actor_of(staff(role)), at=AT, complaint_id=row.pk, cause="claim_coding")


def test_members_and_guests_neither_record_nor_see_causes(manager):
    row = decided()
    record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="claim_coding")
    for actor in (actor_of(member_account()), GUEST):
        with pytest.raises(ActionForbidden):
            record_root_cause(actor=actor, at=AT, complaint_id=row.pk, cause="claim_rules")
        assert not RootCause.objects.visible_to(actor).exists()
