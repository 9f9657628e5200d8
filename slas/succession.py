"""What a clock under other terms takes over from the clock whose place it takes: the same start, and what happened.

The time that was waited stays waited where the new terms know the reason, and a wait that goes on goes on. Where they
never pause (72 hours, every clock of law), it counts: the law's own limit runs from receipt, whatever the house did.
An extension stays granted as far as the new terms would have granted it. What is lost is named, and stays lost: the
clock that comes after this one takes over from this one only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from slas.fold import ClockRefused, EventKind, Face, Happening, State, Terms, step

TAKEN_OVER = frozenset({EventKind.PAUSE, EventKind.RESUME, EventKind.EXTEND})


@dataclass(frozen=True, slots=True)
class Succession:
    """The events of the new clock, the face that they make, and what of the old one is not in it, or not in full."""

    happenings: tuple[Happening, ...]
    face: Face
    lost: tuple[EventKind, ...]


def succeed(terms: Terms, begun: Happening, former: Terms, happenings: Iterable[Happening]) -> Succession:
    """Return the new clock: `begun`, and what happened under the former terms. Raises ClockRefused, HorizonPassed."""
    face, taken, lost = step(terms, None, begun), [begun], set()
    for happening in happenings:
        if happening.kind not in TAKEN_OVER or (happening.kind is EventKind.RESUME and face.state is State.RUNNING):
            continue
        own = replace(happening, fired=0, units=_units(terms, former, face, happening))
        try:
            face = step(terms, face, own)
        except ClockRefused:
            lost.add(happening.kind)
            continue
        taken.append(own)
        if own.units < happening.units:
            lost.add(happening.kind)
    return Succession(tuple(taken), face, tuple(sorted(lost)))


def words_of(reason: str, lost: Sequence[EventKind]) -> str:
    """Return why the new clock began, and what it did not take over: the reason of its start."""
    return f"{reason}; not taken over in full: {', '.join(lost)}" if lost else reason


def _units(terms: Terms, former: Terms, face: Face, happening: Happening) -> int:
    """Return as much of an extension as the new terms have room for; days of another kind are other days."""
    allowed, measure = terms.policy.extension, terms.policy.rule.measure
    if happening.kind is not EventKind.EXTEND or allowed is None or measure is not former.policy.rule.measure:
        return 0
    return min(happening.units, measure.units(allowed.max_units) - face.extended)
