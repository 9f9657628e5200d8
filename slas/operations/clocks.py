"""The life of a clock: each operation appends one event and sets the row to the fold of its events."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from members.acts import Act
from slas.algebra import BREACH
from slas.faces import columns_of, face_of, happening_of
from slas.fold import ClockRefused, EventKind, Face, Happening, State, Terms, step
from slas.models import Clock, ClockEvent, Firing, Matter
from slas.operations.effects import record_passed
from slas.succession import succeed, words_of
from slas.versions import in_force, is_on, terms_of

REOPENED = "reopened"
"""Why a cycle started that was not the first: the reason of its start."""


def start_clock(
    *,
    this: Act,
    matter: Matter,
    obligation: str,
    track: str | None = None,
    pack: str = "house",
    started_at: datetime,
    budget: int | None = None,
) -> Clock:
    """Start what is owed, by the versions in force when it began. `started_at` may be past: receipt is not entry.

    `budget` is in days or seconds, for limits that are given at the start. Thresholds that have passed fire at once.
    Raises ClockRefused when the pack is off, the budget is missing or a clock of this kind is open; PolicyMissing;
    HorizonPassed.
    """
    pins = in_force(pack, obligation, track or "", started_at)
    terms = terms_of(*pins)
    begun = _begin(terms, started_at, budget)
    former = latest_clock(this=this, matter_id=matter.pk, kind=obligation)
    if former and former.is_open:
        raise ClockRefused(f"cannot start {terms.policy.name}: it is running already")
    return _add_cycle(this, matter.pk, former, pins, [begun], step(terms, None, begun))


def reopen_clock(*, this: Act, matter_id: UUID, kind: str, at: datetime) -> Clock:
    """Let an obligation that was ended be owed once more: the next cycle counts from `at`, in full.

    It goes by the same pack, track and budget, in the versions in force then. The ended clock keeps its dates and its
    verdict. `at` may be past, even before it ended, for a question and the answer to an earlier one can cross. Raises
    ClockRefused where none was started or one is open; PolicyMissing; HorizonPassed.
    """
    former = latest_clock(this=this, matter_id=matter_id, kind=kind)
    if former is None:
        raise ClockRefused(f"cannot reopen {kind}: it never started; start it")
    policy = terms_of(former.policy_id, former.calendar_id).policy
    if former.is_open:
        raise ClockRefused(f"cannot reopen {policy.name}: it is still open; extend it, or end it first")
    pins = in_force(policy.pack, kind, policy.track, at)
    terms = terms_of(*pins)
    begun = _begin(terms, at, _given(former, terms), reason=REOPENED)
    return _add_cycle(this, matter_id, former, pins, [begun], step(terms, None, begun))


def _given(former: Clock, terms: Terms) -> int | None:
    """Return the limit of a former clock in days or seconds, where the terms leave it to be given at the start."""
    policy = terms_of(former.policy_id, former.calendar_id).policy
    return former.budget // policy.rule.measure.units(1) if terms.policy.budget is None else None


def _begin(terms: Terms, started_at: datetime, budget: int | None = None, *, reason: str = "") -> Happening:
    """Return the start of a clock. Raises ClockRefused."""
    if not is_on(terms.policy):
        raise ClockRefused(
            f"cannot start {terms.policy.name}: pack {terms.policy.pack!r} is switched off, for it holds numbers to be "
            "confirmed by counsel; once they are confirmed, name the pack in REDRESS_ENABLED_PACKS"
        )
    amount = terms.policy.budget if budget is None else budget
    if amount is None:
        raise ClockRefused(f"{terms.policy.name} needs a budget: its limit is given when it starts")
    if amount < 0:
        raise ClockRefused(f"cannot start {terms.policy.name}: a budget of {amount} would be due before it starts")
    return Happening(EventKind.START, started_at, units=terms.policy.rule.measure.units(amount), reason=reason)


def _add_cycle(
    this: Act,
    matter_id: UUID,
    former: Clock | None,
    pins: tuple[UUID, UUID],
    happenings: Sequence[Happening],
    face: Face,
) -> Clock:
    """Add the next clock of a kind, with all that has happened to it already; of its thresholds none has fired."""
    policy_id, calendar_id = pins
    clock = Clock(
        matter_id=matter_id,
        kind=terms_of(*pins).policy.obligation,
        cycle=former.cycle + 1 if former else 1,
        policy_id=policy_id,
        calendar_id=calendar_id,
        **columns_of(face),
        next_fire_at=max(face.fire_ats[0], this.at) if face.state is State.RUNNING else None,
        rev=len(happenings),
    )
    this.add(clock)
    for rev, happening in enumerate(happenings, 1):
        _note(this, clock, happening, rev)
    return clock


def open_clock(*, this: Act, matter_id: UUID, kind: str) -> Clock | None:
    """Return the open clock of this kind, locked until the transaction ends, or None."""
    latest = latest_clock(this=this, matter_id=matter_id, kind=kind)
    return latest if latest and latest.is_open else None


def latest_clock(*, this: Act, matter_id: UUID, kind: str) -> Clock | None:
    """Return the clock of the last cycle, locked, or None; only that one can be open. A new matter needs no query."""
    if held := this.held(Clock, matter_id=matter_id, kind=kind):
        return max(held, key=attrgetter("cycle"))
    if this.is_new(Matter, matter_id):
        return None
    rows = Clock.objects.select_for_update(no_key=True, of=("self",))
    return rows.filter(matter_id=matter_id, kind=kind).order_by("-cycle").first()


def complete_clock(*, this: Act, matter_id: UUID, kind: str, at: datetime) -> Clock | None:
    """End the open clock of this kind: met if `at` is not after the due date, else missed. None if none is open."""
    clock = open_clock(this=this, matter_id=matter_id, kind=kind)
    return clock and _end(this, clock, EventKind.COMPLETE, at)


def cancel_clock(*, this: Act, matter_id: UUID, kind: str, at: datetime, reason: str) -> Clock | None:
    """Disarm the open clock of this kind without a verdict, unless it is overdue: then it ends missed.

    Only the reason NOT_RECORDED leaves open what became of an overdue one. None if none is open.
    """
    clock = open_clock(this=this, matter_id=matter_id, kind=kind)
    return clock and _end(this, clock, EventKind.CANCEL, at, reason=reason)


def replace_clock(*, this: Act, matter: Matter, kind: str, track: str, reason: str) -> Clock | None:
    """Go over to the terms of another track, from the same start: end the open clock of this kind and start the next.

    The next takes over pauses and extensions as far as its terms allow (slas.succession), so a clock that waits goes
    on waiting; what they do not allow stands in the reason of its start. A clock stays as it is where the track asks
    for the same, and where it is overdue and would be so under the new terms too: one broken promise is one breach.
    Returns the clock that is open now, None if none was. Raises ClockRefused, PolicyMissing, HorizonPassed.
    """
    clock = open_clock(this=this, matter_id=matter.pk, kind=kind)
    if clock is None:
        return None
    former = terms_of(clock.policy_id, clock.calendar_id)
    policy = former.policy
    policy_id, calendar_id = in_force(policy.pack, kind, track, clock.started_at)
    if terms_of(policy_id, calendar_id).policy.calendar == policy.calendar:
        calendar_id = clock.calendar_id  # which may have been corrected since
    terms = terms_of(policy_id, calendar_id)
    if terms.policy.asks_the_same_as(policy):
        return clock
    begun = _begin(terms, clock.started_at, _given(clock, terms))
    next_one = succeed(terms, begun, former, _happenings_of(this, clock))
    if clock.is_breached(this.at) and next_one.face.due_at < this.at:
        return clock
    _end(this, clock, EventKind.CANCEL, this.at, reason=reason)
    happenings = [replace(begun, reason=words_of(reason, next_one.lost)), *next_one.happenings[1:]]
    return _add_cycle(this, matter.pk, clock, (policy_id, calendar_id), happenings, next_one.face)


def _happenings_of(this: Act, clock: Clock) -> list[Happening]:
    """Return what happened to a clock, in order; that it started needs no query."""
    known = this.held(ClockEvent, matter_id=clock.matter_id, clock_id=clock.id)
    if clock.rev > 1 and len(known) < clock.rev:
        known += ClockEvent.objects.filter(matter_id=clock.matter_id, clock_id=clock.id)
    return [happening_of(event) for event in sorted(known, key=attrgetter("rev"))]


def pause_clock(*, this: Act, matter_id: UUID, kind: str, at: datetime, reason: str) -> Clock | None:
    """Stop the count for one of the policy's reasons. None if none is open.

    Raises ClockRefused, always where the law counts: such a clock can only be extended.
    """
    clock = open_clock(this=this, matter_id=matter_id, kind=kind)
    return clock and _happen(this, clock, EventKind.PAUSE, at, reason=reason)


def resume_clock(*, this: Act, matter_id: UUID, kind: str, at: datetime) -> Clock | None:
    """Count again; the due date moves by the units that passed meanwhile. None if none is open."""
    clock = open_clock(this=this, matter_id=matter_id, kind=kind)
    return clock and _happen(this, clock, EventKind.RESUME, at)


def extend_clock(*, this: Act, matter_id: UUID, kind: str, at: datetime, amount: int, reason: str) -> Clock | None:
    """Move the due date by `amount` days or seconds, within the policy's rule. None if none is open.

    Raises ClockRefused.
    """
    clock = open_clock(this=this, matter_id=matter_id, kind=kind)
    if clock is None:
        return None
    policy = terms_of(clock.policy_id, clock.calendar_id).policy
    if policy.extension and policy.extension.by and not this.actor.has(*policy.extension.by):
        raise ClockRefused(f"cannot extend {policy.name}: only {', '.join(policy.extension.by)} may")
    return _happen(this, clock, EventKind.EXTEND, at, reason=reason, units=policy.rule.measure.units(amount))


def _end(this: Act, clock: Clock, event: EventKind, at: datetime, *, reason: str = "") -> Clock:
    """End a clock; with its verdict the thresholds that passed and that no sweep has fired are written down."""
    terms = terms_of(clock.policy_id, clock.calendar_id)
    happening = Happening(event, _moment_of(this, clock, at), fired=clock.next_seq - 1, reason=reason)
    face = step(terms, face_of(clock), happening)
    passed = 0
    if face.state is not State.CANCELLED:
        passed = record_passed(this=this, clock=clock, face=face, policy=terms.policy)
    _move(this, clock, happening, face, next_seq=clock.next_seq + passed)
    return clock


def _moment_of(this: Act, clock: Clock, at: datetime) -> datetime:
    """Return the moment that an act counts for: `at`, or a later one if it met something on its way.

    An act of now got the row after whatever has happened to it, so it counts from no earlier than that; and if the
    sweep has told the breach it is late, so that verdict and ledger agree. What is given as past stays as it is given:
    what was done in time and is only recorded now stays in time.
    """
    if at == this.at:
        at = max(at, clock.last_at)
    told = [code for code in clock.fire_codes[: clock.next_seq - 1] if code >= BREACH]
    if at < this.at or at > clock.due_at or not told:
        return at
    fired = Firing.objects.filter(matter_id=clock.matter_id, clock_id=clock.id, epoch=clock.epoch, code=told[0])
    return max(at, *fired.values_list("fired_at", flat=True))


def _happen(this: Act, clock: Clock, event: EventKind, at: datetime, *, reason: str = "", units: int = 0) -> Clock:
    moment = _moment_of(this, clock, at)
    happening = Happening(event, moment, units=units, fired=clock.next_seq - 1, reason=reason)
    face = step(terms_of(clock.policy_id, clock.calendar_id), face_of(clock), happening)
    _move(this, clock, happening, face, next_seq=1 if face.epoch > clock.epoch else clock.next_seq)
    return clock


def _move(this: Act, clock: Clock, happening: Happening, face: Face, *, next_seq: int) -> None:
    """Write the event and the row's new face, armed for what has not fired yet."""
    armed = face.state is State.RUNNING and next_seq <= len(face.fire_ats)
    this.change(
        clock,
        **columns_of(face),
        rev=clock.rev + 1,
        next_seq=next_seq,
        next_fire_at=max(face.fire_ats[next_seq - 1], this.at) if armed else None,
    )
    _note(this, clock, happening, clock.rev)


def _note(this: Act, clock: Clock, happening: Happening, rev: int) -> None:
    this.add(
        ClockEvent(
            matter_id=clock.matter_id,
            clock_id=clock.id,
            rev=rev,
            kind=happening.kind,
            at=happening.at,
            units=happening.units or None,
            fired=happening.fired,
            reason=happening.reason,
            actor_kind=this.actor.kind,
            actor_id=this.actor.user_id,
        )
    )
