"""What a draft would have done to past clocks, reckoned in the worker and kept on the draft."""

from datetime import timedelta

import pytest

from slas.drafts import DraftRefused
from slas.models import Outbox
from slas.operations import ask_replay
from slas.outbox import settle
from slas.queries import database_now
from tests.slas.calendars import utc
from tests.slas.clocks import complete, start
from tests.slas.drafts import (
    fresh,
    house_text,
    in_a_week,
    published,
    reckoned,
    ten_days,
    written,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_shelf")]
MONDAY = utc(2026, 6, 1, 14)


def test_the_what_if_of_a_draft_is_reckoned_in_the_worker_and_kept_on_it(author):
    clock = start("resolve", MONDAY, track="standard")
    complete(clock, MONDAY + timedelta(days=18))
    start("resolve", MONDAY, track="complex")
    draft = written(author)
    result = reckoned(draft, author)
    assert {name: result[name] for name in ("clocks", "late_before", "late_after", "newly_late")} == {
        "clocks": 1,
        "late_before": 0,
        "late_after": 1,
        "newly_late": 1,
    }
    assert [line["matter_id"] for line in result["lines"]["newly_late"]] == [str(clock.matter_id)]


@pytest.mark.parametrize(
    ("since", "until", "clocks"), [((2026, 6, 2), None, 0), (None, (2026, 5, 31), 0), (None, None, 1)]
)
def test_the_what_if_looks_at_the_clocks_that_started_in_its_period(author, since, until, clocks):
    start("resolve", MONDAY, track="standard")
    days = {"since": since and utc(*since).date(), "until": until and utc(*until).date()}
    assert reckoned(written(author), author, **days)["clocks"] == clocks


def test_a_changed_text_makes_an_older_what_if_void(author):
    draft = written(author)
    reckoned(draft, author)
    ask_replay(actor=author, at=database_now(), draft_id=draft.pk)
    written(author, draft_id=draft.pk, text=ten_days().replace('Answer the complaint"', 'Answer a complaint"', 1))
    assert settle([row.pk for row in Outbox.objects.filter(topic="slas.replay", settled_at=None)])
    assert fresh(draft).replay is None


def test_a_period_that_ends_before_it_begins_and_a_settled_draft_are_refused(author, second):
    draft = written(author)
    with pytest.raises(DraftRefused, match="The last day comes before the first one") as refused:
        ask_replay(actor=author, at=database_now(), draft_id=draft.pk, since=in_a_week(), until=in_a_week(days=1))
    assert refused.value.field == "until"
    with pytest.raises(DraftRefused, match="nothing to reckon"):
        ask_replay(actor=author, at=database_now(), draft_id=written(author, text=house_text()).pk)
    with pytest.raises(DraftRefused, match="is published"):
        ask_replay(actor=author, at=database_now(), draft_id=published(author, second).pk)


def test_a_draft_whose_calendar_is_nowhere_is_not_reckoned_and_told_why(author):
    draft = written(author, text=house_text().replace('calendar = "house"', 'calendar = "moon"', 1))
    with pytest.raises(DraftRefused, match="counts by calendar 'moon', which is not published"):
        ask_replay(actor=author, at=database_now(), draft_id=draft.pk)


def test_more_clocks_than_a_page_can_wait_for_are_refused(author, monkeypatch):
    monkeypatch.setattr("slas.operations.replay_drafts.MOST_CLOCKS", 0)
    start("resolve", MONDAY, track="standard")
    with pytest.raises(DraftRefused, match=r"1 clocks started in this period\. Choose a shorter one"):
        ask_replay(actor=author, at=database_now(), draft_id=written(author).pk)
