"""Days in words: where the insurer is, and never a day too late."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from complaints.promises import WORDINGS, last_day, promised, promised_in_short
from complaints.queries.standing import standing_of
from members.acts import act
from slas.models import ClockState
from slas.operations import pause_clock
from slas.queries import open_clocks
from tests import people
from tests.complaints import member_cases as cases

NEW_YORK = ZoneInfo("America/New_York")
DUE = datetime(2026, 12, 8, 22, 0, tzinfo=UTC)  # 5 p.m. in New York


def test_a_promise_names_the_day():
    now = DUE - timedelta(days=9)
    assert promised_in_short("resolve", due_at=DUE, now=now, zone=NEW_YORK) == "Decision by Tuesday, December 8"
    assert (
        promised("resolve", due_at=DUE, now=now, zone=NEW_YORK)
        == "We look into it and send you our decision by Tuesday, December 8."
    )


@pytest.mark.parametrize("kind", WORDINGS)
def test_a_promise_is_kept_up_to_its_last_moment_and_late_after_it(kind):
    for put in (promised, promised_in_short):
        assert "late" not in put(kind, due_at=DUE, now=DUE, zone=NEW_YORK)
        late = put(kind, due_at=DUE, now=DUE + timedelta(microseconds=1), zone=NEW_YORK)
        assert "Tuesday, December 8" in late
        assert "we are sorry" in late


def test_what_is_due_at_midnight_is_due_on_the_day_that_ends():
    midnight = datetime(2026, 12, 9, 5, 0, tzinfo=UTC)
    assert last_day(midnight, NEW_YORK) == "Tuesday, December 8"
    assert last_day(midnight + timedelta(seconds=1), NEW_YORK) == "Wednesday, December 9"


def test_what_is_counted_in_hours_names_the_minute():
    now = DUE - timedelta(hours=72)
    minute = {"due_at": DUE, "now": now, "zone": NEW_YORK, "to_the_minute": True}
    assert promised_in_short("resolve", **minute) == "Decision by Tuesday, December 8 at 5:00 PM"
    assert promised("resolve", **minute).endswith("by Tuesday, December 8 at 5:00 PM.")
    midnight = minute | {"due_at": datetime(2026, 12, 9, 5, 0, tzinfo=UTC)}
    assert promised_in_short("resolve", **midnight) == "Decision by Tuesday, December 8 at 11:59 PM"


@pytest.mark.django_db
@pytest.mark.parametrize(("harm", "hour"), [(True, True), (False, False)])
def test_the_member_reads_the_hour_of_72_hours_and_only_the_day_of_15_business_days(harm, hour):
    complaint = cases.submitted(harm_if_waiting=harm)
    standing = standing_of(complaint, open_clocks([complaint.pk])[complaint.pk], now=people.AT)
    decision = {stage.name: stage.when for stage in standing.stages}["Decision"]
    for words in (standing.next_words, standing.promises["resolve"], decision):
        assert ("AM" in words) is hour, words
    assert "AM" not in standing.promises["acknowledge"]


def test_the_day_is_that_of_the_complaint_not_of_the_server():
    late_evening = datetime(2026, 12, 9, 3, 0, tzinfo=UTC)
    assert last_day(late_evening, NEW_YORK) == "Tuesday, December 8"
    assert last_day(late_evening, ZoneInfo("Asia/Seoul")) == "Wednesday, December 9"


@pytest.mark.django_db
def test_a_clock_that_waits_for_the_member_promises_no_day():
    complaint = cases.submitted()
    agent = cases.agent()
    with act(actor=agent, at=people.AT) as this:
        pause_clock(this=this, matter_id=complaint.pk, kind="resolve", at=people.AT, reason="waiting_for_member")
    clocks = open_clocks([complaint.pk])[complaint.pk]
    assert ClockState.PAUSED in {clock.state for clock in clocks}
    assert standing_of(complaint, clocks, now=people.AT).next_words.startswith("We wait for your answer.")


@pytest.mark.django_db
def test_the_member_hears_of_a_decision_when_it_is_sent():
    complaint = cases.answered(cases.submitted(), cases.agent(), posted=False)
    assert standing_of(complaint, [], now=people.AT).label == "Looking into it"
    sent = cases.answered(cases.submitted(), cases.agent())
    assert standing_of(sent, [], now=people.AT).label == "Decided"
    assert standing_of(sent, [], now=people.AT).next_words == "We sent our decision on March 4, 2026."
