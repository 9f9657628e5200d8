"""One problem has one open CAPA."""

import pytest

from complaints.capa.enums import Verdict
from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import Capa
from complaints.capa.operations import verify_effectiveness
from complaints.enums import Audience, TimelineCode
from complaints.models import TimelineEntry
from tests.capa.cases import AT, analysed, implemented, opened

pytestmark = pytest.mark.django_db


def test_a_second_capa_for_a_complaint_and_cause_is_refused_and_names_the_open_one(manager, owner):
    row, another = analysed(manager), analysed(manager)
    first = opened(manager, owner.user_id, complaints=[row])
    with pytest.raises(CapaRefused, match=f"{first.reference} is open for this cause and answers {row.reference}"):
        opened(manager, owner.user_id, complaints=[another, row])
    assert Capa.objects.unscoped("a test").count() == 1


def test_the_timeline_of_each_complaint_tells_staff_of_the_capa_and_members_nothing(manager, owner):
    rows = [analysed(manager), analysed(manager)]
    capa = opened(manager, owner.user_id, complaints=rows)
    told = TimelineEntry.objects.unscoped("a test").filter(code=TimelineCode.CAPA_OPENED)
    assert {entry.complaint_id for entry in told} == {row.pk for row in rows}
    assert {(entry.audience, entry.detail["capa"]) for entry in told} == {(Audience.STAFF, capa.reference)}


def test_another_cause_of_the_same_complaint_may_have_a_capa_of_its_own(manager, owner):
    row = analysed(manager, "claim_coding", "claim_rules")
    opened(manager, owner.user_id, complaints=[row])
    opened(manager, owner.user_id, complaints=[row], cause="claim_rules")
    assert Capa.objects.unscoped("a test").count() == 2


def test_after_the_verdict_the_same_problem_may_have_another_capa(manager, owner):
    row = analysed(manager)
    capa = implemented(manager, owner.user_id, complaints=[row])
    verify_effectiveness(actor=manager, at=AT, capa_id=capa.pk, verdict=Verdict.NOT_EFFECTIVE, reason="Five since.")
    assert opened(manager, owner.user_id, complaints=[row]).pk != capa.pk
