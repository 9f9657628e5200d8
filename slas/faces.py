"""Between the clock's row and the plain face that the fold works on."""

from collections.abc import Sequence
from typing import Any

from slas.calendar import HorizonPassed
from slas.fold import ClockRefused, EventKind, Face, Happening, State, fold
from slas.models import Clock, ClockEvent
from slas.versions import terms_of


def columns_of(face: Face) -> dict[str, Any]:
    """Return the row's columns that the face determines."""
    return {name: getattr(face, name) for name in Face.__slots__} | {
        "fire_ats": list(face.fire_ats),
        "fire_codes": list(face.fire_codes),
    }


def face_of(clock: Clock) -> Face:
    """Return what the row shows."""
    columns = {name: getattr(clock, name) for name in Face.__slots__}
    columns |= {
        "state": State(clock.state),
        "fire_ats": tuple(clock.fire_ats),
        "fire_codes": tuple(clock.fire_codes),
    }
    return Face(**columns)


def happening_of(event: ClockEvent) -> Happening:
    """Return the event as the fold needs it."""
    return Happening(EventKind(event.kind), event.at, units=event.units or 0, fired=event.fired, reason=event.reason)


def is_fold(clock: Clock, events: Sequence[ClockEvent]) -> bool:
    """Tell whether the row is what its events, in order, make it by the calendar that they pin it to."""
    terms = terms_of(clock.policy_id, clock.calendar_id)
    pinned = [event.calendar_id for event in events if event.kind == EventKind.REBASE]
    if (pinned and pinned[-1] != clock.calendar_id) or terms.calendar.definition.name != terms.policy.calendar:
        return False
    if [event.rev for event in events] != list(range(1, clock.rev + 1)):
        return False
    try:
        return fold(terms, map(happening_of, events)) == face_of(clock)
    except (ClockRefused, HorizonPassed):
        return False
