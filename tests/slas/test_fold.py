from dataclasses import replace
from datetime import timedelta

import pytest

from slas.fold import MOVES, NOT_RECORDED, ClockRefused, EventKind, Happening, State, fold, step
from tests.slas.calendars import utc
from tests.slas.packs import house_terms

START = utc(2026, 6, 1, 14)
PAUSABLE = house_terms("resolve", "standard")
EXTENSIBLE = house_terms("capa_action")
DAY = timedelta(days=1)


def terms_with_everything():
    return replace(PAUSABLE, policy=replace(PAUSABLE.policy, extension=EXTENSIBLE.policy.extension))


def happening(kind, at, units=0, fired=0, reason=""):
    return Happening(EventKind(kind), at, units=units, fired=fired, reason=reason)


BOTH = terms_with_everything()
BEGUN = happening("start", START, units=15)
PAUSED = happening("pause", START + DAY, reason="waiting_for_member")
EXTENDED = happening("extend", START + 2 * DAY, units=5, reason="dependency")
LATE = utc(2026, 7, 30)

TO_STATE = {
    None: [],
    State.RUNNING: [BEGUN],
    State.PAUSED: [BEGUN, PAUSED],
    State.MET: [BEGUN, happening("complete", START + DAY)],
    State.MISSED: [BEGUN, happening("complete", LATE)],
    State.CANCELLED: [BEGUN, happening("cancel", START + DAY)],
}
AN_EVENT = {
    EventKind.START: BEGUN,
    EventKind.PAUSE: replace(PAUSED, at=START + 3 * DAY),
    EventKind.RESUME: happening("resume", START + 3 * DAY),
    EventKind.EXTEND: replace(EXTENDED, at=START + 3 * DAY),
    EventKind.COMPLETE: happening("complete", START + 3 * DAY),
    EventKind.CANCEL: happening("cancel", START + 3 * DAY),
    EventKind.REBASE: happening("rebase", START + 3 * DAY),
}
# Rows: what happens. Columns: none, running, paused, met, missed, cancelled.
TABLE = {
    EventKind.START: [State.RUNNING, None, None, None, None, None],
    EventKind.PAUSE: [None, State.PAUSED, None, None, None, None],
    EventKind.RESUME: [None, None, State.RUNNING, None, None, None],
    EventKind.EXTEND: [None, State.RUNNING, State.PAUSED, None, None, None],
    EventKind.COMPLETE: [None, State.MET, State.MET, None, None, None],
    EventKind.CANCEL: [None, State.CANCELLED, State.CANCELLED, None, None, None],
    EventKind.REBASE: [None, State.RUNNING, State.PAUSED, None, None, None],
}
CELLS = [(state, kind, outcome) for kind, row in TABLE.items() for state, outcome in zip(TO_STATE, row, strict=True)]


@pytest.mark.parametrize(("state", "kind", "outcome"), CELLS)
def test_every_cell_of_the_transition_table(state, kind, outcome):
    face = fold(BOTH, TO_STATE[state]) if state else None
    if outcome is None:
        with pytest.raises(ClockRefused, match="cannot"):
            step(BOTH, face, AN_EVENT[kind])
    else:
        assert step(BOTH, face, AN_EVENT[kind]).state is outcome


def test_the_table_has_every_state_and_every_event():
    assert set(TABLE) == set(EventKind) == set(AN_EVENT)
    assert set(TO_STATE) == {None, *State}
    possible = [(state, kind) for state, kind, outcome in CELLS if state and outcome]
    assert sorted(possible) == sorted(MOVES)


def test_a_promise_that_was_broken_is_not_taken_back():
    due_at = fold(PAUSABLE, [BEGUN]).due_at
    cancelled, late = happening("cancel", due_at), happening("cancel", due_at + timedelta(microseconds=1))

    assert fold(PAUSABLE, [BEGUN, cancelled]).state is State.CANCELLED
    assert fold(PAUSABLE, [BEGUN, late]).state is State.MISSED
    assert fold(PAUSABLE, [BEGUN, PAUSED, happening("cancel", LATE)]).state is State.CANCELLED
    assert fold(PAUSABLE, [BEGUN, replace(late, reason=NOT_RECORDED)]).state is State.CANCELLED


def test_a_clock_starts_with_its_dates_and_its_thresholds():
    face = fold(PAUSABLE, [BEGUN])

    assert face.due_at == utc(2026, 6, 23, 21)
    assert face.fire_codes == (50, 80, 100)
    assert face.fire_ats == (utc(2026, 6, 11, 12), utc(2026, 6, 18, 12), utc(2026, 6, 23, 21))


def test_a_pause_moves_the_date_by_the_units_that_passed_meanwhile():
    resumed = [BEGUN, PAUSED, happening("resume", utc(2026, 6, 8, 16))]  # Tuesday to Monday: four closings

    assert fold(PAUSABLE, resumed).due_at == utc(2026, 6, 29, 21)


def test_a_pause_outside_opening_hours_adds_nothing():
    evening, morning = utc(2026, 6, 5, 22), utc(2026, 6, 8, 11)
    paused = [BEGUN, replace(PAUSED, at=evening), happening("resume", morning)]

    assert fold(PAUSABLE, paused).due_at == fold(PAUSABLE, [BEGUN]).due_at


def test_a_pause_before_counting_begins_moves_the_date_by_what_would_have_counted():
    paused = [BEGUN, replace(PAUSED, at=START), happening("resume", START + timedelta(hours=3))]

    assert fold(PAUSABLE, paused).due_at == fold(PAUSABLE, [BEGUN]).due_at


def test_after_a_pause_only_what_has_not_fired_is_armed_anew():
    events = [BEGUN, replace(PAUSED, at=utc(2026, 6, 12, 14)), happening("resume", utc(2026, 6, 15, 14), fired=1)]
    face = fold(PAUSABLE, events)

    assert face.fire_codes == (50, 80, 100)
    assert face.fire_ats == (utc(2026, 6, 11, 12), utc(2026, 6, 22, 12), utc(2026, 6, 24, 21))


def test_an_extension_starts_a_new_epoch_in_which_coming_warnings_fire_again():
    events = [BEGUN, replace(EXTENDED, at=utc(2026, 6, 19, 14))]  # both warnings have fired
    face = fold(BOTH, events)

    assert face.epoch == 2
    assert face.due_at == utc(2026, 6, 30, 21)
    assert list(zip(face.fire_codes, face.fire_ats, strict=True)) == [
        (80, utc(2026, 6, 25, 12)),
        (100, utc(2026, 6, 30, 21)),
    ]


def codes_and_dates(face):
    return list(zip(face.fire_codes, face.fire_ats, strict=True))


def test_what_was_left_out_of_an_epoch_does_not_come_back_after_a_pause():
    extended = replace(EXTENDED, at=utc(2026, 6, 19, 14))  # both warnings have fired; one is to come again
    paused, resumed = (replace(PAUSED, at=utc(2026, 6, 22, 14)), happening("resume", utc(2026, 6, 23, 14)))

    assert fold(BOTH, [BEGUN, extended, paused, resumed]).fire_codes == (80, 100)


def test_an_extension_during_a_pause_keeps_the_warnings_that_were_still_to_come():
    extended, resumed = (replace(EXTENDED, at=utc(2026, 7, 20, 14)), happening("resume", utc(2026, 7, 20, 14)))

    assert codes_and_dates(fold(BOTH, [BEGUN, PAUSED, extended, resumed])) == [
        (50, utc(2026, 8, 3, 12)),
        (80, utc(2026, 8, 11, 12)),
        (100, utc(2026, 8, 14, 21)),
    ]


def test_a_rebase_starts_a_new_epoch_in_which_coming_warnings_fire_again():
    face = fold(PAUSABLE, [BEGUN, happening("rebase", utc(2026, 6, 12, 14), fired=1)])

    assert face.epoch == 2
    assert codes_and_dates(face) == [(80, utc(2026, 6, 18, 12)), (100, utc(2026, 6, 23, 21))]


def test_a_breach_is_armed_even_where_the_new_calendar_has_passed_it():
    """A date that turns out to be earlier than the day on which that is found is a broken promise all the same."""
    face = fold(PAUSABLE, [BEGUN, happening("rebase", utc(2026, 6, 24))])

    assert codes_and_dates(face) == [(100, utc(2026, 6, 23, 21))]


def test_a_paused_clock_that_is_rebased_still_stands_where_it_was_paused():
    face = fold(PAUSABLE, [BEGUN, PAUSED, happening("rebase", utc(2026, 8, 1))])

    assert (face.state, face.paused_at, face.epoch) == (State.PAUSED, PAUSED.at, 2)
    assert face.fire_codes == (50, 80, 100)


def test_completing_exactly_when_due_is_in_time_and_a_microsecond_later_is_not():
    due_at = fold(PAUSABLE, [BEGUN]).due_at

    assert fold(PAUSABLE, [BEGUN, happening("complete", due_at)]).state is State.MET
    assert fold(PAUSABLE, [BEGUN, happening("complete", due_at + timedelta(microseconds=1))]).state is State.MISSED


def test_who_answers_while_we_wait_for_the_member_is_in_time():
    assert fold(PAUSABLE, [BEGUN, PAUSED, happening("complete", LATE)]).state is State.MET


def refusal(terms, *happenings):
    with pytest.raises(ClockRefused) as refused:
        fold(terms, happenings)
    return str(refused.value)


def test_a_clock_that_never_pauses_offers_the_extension_instead():
    assert refusal(EXTENSIBLE, replace(BEGUN, units=10), PAUSED) == (
        "cannot pause capa_action: this clock never pauses (House policy 5; ISO 9001:2015, 10.2). "
        "Extend it instead, by up to 60 days, with a reason and a notice to the member."
    )
    assert refusal(house_terms("resolve", "appeal"), replace(BEGUN, units=72 * 3600 * 10**6), PAUSED) == (
        "cannot pause resolve (appeal): this clock never pauses (House policy 3; never paused). "
        "It cannot be extended either: answer by the due date."
    )


def test_what_is_refused_says_why():
    assert refusal(PAUSABLE, BEGUN, replace(PAUSED, reason="holiday")) == (
        "cannot pause resolve (standard) for 'holiday'; use waiting_for_member"
    )
    assert refusal(PAUSABLE, BEGUN, replace(PAUSED, at=LATE)) == "cannot pause resolve (standard): it was due already"
    assert refusal(PAUSABLE, BEGUN, PAUSED, happening("resume", START)) == (
        "cannot resume resolve (standard) before it was paused"
    )
    assert refusal(PAUSABLE, BEGUN, happening("cancel", START - DAY)) == (
        "cannot cancel resolve (standard) before it started"
    )
    assert refusal(PAUSABLE, BEGUN, EXTENDED) == (
        "cannot extend resolve (standard): House policy 3; ISO 10002:2018, 7.8 and 7.9 knows no extension"
    )
    assert refusal(BOTH, BEGUN, replace(EXTENDED, reason="late")) == (
        "cannot extend resolve (standard) for 'late'; use dependency, scope_changed, resources"
    )
    assert refusal(BOTH, BEGUN, EXTENDED, EXTENDED, EXTENDED) == ("cannot extend resolve (standard) more than 2 times")
    assert refusal(BOTH, BEGUN, replace(EXTENDED, units=61)) == (
        "cannot extend resolve (standard) by more than it allows in total"
    )
    assert refusal(BOTH, BEGUN, replace(EXTENDED, at=LATE)) == "cannot extend resolve (standard): it was due already"
    assert refusal(PAUSABLE, happening("cancel", START)) == "cannot cancel a clock that has not started"
    assert refusal(PAUSABLE) == "a clock begins with a start"
    assert refusal(PAUSABLE, BEGUN, happening("complete", START + DAY), happening("complete", LATE)) == (
        "cannot complete resolve (standard): it is met"
    )
