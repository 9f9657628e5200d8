"""A trace in fewer lines and as months: nothing is lost, and each date says what it was in sign and words."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.queries.why_days import day_by_day, days_of, runs_of
from complaints.queries.why_page import why_of
from complaints.queries.why_picture import picture_of
from complaints.queries.why_words import amount_in_words, run_in_words
from slas.algebra import DayEnd, Measure, Rule, StartRule
from slas.explanations import explain
from slas.fold import EventKind, Happening, fold
from slas.trace import explain_due
from tests.slas.calendars import make_calendar, published, utc
from tests.slas.packs import house_terms
from tests.slas.test_trace import amount, odd_calendars, rules, waits

HOUR = 3600 * 1_000_000
NEXT_DAY = Rule(Measure.BUSINESS_DAYS, StartRule.NEXT_DAY, DayEnd.CLOSE)


@settings(max_examples=100, deadline=None)
@given(odd_calendars(), rules, st.integers(1, 12), waits, st.lists(st.integers(1, 4), max_size=2))
def test_runs_and_months_lose_nothing_of_a_trace(case, rule, days, pauses, extensions):
    calendar, start = case
    spans = [(start + timedelta(minutes=a), start + timedelta(minutes=a + n)) for a, n in pauses]
    granted = [(start + timedelta(hours=hour), amount(rule, hour)) for hour in extensions]
    trace = explain_due(calendar, rule, start, amount(rule, days), spans, granted)
    runs, single = runs_of(trace), list(day_by_day(trace))

    owed = trace.budget + sum(step.added for step in trace.steps)
    assert sum(run.counted for run in runs) == sum(run.counted for run in single) == owed
    assert sum(run.added for run in runs) == sum(step.added for step in trace.steps)
    assert len(runs) <= len(single)
    assert runs[-1].left == 0
    picture = picture_of(trace)
    drawn = [cell for month in picture.months for week in month.weeks for cell in week if cell and cell.kind]
    assert len(drawn) == len(days_of(trace))
    assert all(cell.words for cell in drawn)
    assert [sum(cell.is_start for cell in drawn), sum(cell.is_due for cell in drawn)] == [1, 1]


def lines(trace):
    return [
        (f"{run.first_on:%m-%d}", f"{run.last_on:%m-%d}", run_in_words(run, trace), run.counted, run.left)
        for run in runs_of(trace)
    ]


def test_days_of_one_kind_are_one_line_and_each_holiday_and_extension_has_its_own():
    pause = (utc(2026, 7, 7, 16), utc(2026, 7, 9, 16))
    trace = explain_due(published("house"), NEXT_DAY, utc(2026, 7, 1, 14), 6, [pause], [(utc(2026, 7, 14, 15), 2)])

    assert lines(trace) == [
        ("07-01", "07-01", "The day it began. We count from the next day.", 0, 6),
        ("07-02", "07-02", "Counted", 1, 5),
        ("07-03", "07-03", "Holiday: Independence Day (observed)", 0, 5),
        ("07-04", "07-05", "Weekend", 0, 5),
        ("07-06", "07-06", "Counted", 1, 4),
        ("07-07", "07-08", "Pause: we waited for an answer", 0, 4),
        ("07-09", "07-10", "Counted", 2, 2),
        ("07-11", "07-12", "Weekend", 0, 2),
        ("07-13", "07-13", "Counted", 1, 1),
        ("07-14", "07-14", "More time: 2 business days", 0, 3),
        ("07-14", "07-16", "Counted", 3, 0),
    ]


def test_hours_are_added_up_by_day_and_a_pause_within_a_day_is_said():
    rule = Rule(Measure.BUSINESS_SECONDS)
    pauses = [(utc(2026, 6, 2, 10), utc(2026, 6, 2, 12))]
    trace = explain_due(make_calendar(), rule, utc(2026, 6, 1, 12), 24 * HOUR, pauses)

    assert lines(trace) == [
        ("06-01", "06-01", "Counted", 5 * HOUR, 19 * HOUR),
        ("06-02", "06-02", "Counted, less a pause", 6 * HOUR, 13 * HOUR),
        ("06-03", "06-04", "Counted", 13 * HOUR, 0),
    ]


def test_a_picture_leaves_out_the_middle_of_a_long_wait_and_the_weeks_that_do_not_count():
    rule = Rule(Measure.CALENDAR_DAYS, StartRule.NEXT_DAY, DayEnd.MIDNIGHT)
    long = picture_of(explain_due(published("house"), rule, utc(2026, 1, 10, 14), 400))
    short = picture_of(explain_due(published("house"), NEXT_DAY, utc(2026, 6, 12, 14), 3))

    assert [month.title for month in long.months] == [
        "January 2026", "February 2026", "March 2026", "December 2026", "January 2027", "February 2027",
    ]  # fmt: skip
    assert long.left_out == 8
    (june,) = short.months
    assert [[cell.day for cell in week if cell] for week in june.weeks] == [[*range(7, 14)], [*range(14, 21)]]
    assert {cell.day: (cell.kind, cell.sign) for week in june.weeks for cell in week if cell.kind} == {
        12: ("before", ""),
        13: ("closed", "–"),
        14: ("closed", "–"),
        15: ("counted", "1"),
        16: ("counted", "2"),
        17: ("counted", "3"),
    }


@pytest.mark.parametrize(
    ("measure", "units", "words"),
    [
        (Measure.BUSINESS_DAYS, 1, "1 business day"),
        (Measure.BUSINESS_DAYS, 15, "15 business days"),
        (Measure.CALENDAR_DAYS, 3650, "3,650 days"),
        (Measure.ELAPSED_SECONDS, 72 * HOUR, "72 hours"),
        (Measure.ELAPSED_SECONDS, 5 * HOUR + HOUR // 2, "5 hours 30 minutes"),
        (Measure.BUSINESS_SECONDS, HOUR // 60, "1 minute"),
        (Measure.BUSINESS_SECONDS, 0, "0 hours"),
    ],
)
def test_an_amount_is_written_as_people_say_it(measure, units, words):
    assert amount_in_words(measure, units) == words


def test_what_is_due_at_midnight_is_due_at_the_end_of_the_day_before():
    found = explain_as_of(house_terms("resolve", "complex"), 30, at=utc(2026, 6, 2))
    assert found.face.due_at == utc(2026, 7, 2, 4)
    assert why_of(found).due == "the end of Wednesday, July 1, 2026"


def explain_as_of(terms, units, *happenings, at):
    """Return the explanation of a clock that began on June 1, after what happened, as of a moment."""
    events = [Happening(EventKind.START, utc(2026, 6, 1, 14), units=units), *happenings]
    return explain(terms, fold(terms, events), events, at=at)


@pytest.mark.parametrize(
    ("kind", "at", "now", "words"),
    [
        (None, None, utc(2026, 6, 2), "So the date is Tuesday, June 23, 2026, 5:00 PM."),
        (None, None, utc(2026, 6, 24), "That date has passed, and it is still to be done."),
        (
            "complete",
            utc(2026, 6, 3, 14),
            utc(2026, 6, 24),
            "done in time, on Wednesday, June 3, 2026, 10:00 AM.",
        ),
        ("complete", utc(2026, 6, 25, 14), utc(2026, 6, 26), "It was done late, on Thursday, June 25, 2026, 10:00 AM."),
        ("cancel", utc(2026, 6, 3, 14), utc(2026, 6, 24), "as it was no longer needed."),
        ("pause", utc(2026, 6, 3, 14), utc(2026, 6, 5, 14), "If we went on now, it would be Thursday, June 25, 2026"),
        ("pause", utc(2026, 6, 3, 14), utc(2040, 1, 1), "The date moves for as long as that lasts."),
    ],
)
def test_the_story_ends_with_what_became_of_the_date(kind, at, now, words):
    happenings = (
        [Happening(EventKind(kind), at, reason="waiting_for_member" if kind == "pause" else "")] if kind else []
    )
    why = why_of(explain_as_of(house_terms("resolve", "standard"), 15, *happenings, at=now))
    assert words in why.story[-1]


def test_dates_of_two_years_say_which():
    one_year = explain_as_of(house_terms("resolve", "standard"), 15, at=utc(2026, 6, 2))
    two_years = explain_as_of(house_terms("resolve", "standard"), 160, at=utc(2026, 6, 2))
    assert why_of(one_year).runs[0].dates == "Mon, Jun 1"
    assert why_of(two_years).runs[0].dates == "Mon, Jun 1, 2026"
