"""Compares what must have happened with what did, and names every difference."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from slas.queries import misfolded_clocks
from tests.chaos.effects import call_key, is_called_for
from tests.chaos.faults import Fault
from tests.chaos.load import Confirmed
from tests.chaos.owed import BREACH, MET, Life, Target, live
from tests.chaos.records import Fired, Records

ACTIONS = {50: ("notify_owner",), 80: ("notify_owner",), 100: ("notify_lead", "raise_priority"), 120: ("notify_lead",)}


class Finding(NamedTuple):
    """One fault: which, where, and what is to be seen there."""

    fault: Fault
    where: str
    what: str


@dataclass
class Report:
    """The faults, and what was seen beside them.

    `overtaken`: warnings that an extension or a cancellation made moot before a sweep came. `crossed`: breaches told
    within the moment in which an answer, given in time, was still being written. `repeated`: calls made again.
    """

    targets: int = 0
    clocks: int = 0
    acts: int = 0
    effects: int = 0
    calls: int = 0
    overtaken: int = 0
    crossed: int = 0
    repeated: int = 0
    findings: list[Finding] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many faults of each kind there are."""
        found = Counter(finding.fault for finding in self.findings)
        return {str(fault): found[fault] for fault in Fault}


def check(records: Records, *, confirmed: Iterable[Confirmed] = ()) -> Report:
    """Look at everything. `confirmed` are revisions that were committed before the lights went out."""
    report = Report(
        clocks=len(records.clocks),
        acts=sum(len(events) - 1 for events in records.events.values()),
        effects=len(records.effects),
        calls=len(records.calls),
    )
    expected: set[str] = set()
    for clock_id in records.clocks:
        life = live(records.events[clock_id], now=records.now)
        report.targets += len(life.owed)
        report.overtaken += life.overtaken
        report.crossed += life.state == MET and any(code >= BREACH for epoch, code in life.owed if epoch == life.epoch)
        report.findings += _check_ledger(clock_id, life, records.ledger[clock_id])
        report.findings += _check_verdict(clock_id, life, records)
        report.findings += _check_effects(clock_id, life, records, expected)
    report.findings += _check_unasked(records, expected)
    report.findings += _check_confirmed(records, confirmed)
    report.findings += [
        Finding(Fault.MISFOLDED, str(clock.id), "the row is not the fold of its events") for clock in misfolded_clocks()
    ]
    report.repeated = sum(records.calls.values()) - len(records.calls)
    return report


def _check_ledger(clock_id: UUID, life: Life, ledger: dict[Target, Fired]) -> Iterator[Finding]:
    for target in life.owed.keys() - ledger.keys():
        yield Finding(Fault.LOST, _name(clock_id, target), f"was due at {life.owed[target]} and never fired")
    for target in ledger.keys() - life.owed.keys():
        yield Finding(Fault.DOUBLED, _name(clock_id, target), f"fired at {ledger[target].fired_at}, and nobody owed it")
    for target in life.owed.keys() & ledger.keys():
        row, due = ledger[target], life.owed[target]
        if row.fired_at < max(due, row.scheduled_for):
            yield Finding(Fault.EARLY, _name(clock_id, target), f"fired at {row.fired_at}, due at {due}")
        if row.scheduled_for != due:
            yield Finding(Fault.WRONG, _name(clock_id, target), f"is noted for {row.scheduled_for}, was due at {due}")
        if row.suppressed and not _was_overtaken(target, ledger):
            yield Finding(Fault.LOST, _name(clock_id, target), "was suppressed, and nothing had overtaken it")


def _was_overtaken(target: Target, ledger: dict[Target, Fired]) -> bool:
    """Tell whether a warning may be silent: an act ended its clock, or a later threshold fired in the same pass."""
    row, (epoch, code) = ledger[target], target
    if code >= BREACH:
        return False
    later = ((row.scheduled_for, code) < (other.scheduled_for, of) <= (row.fired_at, 999)
             for (at, of), other in ledger.items() if at == epoch)  # fmt: skip
    return row.sweeper == "" or any(later)


def _check_verdict(clock_id: UUID, life: Life, records: Records) -> Iterator[Finding]:
    row, made = records.clocks[clock_id], (life.state, life.due_at, life.ended_at, life.epoch)
    if row != made:
        yield Finding(Fault.WRONG, str(clock_id), f"stands at {tuple(row)}, its events make {made}")


def _check_effects(clock_id: UUID, life: Life, records: Records, expected: set[str]) -> Iterator[Finding]:
    """Each firing that was not silent has its effects, once; a warning that came to be moot need not be announced."""
    for (epoch, code), row in records.ledger[clock_id].items():
        if row.suppressed:
            continue
        moot = code < BREACH and (life.ended_at is not None or epoch != life.epoch)
        firing = f"sla:{clock_id}:{epoch}:{code}"
        parts = {action: f"{firing}:{action}" for action in ACTIONS[code]}
        yield from _check_asked(firing, parts.values(), [] if moot else parts.values(), records.effects, records)
        expected.update((firing, *parts.values()))
        for action, part in parts.items():
            if is_called_for(clock_id, code, action):
                yield from _check_asked(call_key(part), (), [call_key(part)], records.calls, records)
                expected.add(call_key(part))


def _check_asked(
    key: str, parts: Iterable[str], wanted: Iterable[str], happened: Counter[str], records: Records
) -> Iterator[Finding]:
    """An effect is asked for under its key, and goes on in parts if it failed; when all is settled it has happened."""
    if key not in records.outbox:
        yield Finding(Fault.LOST, key, "was never asked for")
    elif unsettled := [asked for asked in (key, *parts) if records.outbox.get(asked) is False]:
        yield Finding(Fault.UNSETTLED, unsettled[0], "is still open")
    else:
        for missing in (effect for effect in wanted if not happened[effect]):
            yield Finding(Fault.LOST, missing, "is settled, and did not happen")


def _check_unasked(records: Records, expected: set[str]) -> Iterator[Finding]:
    """What happened more than once, or without a firing that asked for it."""
    for key in records.outbox.keys() | records.effects.keys() | records.calls.keys():
        if key not in expected:
            yield Finding(Fault.DOUBLED, key, "happened without a firing that asked for it")
    for key, times in records.effects.items():
        if times > 1:
            yield Finding(Fault.DOUBLED, key, f"its effect happened {times} times")


def _check_confirmed(records: Records, confirmed: Iterable[Confirmed]) -> Iterator[Finding]:
    for clock_id, rev in confirmed:
        if len(records.events.get(clock_id, ())) < rev:
            yield Finding(Fault.LOST, str(clock_id), f"revision {rev} was confirmed and is gone")


def _name(clock_id: UUID, target: Target) -> str:
    return f"{clock_id}, epoch {target[0]}, code {target[1]}"
