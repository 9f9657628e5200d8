"""What is asked about causes and CAPAs."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.capa.dates import Period, day_begins_at
from complaints.capa.enums import Verdict
from complaints.capa.operations import complete_action, record_root_cause, verify_effectiveness
from complaints.capa.queries import (
    Effect,
    case_lines,
    cases_of_cause,
    cases_with_references,
    effect_so_far,
    list_capas,
    pareto_of_causes,
    possible_owners,
    read_capa,
    read_causes,
    with_titles,
)
from complaints.enums import Outcome
from members.actors import GUEST, Role, importer
from members.audit.models import Event
from tests.capa.cases import AT, CRITERION, analysed, complaint, decided, implemented, opened, planned, with_action
from tests.people import actor_of, member_account, staff

pytestmark = pytest.mark.django_db


def counts(pareto):
    return [(share.code, share.cases) for share in pareto.shares]


# Pareto


def test_causes_come_by_falling_number_with_their_running_share(manager):
    for causes in (["claim_coding"], ["claim_coding"], ["claim_coding", "claim_rules"], ["benefit_explanation"]):
        analysed(manager, *causes)
    pareto = pareto_of_causes(actor=manager)
    assert counts(pareto) == [("claim_coding", 3), ("benefit_explanation", 1), ("claim_rules", 1)]
    assert [share.cumulative_percent for share in pareto.shares] == [60, 80, 100]
    assert (pareto.counted, pareto.complaints) == (5, 4)


def test_a_complaint_counts_once_for_a_cause_however_many_labels_its_source_gave(manager):
    row = decided()
    for label in ("Claim Denial", "Denial"):
        record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="claim_rules", source_label=label)
    assert counts(pareto_of_causes(actor=manager)) == [("claim_rules", 1)]


def test_what_nobody_classified_comes_last_and_only_until_somebody_has(manager):
    history = importer("Connecticut")
    rows = [decided(), decided(), analysed(manager, "claim_rules")]
    for row in rows:
        record_root_cause(actor=history, at=AT, complaint_id=row.pk, cause="unmapped", source_label="New Label")
    pareto = pareto_of_causes(actor=manager)
    assert counts(pareto) == [("claim_rules", 1), ("unmapped", 2)]
    assert [share.is_rest for share in pareto.shares] == [False, True]


def test_a_period_holds_what_was_decided_in_it_and_ends_before_its_end(manager):
    june, july = day_begins_at(date(2026, 6, 1)), day_begins_at(date(2026, 7, 1))
    for moment in (june - timedelta(microseconds=1), june, july - timedelta(microseconds=1), july):
        analysed(manager, at=moment)
    assert counts(pareto_of_causes(actor=manager, period=Period(june, july))) == [("claim_coding", 2)]
    assert counts(pareto_of_causes(actor=manager, period=Period(july))) == [("claim_coding", 1)]


def test_an_outcome_narrows_the_causes(manager):
    analysed(manager, "claim_coding", outcome=Outcome.UPHELD)
    analysed(manager, "claim_rules", outcome=Outcome.NOT_UPHELD)
    assert counts(pareto_of_causes(actor=manager, outcome=Outcome.UPHELD)) == [("claim_coding", 1)]


def test_nothing_recorded_makes_an_empty_pareto(manager):
    pareto = pareto_of_causes(actor=manager)
    assert (pareto.shares, pareto.counted, pareto.complaints) == ([], 0, 0)


def test_a_member_sees_no_causes(manager):
    analysed(manager)
    for actor in (actor_of(member_account()), GUEST):
        assert pareto_of_causes(actor=actor).complaints == 0
        assert not cases_of_cause(actor=actor, cause="claim_coding").exists()


# Cases


def test_the_cases_of_a_cause_are_those_that_its_bar_counts(manager, owner):
    first = analysed(manager, "claim_coding", "claim_rules", at=AT)
    second = analysed(manager, at=AT + timedelta(days=1))
    analysed(manager, "claim_rules")
    capa = opened(manager, owner.user_id, complaints=[first])
    lines = case_lines(cases_of_cause(actor=manager, cause="claim_coding"))
    assert [line.reference for line in lines] == [second.reference, first.reference]
    assert lines[1].causes == ["claim_coding", "claim_rules"]
    assert lines[1].capas == [capa.reference]
    assert (lines[1].outcome, lines[1].decided_on) == ("Upheld", date(2026, 6, 1))


def test_cases_are_found_by_references_however_they_are_typed(manager):
    row = analysed(manager)
    typed = [row.reference.lower().replace("-", " "), "C-26-XXXX-XXXX", "", "\x00", "C-26-" + "9" * 400]
    assert [line.reference for line in cases_with_references(actor=manager, references=typed)] == [row.reference]


def test_looking_for_a_cause_opens_the_complaint_and_writes_that_down(manager):
    row = decided()
    record_root_cause(actor=manager, at=AT, complaint_id=row.pk, cause="claim_coding", explanation="Old list.")
    page = read_causes(actor=manager, at=AT, reference=row.reference)
    assert (page.narrative, page.rationale) == ("My claim was denied.", "We read the code wrongly.")
    assert [(cause.label, cause.explanation) for cause in page.causes] == [
        ("Claim coded or bundled wrongly", "Old list.")
    ]
    assert Event.objects.filter(action="phi.opened", matter_id=row.pk, actor_id=manager.user_id).count() == 3


def test_a_foreign_complaint_is_not_opened(manager):
    row = complaint()
    assert read_causes(actor=actor_of(member_account()), at=AT, reference=row.reference) is None
    assert read_causes(actor=manager, at=AT, reference="C-26-2222-2222") is None


# CAPAs


def test_the_list_shows_first_what_is_due_first_and_ended_ones_last(manager, owner):
    ended = implemented(manager, owner.user_id)
    verify_effectiveness(actor=manager, at=AT, capa_id=ended.pk, verdict=Verdict.EFFECTIVE, reason="None since.")
    later = opened(manager, owner.user_id, at=AT + timedelta(days=2))
    sooner = opened(manager, owner.user_id, at=AT + timedelta(days=1))
    lines = list_capas(actor=manager, at=AT + timedelta(days=3))
    assert [line.reference for line in lines] == [sooner.reference, later.reference, ended.reference]
    assert [(line.age_days, line.is_open) for line in lines] == [(2, True), (1, True), (None, False)]


@pytest.mark.parametrize(
    ("days", "band"),
    [(0, "0-30"), (30, "0-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "over-90")],
)
def test_open_capas_are_in_a_band_of_age(manager, owner, days, band):
    opened(manager, owner.user_id)
    assert [line.age for line in list_capas(actor=manager, at=AT + timedelta(days=days))] == [band]


def test_the_list_counts_actions_that_are_done_or_overdue_and_says_what_is_due_next(manager, owner):
    capa = opened(manager, owner.user_id)
    for due_on in (date(2026, 6, 5), date(2026, 6, 6), date(2026, 7, 20)):
        action = with_action(manager, capa, owner.user_id, due_on=due_on)
    complete_action(actor=owner, at=AT, action_id=action.pk)
    (line,) = list_capas(actor=manager, at=day_begins_at(date(2026, 6, 7)) + timedelta(hours=1))
    assert (line.actions, line.actions_done, line.actions_overdue) == (3, 1, 2)
    assert (line.due_what, line.due.state, line.is_overdue) == ("Action", "overdue", True)
    (line,) = list_capas(actor=manager, at=AT)
    assert (line.actions_overdue, line.due.state, line.is_overdue) == (0, "later", False)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_three_queries_however_long_it_is(manager, owner, number):
    for _ in range(number):
        planned(manager, owner.user_id)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(list_capas(actor=manager, at=AT)) == number
    assert len(queries) == 3


@pytest.mark.parametrize("number", [1, 3])
def test_titles_open_with_two_queries_and_only_for_lines_that_are_shown(manager, owner, number):
    shown = {planned(manager, owner.user_id, title=f"Title {count}").pk for count in range(number)}
    left_out = planned(manager, owner.user_id)
    lines = [line for line in list_capas(actor=manager, at=AT) if line.id != left_out.pk]
    assert {line.title for line in lines} == {""}
    with CaptureQueriesContext(connection) as queries:
        titled = with_titles(lines, actor=manager, at=AT)
    assert len(queries) == 2
    assert {line.title for line in titled} == {f"Title {count}" for count in range(number)}
    seen = Event.objects.filter(action="phi.opened", detail__purpose="list CAPAs", actor_id=manager.user_id)
    assert set(seen.values_list("object_id", flat=True)) == shown


def test_a_title_that_does_not_open_takes_its_own_place_alone(manager, owner):
    broken, whole = planned(manager, owner.user_id), planned(manager, owner.user_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE capa_capa SET title = set_byte(title, 30, 255 - get_byte(title, 30)) WHERE matter_id = %s",
            [broken.pk],
        )
    lines = with_titles(list_capas(actor=manager, at=AT), actor=manager, at=AT)
    assert {line.id: line.title for line in lines} == {broken.pk: "Cannot be opened", whole.pk: "Codes of lab tests"}


def test_the_page_of_a_capa_tells_its_story_in_order(manager, owner):
    capa = implemented(manager, owner.user_id, done_at=AT + timedelta(days=40))
    at = AT + timedelta(days=100)
    verify_effectiveness(actor=manager, at=at, capa_id=capa.pk, verdict=Verdict.NOT_EFFECTIVE, reason="Five since.")
    page = read_capa(actor=manager, reference=capa.reference, at=at)
    assert [(happening.words, happening.who) for happening in page.happenings] == [
        ("Cause first recorded", ""),
        ("Opened", "Q. Manager"),
        ("Action 1 added", "Q. Manager"),
        ("Plan approved, criterion fixed", "Q. Manager"),
        ("Due date missed: Action", ""),
        ("Action 1 done", "Q. Manager"),
        ("All actions done", ""),
        ("Not effective", "Q. Manager"),
    ]
    assert (page.problem, page.head.criterion) == ("The new code list was not loaded.", CRITERION)
    assert [deadline.what for deadline in page.deadlines] == ["Plan", "Effectiveness check"]
    opened_rows = Event.objects.filter(action="phi.opened", detail__purpose="read CAPA")
    assert sorted(opened_rows.values_list("object_type", "detail__columns")) == [
        ("capa_capa", ["criterion", "problem", "title", "verdict_reason"]),
        ("capa_capaaction", ["description"]),
    ]


def test_the_effect_compares_equal_times_before_and_since(manager, owner):
    for days in (-11, -9, -1, 25, 32, 45):
        analysed(manager, at=AT + timedelta(days=days))
    analysed(manager, "claim_rules", at=AT + timedelta(days=35))
    capa = implemented(manager, owner.user_id, done_at=AT + timedelta(days=30), complaints=[analysed(manager)])
    assert effect_so_far(actor=manager, capa_id=capa.pk, at=AT + timedelta(days=40)) == Effect(
        days=10, before=2, since=1
    )
    assert effect_so_far(actor=manager, capa_id=opened(manager, owner.user_id).pk, at=AT) is None


@pytest.mark.usefixtures("approver")
def test_the_page_offers_what_the_reader_may_do_and_says_why_not_the_rest(manager, owner):
    capa = opened(manager, owner.user_id)
    action = with_action(manager, capa, owner.user_id)
    own = opened(manager, manager.user_id)
    agent = actor_of(staff(Role.AGENT))

    def acts(actor, row):
        return read_capa(actor=actor, reference=row.reference, at=AT).refusals

    assert acts(manager, capa) == {"add_action": None, "approve_plan": None, "hand_over": None}
    assert acts(manager, own) == {
        "add_action": None,
        "approve_plan": "You own this CAPA. Somebody else has to do this.",
        "hand_over": None,
    }
    assert acts(owner, capa) == {"add_action": None, "hand_over": None}
    assert acts(agent, capa) == {}
    mine = [
        read_capa(actor=who, reference=capa.reference, at=AT).actions[0].may_change for who in (manager, owner, agent)
    ]
    assert mine == [True, True, False]
    complete_action(actor=owner, at=AT, action_id=action.pk)
    assert not read_capa(actor=owner, reference=capa.reference, at=AT).actions[0].may_change


def test_a_member_finds_no_capa(manager, owner):
    capa = opened(manager, owner.user_id)
    somebody = actor_of(member_account())
    assert read_capa(actor=somebody, reference=capa.reference, at=AT) is None
    assert list_capas(actor=somebody, at=AT) == []


def test_owners_are_active_staff_who_read_complaints_each_once_and_by_name():
    both = staff(Role.AGENT, Role.LEAD, name="beta")
    first = staff(Role.AUDITOR, name="Alpha")
    staff(Role.ADMINISTRATOR, name="No Reader")
    gone = staff(Role.AGENT, name="Gone")
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    member_account()
    assert possible_owners() == [(first.pk, "Alpha"), (both.pk, "beta")]
