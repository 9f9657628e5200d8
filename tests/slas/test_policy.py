from datetime import date

import pytest

from members.actors import STAFF
from slas.algebra import DayEnd, Measure, StartRule, Threshold
from slas.fold import Terms
from slas.pack_actions import ROLES
from slas.policy import Mark, PackFault, read_limit, read_pack
from slas.worked_examples import check_examples
from tests.slas.calendars import published
from tests.slas.packs import house, house_on, house_terms, pack

PLACE = "test.toml: obligation 1 (answer): "
DUE = {"code": 100, "at": "due"}


def refusal(**changes):
    with pytest.raises(PackFault) as refused:
        pack(**changes)
    return str(refused.value).removeprefix(PLACE)


def test_what_is_wrong_with_a_pack_is_said_with_its_place_and_its_cure():
    assert refusal(clause=None) == "'clause' is missing or empty; add it"
    assert refusal(limit="a fortnight") == (
        'the limit \'a fortnight\' is not understood; write for example "15 business days" or "72 hours"'
    )
    assert refusal(limit="0 hours") == "the limit must be 1 or more; it is '0 hours'"
    assert refusal(mark="X") == "'mark' must be V (primary text), S (secondary source) or K (to be confirmed)"
    assert refusal(counted_from="tomorrow") == (
        "'counted_from' is one of instant, next_day, next_open; 'tomorrow' is not"
    )
    assert refusal(threshold=[{"code": 50, "at": "50 %"}]) == 'no threshold has code 100; add one with at = "due"'
    assert refusal(threshold=[DUE, DUE]) == "two thresholds share a code; give each its own"
    assert refusal(threshold=[DUE, {"code": 0, "at": "50 %"}]) == (
        "'code' must be a whole number from 1 to 999, without quotes"
    )
    assert refusal(threshold=[DUE, {"code": 50, "at": "soon"}]) == (
        '\'soon\' is not understood; write "50 %", "due", or for example "4 hours before due"'
    )
    assert refusal(threshold=[DUE, {"code": 50, "at": "3 calendar days before due"}]) == (
        "'3 calendar days before due' does not fit a limit in business days; use hours, or its own days"
    )
    assert refusal(threshold=[DUE | {"actions": ["shout"]}]) == (
        "there is no action 'shout'; use notify_lead, notify_owner, open_task, produce_notice, raise_priority, "
        "reassign, notify_role:ROLE"
    )
    assert refusal(threshold=[DUE | {"actions": ["notify_role:chef"]}]) == (
        "'notify_role:chef' names no role; write notify_role: and one of administrator, agent, auditor, "
        "clinical_reviewer, lead, privacy_officer, quality_manager"
    )
    assert refusal(effective_from="2024-01-01T00:00:00Z") == (
        "'effective_from' must be a date such as effective_from = 2026-01-01"
    )
    assert refusal(extension={"max_total": "14 calendar days"}) == (
        "the extension's max_total must be a number in business days"
    )
    assert refusal(example=[{"started_at": "2024-06-03T10:00:00", "due_at": "2024-06-03T10:00:00Z"}]) == (
        "'started_at' needs a date, a time and an offset, such as started_at = 2026-06-01T10:00:00-04:00"
    )


def test_what_stays_overdue_is_taken_over_by_a_lead_with_a_task():
    later = {policy.name: policy.actions.get(110) for policy in house_on(date(2027, 6, 1))}
    assert {name for name, actions in later.items() if actions == ("reassign", "open_task")} == {
        f"{obligation} ({track})"
        for obligation in ("acknowledge", "resolve")
        for track in ("standard", "complex", "expedited", "appeal")
    }


def test_every_staff_role_can_be_told():
    assert set(ROLES) == {role.value for role in STAFF}
    (policy,) = pack(threshold=[DUE | {"actions": [f"notify_role:{role}" for role in ROLES]}])
    assert len(policy.actions[100]) == len(ROLES)


def test_limits_in_words_say_what_is_counted():
    assert read_limit("15 business days", "") == (Measure.BUSINESS_DAYS, 15)
    assert read_limit("8 business hours", "") == (Measure.BUSINESS_SECONDS, 8 * 3600)
    assert read_limit("1 calendar day", "") == (Measure.CALENDAR_DAYS, 1)
    assert read_limit("8 weeks", "") == (Measure.CALENDAR_DAYS, 56)
    assert read_limit("72 hours", "") == (Measure.ELAPSED_SECONDS, 72 * 3600)
    assert read_limit("calendar days", "") == (Measure.CALENDAR_DAYS, None)


def test_thresholds_in_words_become_shares_and_distances():
    (policy,) = pack(
        threshold=[
            DUE,
            {"code": 50, "at": "50 %"},
            {"code": 60, "at": "2 business days before due"},
            {"code": 110, "at": "4 hours after due"},
        ]
    )

    assert policy.thresholds == (
        Threshold(100, permille=1000),
        Threshold(50, permille=500),
        Threshold(60, offset_units=-2),
        Threshold(110, offset_seconds=4 * 3600),
    )


def test_a_track_has_a_policy_of_its_own_and_the_promise_states_the_limit():
    policies = pack(
        tracks=["standard", "appeal"], promise="Within {limit}.", counted_from="next_day", day_end="midnight"
    )

    assert [(policy.track, policy.name, policy.promise) for policy in policies] == [
        ("standard", "answer (standard)", "Within 10 business days."),
        ("appeal", "answer (appeal)", "Within 10 business days."),
    ]
    assert policies[0].rule.start_rule is StartRule.NEXT_DAY
    assert policies[0].rule.day_end is DayEnd.MIDNIGHT
    assert policies[0].mark is Mark.VERIFIED


def test_two_versions_in_force_on_one_day_are_refused():
    with pytest.raises(PackFault) as refused:
        pack(tracks=["standard", "standard"])

    assert str(refused.value) == (
        "test.toml: two versions of answer (standard) are in force on 2024-01-01; "
        "end the earlier one with effective_to = 2024-01-01"
    )


def test_an_empty_pack_is_refused():
    with pytest.raises(PackFault, match=r"the pack holds no \[\[obligation\]\]; add one"):
        read_pack({"pack": "test", "calendar": "house"}, "test.toml")


def test_the_end_of_a_range_and_the_examples_do_not_change_what_a_version_means():
    (plain,) = pack()
    (ended,) = pack(effective_to="2025-01-01")
    (shorter,) = pack(limit="9 business days")

    assert plain.sha256 == ended.sha256
    assert plain.sha256 != shorter.sha256


def test_an_example_that_the_rule_contradicts_is_refused_with_both_dates():
    (policy,) = pack(example=[{"started_at": "2024-06-03T10:00:00-04:00", "due_at": "2024-06-13T17:00:00-04:00"}])

    with pytest.raises(PackFault) as refused:
        check_examples(Terms(published("house"), policy))

    assert str(refused.value) == (
        "pack test: answer from 2024-01-01: the example that starts 2024-06-03 10:00:00-04:00 says it is due "
        "2024-06-13 17:00:00-04:00, but the rule gives 2024-06-14 17:00:00-04:00; correct the example or the rule"
    )


@pytest.mark.parametrize("policy", house(), ids=lambda policy: policy.name)
def test_the_worked_examples_of_the_house_pack_hold(policy):
    assert check_examples(Terms(published(policy.calendar), policy)) >= 1


@pytest.mark.parametrize("day", [date(2026, 6, 1), date(2027, 6, 1)])
def test_the_house_pack_says_what_the_house_promises(day):
    words = {
        policy.name: (policy.rule.measure.value, policy.budget, bool(policy.pause_reasons)) for policy in house_on(day)
    }

    assert words == {
        "acknowledge (standard)": ("business_days", 2, False),
        "acknowledge (complex)": ("business_days", 2, False),
        "acknowledge (appeal)": ("business_days", 2, False),
        "acknowledge (expedited)": ("calendar_days", 1, False),
        "resolve (standard)": ("business_days", 15, True),
        "resolve (complex)": ("calendar_days", 30, True),
        "resolve (expedited)": ("elapsed_seconds", 72 * 3600, False),
        "resolve (appeal)": ("elapsed_seconds", 72 * 3600, False),
        "follow_up": ("business_days", 10, False),
        "message_reply": ("elapsed_seconds", 24 * 3600, False),
        "capa_plan": ("calendar_days", 30, False),
        "capa_action": ("calendar_days", None, False),
        "effectiveness_check": ("calendar_days", None, False),
    }
    assert house_terms("acknowledge", "standard").policy.promise == (
        "We confirm that we have your complaint within 2 business days."
    )
