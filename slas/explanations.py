"""Why a clock's date is what it is: how it was counted, by which rule, what it warns of and what happened to it.

The trace is worked out from the clock's events, under the calendar and the policy that it is pinned to now, and never
read from anywhere. So it is a second way to the date that the row holds, and `adds_up` says whether both agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slas.algebra import BREACH
from slas.calendar import HorizonPassed
from slas.faces import face_of, happening_of
from slas.fold import EventKind, Face, Happening, State, Terms
from slas.models import Clock, ClockEvent
from slas.policy import Policy
from slas.trace import Trace, amount_of, explain_due, utc_text
from slas.versions import terms_of

VERDICTS = frozenset({State.MET, State.MISSED})
OURS = frozenset({"mark", "consequence"})
"""Of a rule, what is nobody's concern but ours. Its caveat is everybody's."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One threshold with its instant, what it sets off, and whether it has."""

    code: int
    at: datetime
    actions: tuple[str, ...]
    has_fired: bool

    @property
    def is_due_date(self) -> bool:
        """Tell whether it is a breach, and not a warning."""
        return self.code >= BREACH


@dataclass(frozen=True, slots=True)
class Explanation:
    """One clock explained as it stood at a moment.

    `trace` leads to the date that the clock shows. While it is paused, the date moves: `trace_if_resumed` leads to the
    date it would have if it went on at that moment; None otherwise, and where that date lies past the reviewed days.
    """

    terms: Terms
    face: Face
    cycle: int
    at: datetime
    trace: Trace
    trace_if_resumed: Trace | None
    thresholds: tuple[Reached, ...]
    events: tuple[Happening, ...]

    @property
    def policy(self) -> Policy:
        """The rule."""
        return self.terms.policy

    @property
    def on_show(self) -> Trace:
        """The trace that says most: of a paused clock the one with the pause so far."""
        return self.trace_if_resumed or self.trace

    @property
    def adds_up(self) -> bool:
        """Tell whether the trace leads step by step to the very date that the clock shows."""
        return self.trace.adds_up and self.trace.due_at == self.face.due_at

    @property
    def is_overdue(self) -> bool:
        """Tell whether the date has passed and the answer is still owed."""
        return self.face.state is State.RUNNING and self.at > self.face.due_at

    def as_data(self, *, for_member: bool = False) -> dict[str, Any]:
        """Return it for JSON: UTC instants, days or seconds. Codes only, so that it tells nothing of anybody.

        The member's leaves out what is ours alone: thresholds, what follows a miss, how sure we are, and our reasons.
        """
        face = self.face
        data = {
            "obligation": self.policy.obligation,
            "track": self.policy.track,
            "cycle": self.cycle,
            "title": self.policy.title,
            "state": face.state.name.lower(),
            "verdict": face.state.name.lower() if face.state in VERDICTS else None,
            "overdue": self.is_overdue,
            "started_at": utc_text(face.started_at),
            "due_at": utc_text(face.due_at),
            "paused_at": face.paused_at and utc_text(face.paused_at),
            "ended_at": face.ended_at and utc_text(face.ended_at),
            "explained_at": utc_text(self.at),
            "rule": {
                name: value for name, value in _rule_data(self.policy).items() if not (for_member and name in OURS)
            },
            "trace": self.trace.as_data(),
            "trace_if_resumed": self.trace_if_resumed and self.trace_if_resumed.as_data(),
            "events": [self._event_data(replace(event, reason="") if for_member else event) for event in self.events],
        }
        if not for_member:
            data["thresholds"] = [
                {"code": one.code, "at": utc_text(one.at), "actions": list(one.actions), "fired": one.has_fired}
                for one in self.thresholds
            ]
        return data

    def _event_data(self, event: Happening) -> dict[str, Any]:
        data: dict[str, Any] = {"kind": event.kind.value, "at": utc_text(event.at)}
        if event.units:
            data["units"] = amount_of(self.policy.rule.measure, event.units)
        return data | ({"reason": event.reason} if event.reason else {})


def explain_clock(clock: Clock, *, at: datetime) -> Explanation:
    """Return why the clock's date is what it is, as of `at`: one query for its events. Raises HorizonPassed."""
    rows = ClockEvent.objects.filter(matter_id=clock.matter_id, clock_id=clock.id).order_by("rev")
    events = [*map(happening_of, rows)]
    terms = terms_of(clock.policy_id, clock.calendar_id)
    return explain(terms, face_of(clock), events, at=at, cycle=clock.cycle, fired=clock.next_seq - 1)


def explain(
    terms: Terms, face: Face, events: Sequence[Happening], *, at: datetime, cycle: int = 1, fired: int = 0
) -> Explanation:
    """Return why a face shows the date that it shows. `fired` counts its thresholds that have. Raises HorizonPassed."""
    pauses = list(_pauses(events))
    extensions = [(event.at, event.units) for event in events if event.kind is EventKind.EXTEND]
    trace = explain_due(terms.calendar, terms.policy.rule, face.started_at, face.budget, pauses, extensions)
    resumed = None
    if face.paused_at is not None:
        waiting = (face.paused_at, max(at, face.paused_at))
        try:
            resumed = explain_due(
                terms.calendar, terms.policy.rule, face.started_at, face.budget, [*pauses, waiting], extensions
            )
        except HorizonPassed:  # so long a pause that nobody has reviewed the days it leads to
            resumed = None
    armed = zip(face.fire_ats, face.fire_codes, strict=True)
    return Explanation(
        terms=terms,
        face=face,
        cycle=cycle,
        at=at,
        trace=trace,
        trace_if_resumed=resumed,
        thresholds=tuple(
            Reached(code, instant, terms.policy.actions.get(code, ()), place < fired)
            for place, (instant, code) in enumerate(armed)
        ),
        events=tuple(events),
    )


def _pauses(events: Iterable[Happening]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the pauses that moved the date: those that ended, and the one that an answer ended.

    A clock that was cancelled in a pause keeps the date that it had.
    """
    paused_at = None
    for event in events:
        if event.kind is EventKind.PAUSE:
            paused_at = event.at
        elif event.kind in {EventKind.RESUME, EventKind.COMPLETE} and paused_at is not None:
            yield paused_at, event.at
            paused_at = None


def _rule_data(policy: Policy) -> dict[str, Any]:
    return {
        "pack": policy.pack,
        "effective_from": policy.effective_from.isoformat(),
        "effective_to": policy.effective_to and policy.effective_to.isoformat(),
        "starts_on": policy.starts_on,
        "met_on": policy.met_on,
        "legal": policy.legal,
        "clause": policy.clause,
        "url": policy.url,
        "mark": policy.mark.value,
        "caveat": policy.caveat,
        "consequence": policy.consequence,
        "next_level": policy.next_level,
    }
