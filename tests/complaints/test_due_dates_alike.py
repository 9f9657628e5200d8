"""One due date, asked for wherever people read it: it is the same everywhere, and in the zone of its clock."""

import pytest

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import LineOfBusiness
from complaints.notices.records import clocks as review_file
from complaints.queries.case import read_case
from complaints.queries.case_dates import read_dates
from complaints.queries.member_cases import case_page
from complaints.queries.why import why_of_case, why_of_own_case
from members.actors import Role
from tests.complaints import stages
from tests.complaints.firings import BREACHED, clock_of, fire
from tests.complaints.stages import AT
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")
END_OF_JULY_1 = "the end of Wednesday, July 1, 2026"


@pytest.mark.parametrize(
    ("coverage", "kind"),
    [(LineOfBusiness.MEDICARE_ADVANTAGE, "ma_grievance_answer"), (LineOfBusiness.INDIVIDUAL, "dmhc_decision")],
)
def test_a_clock_that_ends_at_midnight_has_one_date_in_all_places(agent, settings, mailoutbox, coverage, kind):
    settings.JURISDICTIONS, settings.ENABLED_PACKS = ["us", "us-ca"], ["california_dmhc"]
    row = stages.assessed(agent, line_of_business=coverage)
    clock = clock_of(row, kind)

    head = read_case(actor=agent, reference=row.reference, at=AT).head
    assert {face.kind: face.due for face in head.clocks}[kind] == END_OF_JULY_1

    why = why_of_case(actor=agent, reference=row.reference, kind=kind, cycle=1, at=AT)
    assert why.why.due == END_OF_JULY_1
    beside = why_of_case(actor=agent, reference=row.reference, kind="resolve", cycle=1, at=AT)
    assert {other.kind: other.due for other in beside.others}[kind] == END_OF_JULY_1

    fire(clock, "notify_owner", code=BREACHED)
    send_email(Dispatch.objects.get(kind=DispatchKind.CLOCK_ALERT), at=AT)
    assert f"was due by {END_OF_JULY_1}\n" in mailoutbox[-1].body

    [section] = [part for part in review_file(row, AT) if part.heading == clock.policy.title]
    assert f"Due: {END_OF_JULY_1}" in section.items


def test_the_form_for_a_later_date_names_the_same_one(agent):
    row = stages.assessed(agent, line_of_business=LineOfBusiness.MEDICARE_ADVANTAGE)
    [date] = read_dates(row, actor=actor_of(staff(Role.LEAD)), at=AT).movable
    assert date.due == END_OF_JULY_1


def test_a_member_reads_no_title_of_ours_beside_a_date():
    insured = stages.insured()
    row = stages.received(by=insured, line_of_business=LineOfBusiness.MEDICARE_ADVANTAGE)
    page = case_page(actor=insured.actor, now=AT, reference=row.reference)
    assert {date.kind: date.title for date in page.dates} == {
        "acknowledge": "Confirmation by Wednesday, June 3",
        "resolve": "Decision by Tuesday, June 23",
        "ma_grievance_answer": "Answer, by law, by Wednesday, July 1",
    }
    why = why_of_own_case(actor=insured.actor, reference=row.reference, kind="acknowledge", cycle=1, at=AT)
    assert {other.title for other in why.others} == {
        "Decision by Tuesday, June 23",
        "Answer, by law, by Wednesday, July 1",
    }
