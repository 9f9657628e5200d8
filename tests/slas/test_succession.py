from dataclasses import replace
from datetime import timedelta

from slas.algebra import Measure
from slas.fold import EventKind, Happening, State, fold
from slas.policy import Extension
from slas.succession import succeed, words_of
from tests.slas.calendars import utc
from tests.slas.packs import house_terms

START, DAY = utc(2026, 6, 1, 14), timedelta(days=1)
HOUSE = house_terms("resolve", "standard")
BEGUN = Happening(EventKind.START, START, units=15)
PAUSED = Happening(EventKind.PAUSE, START + DAY, reason="waiting_for_member")
RESUMED = Happening(EventKind.RESUME, START + 7 * DAY, fired=1)


def extensible(most, *, reasons=("dependency",), **rule):
    policy = replace(HOUSE.policy, extension=Extension(2, most, (), reasons, ""))
    return replace(HOUSE, policy=replace(policy, rule=replace(policy.rule, **rule)))


def extended(days):
    return Happening(EventKind.EXTEND, START + 8 * DAY, units=days, reason="dependency")


def test_the_successor_is_the_fold_of_its_start_and_of_what_happened():
    begun = replace(BEGUN, units=20)
    found = succeed(HOUSE, begun, HOUSE, [BEGUN, PAUSED, RESUMED, Happening(EventKind.REBASE, START + 8 * DAY)])

    assert found.happenings == (begun, PAUSED, replace(RESUMED, fired=0))
    assert (found.face, found.lost) == (fold(HOUSE, found.happenings), ())


def test_an_extension_is_taken_over_as_far_as_the_new_terms_have_room():
    former = extensible(10)
    for most, units, lost in ((10, 8, ()), (8, 8, ()), (5, 5, (EventKind.EXTEND,))):
        found = succeed(extensible(most), BEGUN, former, [BEGUN, extended(8)])
        assert (found.face.extended, found.lost) == (units, lost)


def test_an_extension_that_the_new_terms_do_not_know_is_lost():
    others = [HOUSE, extensible(10, reasons=("scope_changed",)), extensible(10, measure=Measure.CALENDAR_DAYS)]
    for terms in others:
        found = succeed(terms, BEGUN, extensible(10), [BEGUN, extended(8)])
        assert (found.face, found.lost) == (fold(terms, [BEGUN]), (EventKind.EXTEND,))


def test_where_the_new_terms_were_due_before_the_wait_they_are_due_then():
    found = succeed(HOUSE, replace(BEGUN, units=0), HOUSE, [BEGUN, PAUSED])

    assert (found.face.state, found.lost) == (State.RUNNING, (EventKind.PAUSE,))


def test_the_reason_of_the_start_names_what_was_lost():
    assert words_of("track complex", ()) == "track complex"
    assert words_of("track complex", (EventKind.EXTEND, EventKind.PAUSE)) == (
        "track complex; not taken over in full: extend, pause"
    )
