"""Which laws bind a complaint, from when on, and what ends their clocks, beside those of the house."""

from datetime import UTC, datetime, timedelta

import pytest

from complaints.enums import Channel, LineOfBusiness, Track
from complaints.obligations import MET_BY
from complaints.operations import (
    Statement,
    acknowledge_complaint,
    assess_complaint,
    inform_member,
    submit_complaint,
    take_complaint,
    withdraw_complaint,
)
from members.actors import GUEST, SYSTEM, importer
from slas.models import Clock, ClockState, PolicyVersion
from slas.queries import open_clocks
from tests.complaints import stages
from tests.complaints.stages import AT

pytestmark = pytest.mark.usefixtures("policies")
HOUSE = {"acknowledge", "resolve"}
MEDICARE = LineOfBusiness.MEDICARE_ADVANTAGE
THIRTY_DAYS = datetime(2026, 7, 2, 4, 0, tzinfo=UTC)
"""The end of July 1, thirty days after June 1, in New York."""


def owed(row):
    return {clock.kind for clock in open_clocks([row.pk]).get(row.pk, [])}


def clock_of(row, kind):
    return Clock.objects.filter(matter_id=row.pk, kind=kind).order_by("-cycle").first()


def assess(row, actor, *, at=AT, **known):
    take_complaint(actor=actor, at=at, complaint_id=row.pk)
    axes = known.pop("axes", stages.ORDINARY)
    reason = "An appeal." if known.get("track") else ""
    return assess_complaint(actor=actor, at=at, complaint_id=row.pk, axes=axes, override_reason=reason, **known)


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        (LineOfBusiness.UNKNOWN, set()),
        (LineOfBusiness.GROUP, set()),
        (MEDICARE, {"ma_grievance_answer"}),
        (LineOfBusiness.PART_D, {"part_d_grievance_answer"}),
        (LineOfBusiness.DUAL_SPECIAL_NEEDS, {"dsnp_grievance_answer"}),
        (LineOfBusiness.MEDICAID, set()),  # the pack holds numbers to be confirmed, hence is off
    ],
)
def test_the_coverage_says_which_law_binds_a_grievance(line, kinds):
    assert owed(stages.received(line_of_business=line)) == HOUSE | kinds


def test_a_law_is_counted_from_receipt_by_its_own_calendar():
    row = submit_complaint(
        actor=GUEST,
        at=AT + timedelta(days=2),
        received_at=AT,
        statement=Statement(narrative="A letter.", line_of_business=MEDICARE),
        channel=Channel.MAIL,
    )
    clock = clock_of(row, "ma_grievance_answer")
    assert (clock.started_at, clock.due_at) == (AT, THIRTY_DAYS)


def test_starting_the_clocks_of_law_takes_no_further_query(django_assert_num_queries):
    stages.received(line_of_business=MEDICARE)
    with django_assert_num_queries(12):
        stages.received(line_of_business=MEDICARE)


def test_a_pack_that_is_off_binds_once_the_settings_name_it(settings):
    settings.ENABLED_PACKS = ["medicaid"]
    assert owed(stages.received(line_of_business=LineOfBusiness.MEDICAID)) == HOUSE | {"medicaid_grievance_answer"}


@pytest.mark.parametrize(
    ("jurisdictions", "kinds"),
    [
        (["gb"], {"disp_acknowledge", "disp_final_response"}),
        (["in"], {"irdai_acknowledge", "irdai_resolution"}),
        (["au"], {"rg271_acknowledge", "rg271_response"}),
        (["ie"], {"eiopa_answer"}),
        (["gb", "ie"], {"disp_acknowledge", "disp_final_response", "eiopa_answer"}),
        (["us"], set()),
    ],
)
def test_an_insurer_is_bound_by_the_laws_of_where_it_is_supervised(settings, jurisdictions, kinds):
    settings.JURISDICTIONS = jurisdictions
    settings.GIVEN_LIMITS = {"eu_eiopa": 40}
    assert owed(stages.received()) == HOUSE | kinds


def test_a_limit_that_nobody_gave_starts_no_clock(settings):
    settings.JURISDICTIONS, settings.GIVEN_LIMITS = ["ie"], {}
    assert owed(stages.received()) == HOUSE


@pytest.mark.parametrize(("jurisdictions", "days"), [(["us"], 10), (["us", "us-ca"], 21)])
def test_a_regulator_who_asks_is_answered_by_the_limit_of_the_state(settings, jurisdictions, days):
    settings.JURISDICTIONS = jurisdictions
    statement = Statement(narrative="We ask you to answer.", line_of_business=MEDICARE)
    row = submit_complaint(actor=GUEST, at=AT, statement=statement, channel=Channel.REGULATOR)
    assert owed(row) == HOUSE | {"regulator_answer"}
    assert clock_of(row, "regulator_answer").budget == days


def test_a_coverage_that_becomes_known_at_the_assessment_binds_from_receipt(agent):
    row = stages.received()
    assess(row, agent, at=AT + timedelta(days=3), line_of_business=MEDICARE)
    assert clock_of(row, "ma_grievance_answer").due_at == THIRTY_DAYS
    assert stages.now(row).line_of_business == MEDICARE


def test_an_appeal_of_a_group_member_is_bound_by_erisa_and_no_grievance_law(agent):
    row = stages.received(line_of_business=LineOfBusiness.GROUP)
    assert "erisa_appeal_decision" not in owed(row)
    assess(row, agent, track=Track.APPEAL)
    assert owed(row) == HOUSE | {"erisa_appeal_decision"}
    assert clock_of(row, "erisa_appeal_decision").due_at == THIRTY_DAYS


def test_an_appeal_whose_member_fears_harm_has_the_urgent_limit(agent):
    row = stages.received(line_of_business=LineOfBusiness.GROUP, harm_if_waiting=True)
    assess(row, agent, track=Track.APPEAL)
    assert clock_of(row, "erisa_appeal_decision").due_at == AT + timedelta(hours=72)


def test_a_law_that_binds_no_longer_ends_without_a_verdict_unless_it_was_overdue(agent):
    in_time, late = (stages.received(line_of_business=MEDICARE) for _ in range(2))
    assess(in_time, agent, line_of_business=LineOfBusiness.GROUP)
    assess(late, agent, at=THIRTY_DAYS + timedelta(days=1), line_of_business=LineOfBusiness.GROUP)
    assert clock_of(in_time, "ma_grievance_answer").state == ClockState.CANCELLED
    assert clock_of(late, "ma_grievance_answer").state == ClockState.MISSED


def test_a_law_binds_again_when_the_assessment_is_put_right(agent):
    row = stages.received(line_of_business=MEDICARE)
    for line in (LineOfBusiness.GROUP, MEDICARE):
        assess(row, agent, line_of_business=line)
    clock = clock_of(row, "ma_grievance_answer")
    assert (clock.cycle, clock.state, clock.started_at) == (2, ClockState.RUNNING, AT)


def test_assessing_anew_without_news_leaves_the_clocks_of_law_alone(agent):
    row = stages.received(line_of_business=MEDICARE)
    for _ in range(2):
        assess(row, agent)
    assert [clock.cycle for clock in Clock.objects.filter(matter_id=row.pk, kind="ma_grievance_answer")] == [1]


def test_the_urgent_track_of_the_house_does_not_shorten_the_law_of_a_grievance():
    row = stages.received(line_of_business=MEDICARE, harm_if_waiting=True)
    assert clock_of(row, "ma_grievance_answer").due_at == THIRTY_DAYS
    assert clock_of(row, "resolve").due_at == AT + timedelta(hours=72)


def test_neither_clock_overrules_the_other(agent):
    row = stages.lettered(agent, line_of_business=MEDICARE)
    inform_member(actor=agent, at=AT + timedelta(days=29), complaint_id=row.pk, proof="post")
    law, house = clock_of(row, "ma_grievance_answer"), clock_of(row, "resolve")
    assert (law.state, law.ended_at) == (ClockState.MET, AT + timedelta(days=29))
    assert (house.state, house.is_breached(AT + timedelta(days=29))) == (ClockState.RUNNING, True)


def test_what_is_answered_late_by_law_may_be_in_time_for_nobody(agent):
    row = stages.lettered(agent, line_of_business=MEDICARE)
    inform_member(actor=agent, at=THIRTY_DAYS + timedelta(seconds=1), complaint_id=row.pk, proof="post")
    assert clock_of(row, "ma_grievance_answer").state == ClockState.MISSED


def test_the_law_of_confirmation_is_met_by_its_proof(settings):
    settings.JURISDICTIONS = ["au"]
    row = stages.received()
    acknowledge_complaint(actor=SYSTEM, at=AT + timedelta(hours=1), complaint_id=row.pk, proof="phone")
    assert clock_of(row, "rg271_acknowledge").state == ClockState.MET
    assert clock_of(row, "rg271_response").state == ClockState.RUNNING


def test_what_was_done_before_the_law_was_known_to_bind_has_met_it(settings, agent):
    settings.JURISDICTIONS, settings.ENABLED_PACKS = ["us", "us-ca"], ["california_dmhc"]
    row = stages.received()
    acknowledge_complaint(actor=SYSTEM, at=AT + timedelta(hours=1), complaint_id=row.pk, proof="phone")
    assess(row, agent, at=AT + timedelta(days=9), line_of_business=LineOfBusiness.INDIVIDUAL)
    clock = clock_of(row, "dmhc_acknowledge")
    assert (clock.state, clock.ended_at) == (ClockState.MET, AT + timedelta(hours=1))


def test_a_withdrawal_ends_them_and_takes_no_breach_back():
    insured = stages.insured()
    in_time, late = (stages.received(by=insured, line_of_business=MEDICARE) for _ in range(2))
    withdraw_complaint(actor=insured.actor, at=AT, complaint_id=in_time.pk)
    withdraw_complaint(actor=insured.actor, at=THIRTY_DAYS + timedelta(days=1), complaint_id=late.pk)
    assert clock_of(in_time, "ma_grievance_answer").state == ClockState.CANCELLED
    assert clock_of(late, "ma_grievance_answer").state == ClockState.MISSED


def test_another_offices_history_owes_nothing_here():
    actor = importer("the archive")
    row = submit_complaint(actor=actor, at=AT, statement=Statement(narrative="Old.", line_of_business=MEDICARE))
    assert owed(row) == HOUSE


def test_packs_ask_only_for_what_complaints_know():
    known = {
        "jurisdictions": {"us", "us-ca", "gb", "ie", "in", "au"},
        "coverages": set(LineOfBusiness),
        "kinds": {"grievance", "appeal", "inquiry"},
    }
    for version in PolicyVersion.objects.filter(legal=True):
        for fact, values in version.applies_to.items():
            assert set(values) <= known[fact], version


def test_whatever_binds_by_itself_is_met_by_some_act():
    by_itself = PolicyVersion.objects.filter(legal=True).exclude(applies_to={})
    assert set(by_itself.values_list("met_on", flat=True)) <= set().union(*(words for words, _stamp in MET_BY.values()))
