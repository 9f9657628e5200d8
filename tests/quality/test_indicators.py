"""The headline figures, from the verdicts of clocks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.capa.dates import Period
from complaints.enums import Level
from complaints.operations import (
    Statement,
    acknowledge_complaint,
    assess_complaint,
    send_message,
    submit_complaint,
    take_complaint,
    withdraw_complaint,
)
from complaints.permissions import ActionForbidden
from complaints.quality.indicators import Indicator, headline_indicators
from members.actors import GUEST, Role
from members.acts import act
from slas.operations import complete_clock
from slas.queries import open_clocks
from tests.complaints import stages
from tests.people import actor_of, member, member_account, staff

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
"""10 in the morning in New York: an acknowledgement is due on Wednesday at 5 in the afternoon."""
INTRICATE = replace(stages.ORDINARY, complexity=Level.HIGH)
DUE = datetime(2026, 6, 3, 21, 0, tzinfo=UTC)


def submitted(at=MONDAY, **words):
    return submit_complaint(actor=GUEST, at=at, statement=Statement(narrative="A bill.", **words))


def acknowledged(at, *, submitted_at=MONDAY):
    agent = actor_of(staff(Role.AGENT))
    acknowledge_complaint(actor=agent, at=at, complaint_id=submitted(submitted_at).pk, proof="post")


def figures(manager, code, *, at, **kwargs):
    found = {row.code: row for row in headline_indicators(actor=manager, at=at, **kwargs)}[code]
    return found.met, found.missed


def test_a_promise_that_was_kept_at_the_last_moment_counts_as_kept(manager):
    acknowledged(DUE)
    acknowledged(DUE + timedelta(seconds=1))
    assert figures(manager, "acknowledged", at=DUE + timedelta(days=1)) == (1, 1)


def test_what_is_overdue_counts_before_anybody_acts_and_what_is_not_due_does_not(manager):
    submitted()
    assert figures(manager, "acknowledged", at=DUE) == (0, 0)
    assert figures(manager, "acknowledged", at=DUE + timedelta(seconds=1)) == (0, 1)


def test_a_cancelled_promise_counts_for_nothing(manager):
    account = member_account(person=(person := member()))
    row = submitted(member_id=person.pk)
    withdraw_complaint(actor=actor_of(account), at=MONDAY, complaint_id=row.pk)
    assert figures(manager, "acknowledged", at=DUE + timedelta(days=30)) == (0, 0)


def test_a_promise_that_was_broken_before_the_member_withdrew_stays_broken(manager):
    account = member_account(person=(person := member()))
    row = submitted(member_id=person.pk)
    withdraw_complaint(actor=actor_of(account), at=MONDAY + timedelta(days=25), complaint_id=row.pk)
    at = MONDAY + timedelta(days=30)
    assert (figures(manager, "acknowledged", at=at), figures(manager, "closed", at=at)) == ((0, 1), (0, 1))


def test_a_complaint_counts_once_and_assessing_it_anew_takes_no_miss_away(manager):
    agent = actor_of(staff(Role.AGENT))
    missed_at = MONDAY + timedelta(days=25)
    row = submitted()
    take_complaint(actor=agent, at=MONDAY, complaint_id=row.pk)
    for at, axes in ((missed_at, stages.DANGEROUS), (missed_at, INTRICATE)):
        assess_complaint(actor=agent, at=at, complaint_id=row.pk, axes=axes)
    assert [clock.due_at > missed_at for clock in open_clocks([row.pk])[row.pk]] == [False, True]
    for days in (26, 60):  # the second clock is in time, and overdue in its turn
        at = MONDAY + timedelta(days=days)
        found = {row.code: (row.met, row.missed) for row in headline_indicators(actor=manager, at=at)}
        assert found == {"acknowledged": (0, 1), "closed": (0, 1), "urgent": (0, 0), "answered": (0, 0)}
    complete_at = MONDAY + timedelta(days=28)
    with act(actor=agent, at=complete_at) as this:
        complete_clock(this=this, matter_id=row.pk, kind="resolve", at=complete_at)
    assert figures(manager, "closed", at=MONDAY + timedelta(days=60)) == (0, 1)


def test_a_verdict_belongs_to_the_period_in_which_it_became_known(manager):
    acknowledged(DUE - timedelta(hours=1))
    acknowledged(DUE + timedelta(days=9))
    on_the_due_day = Period(DUE - timedelta(hours=2), DUE + timedelta(hours=1))
    later = DUE + timedelta(days=30)
    assert figures(manager, "acknowledged", at=later, period=on_the_due_day) == (1, 1)
    assert figures(manager, "acknowledged", at=later, period=Period(DUE + timedelta(days=8))) == (0, 0)
    assert figures(manager, "acknowledged", at=later, period=Period(None, DUE)) == (1, 0)


def test_urgent_complaints_have_a_figure_of_their_own(manager):
    submitted(harm_if_waiting=True)
    submitted()
    at = MONDAY + timedelta(days=60)
    assert figures(manager, "urgent", at=at) == (0, 1)
    assert figures(manager, "closed", at=at) == (0, 1)


def test_answers_to_messages_are_counted(manager):
    account = member_account(person=(person := member()))
    row = submitted(member_id=person.pk, email="joseph@example.org")
    for hours in (0, 48):
        asked = MONDAY + timedelta(hours=hours)
        send_message(actor=actor_of(account), at=asked, complaint_id=row.pk, body="When?")
        send_message(
            actor=actor_of(staff(Role.AGENT)), at=asked + timedelta(hours=20 + hours), complaint_id=row.pk, body="Soon."
        )
    assert figures(manager, "answered", at=MONDAY + timedelta(days=30)) == (1, 1)


def test_the_figures_take_one_query(manager):
    for _ in range(3):
        submitted()
    with CaptureQueriesContext(connection) as queries:
        headline_indicators(actor=manager, at=DUE + timedelta(days=30))
    assert len(queries) == 1


def test_a_share_is_never_rounded_up_to_its_target():
    almost = Indicator("acknowledged", "Acknowledged on time", 100, 9999, 1)
    assert (almost.percent, almost.is_reached) == (99.9, False)
    assert Indicator("closed", "Closed", 90, 9, 1).is_reached
    assert not Indicator("closed", "Closed", 90, 899, 101).is_reached
    assert Indicator("closed", "Closed", 90, 0, 0).percent is None


@pytest.mark.parametrize("role", [Role.AGENT, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR])
def test_figures_are_for_those_who_read_quality(role):
    with pytest.raises(ActionForbidden):
        headline_indicators(actor=actor_of(staff(role)), at=MONDAY)
