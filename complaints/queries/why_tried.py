"""A date tried out: which it would be under a rule that is published, from facts that somebody makes up.

Nothing is changed. What a clock would refuse is refused here in the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from complaints.enums import Channel
from complaints.promises import due_in_full
from complaints.queries.why_channels import binding_words, receipt_words
from complaints.queries.why_page import Dated, Why, why_of
from complaints.queries.why_words import amount_in_words, zone_of
from slas.algebra import Measure
from slas.calendar import HorizonPassed
from slas.explanations import Explanation, explain
from slas.fold import ClockRefused, EventKind, Face, Happening, Terms, step
from slas.versions import PolicyMissing, in_force, is_on, terms_of

Span = tuple[datetime, datetime]
FIELDS = {EventKind.START: "received", EventKind.EXTEND: "extension"}


@dataclass(frozen=True, slots=True)
class Trial:
    """The facts. `budget` is in days, or in hours where the limit counts time; so is `extension`."""

    pack: str
    obligation: str
    track: str
    channel: Channel
    received_at: datetime
    entered_at: datetime | None = None
    budget: int | None = None
    pauses: Sequence[Span] = ()
    extension: int | None = None
    extended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it. `late_entry` lists what would have passed before anybody entered it, and fires at entry."""

    found: Explanation
    why: Why
    is_on: bool
    receipt: str
    binding: str
    late_entry: tuple[Dated, ...]
    is_late_on_entry: bool


class TrialRefused(Exception):
    """The facts cannot be. The sentence says why and what to change; `field` says which of them."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def try_date(trial: Trial) -> Tried:
    """Return which date these facts make, with its whole explanation. Raises TrialRefused."""
    try:
        terms = terms_of(*in_force(trial.pack, trial.obligation, trial.track, trial.received_at))
        happenings = [*_happenings(trial, terms)]
        face = _lived(terms, happenings)
        found = explain(terms, face, happenings, at=trial.received_at)
    except PolicyMissing:
        words = "This obligation was not in force on that day. Choose a later day, or look at its dates below."
        raise TrialRefused("received", words) from None
    except HorizonPassed as passed:
        raise TrialRefused("received", _sentence(str(passed))) from None
    entered_at = trial.entered_at or trial.received_at
    return Tried(
        found=found,
        why=why_of(found),
        is_on=is_on(terms.policy),
        receipt=receipt_words(trial.channel),
        binding=binding_words(trial.channel, terms.policy),
        late_entry=tuple(_late(found, entered_at)),
        is_late_on_entry=entered_at > face.due_at,
    )


def _late(found: Explanation, entered_at: datetime) -> list[Dated]:
    return [
        Dated(due_in_full(one.at, zone_of(found)), "Due date" if one.is_due_date else "Warning")
        for one in found.thresholds
        if one.at <= entered_at and entered_at > found.face.started_at
    ]


def _happenings(trial: Trial, terms: Terms) -> list[Happening]:
    """Return the events in order. Raises TrialRefused where an amount is missing or one too many."""
    policy, measure = terms.policy, terms.policy.rule.measure
    if trial.budget is None and policy.budget is None:
        raise TrialRefused("budget", "The limit of this obligation is given when it starts. Enter how much it is.")
    if trial.budget is not None and policy.budget is not None:
        fixed = amount_in_words(measure, measure.units(policy.budget))
        raise TrialRefused("budget", f"The limit of this obligation is fixed: {fixed}. Leave this empty.")
    budget = measure.units(policy.budget) if policy.budget is not None else _units(measure, trial.budget or 0)
    reason = next(iter(policy.pause_reasons), "")
    later = [Happening(EventKind.PAUSE, start, reason=reason) for start, _ in trial.pauses]
    later += [Happening(EventKind.RESUME, end) for _, end in trial.pauses]
    if trial.extension is not None and trial.extended_at is not None:
        why = next(iter(policy.extension.reasons), "") if policy.extension else ""
        later.append(Happening(EventKind.EXTEND, trial.extended_at, _units(measure, trial.extension), reason=why))
    start = Happening(EventKind.START, trial.received_at, units=budget)
    return [start, *sorted(later, key=lambda event: (event.at, event.kind is not EventKind.RESUME))]


def _units(measure: Measure, amount: int) -> int:
    return measure.units(amount if measure.is_days else amount * 3600)


def _lived(terms: Terms, happenings: Sequence[Happening]) -> Face:
    face = None
    for happening in happenings:
        try:
            face = step(terms, face, happening)
        except ClockRefused as refused:
            raise TrialRefused(FIELDS.get(happening.kind, "pauses"), _sentence(str(refused))) from None
    if face is None:
        raise TrialRefused("received", "Nothing began.")
    return face


def _sentence(words: str) -> str:
    """Return a refusal as a sentence of its own."""
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")
