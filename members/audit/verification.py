"""Recomputes the whole chain in one pass and names what was altered.

Each batch is held against its events, its own signed root, the checkpoint before it and the anchor. Constant memory.
"""

from collections.abc import Callable, Iterator
from itertools import groupby

from members.audit import sealed_rows
from members.audit.anchored_lines import AnchorFile
from members.audit.batch_check import BatchCheck
from members.audit.continuation_check import ContinuationCheck
from members.audit.findings import Finding, Wrong
from members.audit.health import PATIENCE
from members.audit.sealed_rows import KeptCheckpoint, KeptLeaf, kept_checkpoints, kept_leaves, newest_number
from members.audit.statement import BEFORE_THE_FIRST, Statement, StatementBroken, check_signature, digest, line_of
from members.audit.strays import Strays

MOST_OF_A_KIND = 1000
"""Events behind the queue that are named; a trail with so many is past being told event by event."""


class Verification:
    """One pass. `events` and `checkpoints` count what was looked at so far; `progress` is told of each batch's events.

    `known_key` returns the public key of a number of the keyring, None if the ring lacks it. A key that the ring lacks
    is trusted when the anchor's first line has it, or when a trusted key signed a later checkpoint of the same chain.
    """

    def __init__(
        self,
        *,
        known_key: Callable[[int], bytes | None],
        anchor: AnchorFile | None = None,
        progress: Callable[[int], object] = int,
    ) -> None:
        self.known_key, self.anchor, self._progress = known_key, anchor, progress
        self.events = self.checkpoints = 0
        self.newest = newest_number()  # after the anchor was opened: what that holds is in the database by now
        self._pinned = anchor.first_key() if anchor else None
        self._strays = Strays()
        self._before: tuple[Statement | None, bytes, int] = (None, BEFORE_THE_FIRST, 0)
        self._untrusted: list[int] = []
        self._continued = ContinuationCheck(anchor, known_key)

    def findings(self) -> Iterator[Finding]:
        """Look at everything, and give what is wrong as it is found."""
        yield from self._chain()
        if self._untrusted:
            yield _unknown_key(self._untrusted[0], self._untrusted[-1])
        yield from self._strays.findings()
        for batch, count in sealed_rows.rows(sealed_rows.LEAVES_OF_NO_CHECKPOINT, self.newest, MOST_OF_A_KIND):
            yield _no_checkpoint(batch, count)
        yield from self._outside_of_the_chain()
        if self.anchor:
            yield from self._continued.findings()
            yield from self.anchor.damage

    def _chain(self) -> Iterator[Finding]:
        """Go through checkpoints, leaves and anchor side by side."""
        anchored = iter(self.anchor or ())
        pin = next(anchored, None)
        batches = groupby(kept_leaves(self.newest), key=lambda leaf: leaf.batch)
        batch = next(batches, None)
        for checkpoint in kept_checkpoints(self.newest):
            while batch and batch[0] < checkpoint.number:
                yield _no_checkpoint(batch[0], sum(1 for _ in batch[1]))
                batch = next(batches, None)
            while pin and pin[0] < checkpoint.number:
                pin = next(anchored, None)  # that it is missing is seen by the numbers
            if pin and pin[0] == checkpoint.number:
                yield from _against_anchor(checkpoint, pin[1])
                pin = next(anchored, None)
            is_its_own = batch is not None and batch[0] == checkpoint.number
            yield from self._checkpoint(checkpoint, batch[1] if batch and is_its_own else iter(()))
            if is_its_own:
                batch = next(batches, None)
        if pin:
            last = max((number for number, _ in anchored), default=pin[0])
            yield _cut(last, self.newest)

    def _checkpoint(self, row: KeptCheckpoint, leaves: Iterator[KeptLeaf]) -> Iterator[Finding]:
        self.checkpoints += 1
        previous, expected, number = self._before
        if row.number > number + 1:
            yield _missing(number + 1, row.number - 1)
        try:
            statement = Statement.parse(row.statement)
            check_signature(row.statement, row.signature, statement.public_key)
        except StatementBroken as broken:
            statement = None
            yield _forged(row.number, str(broken))
        self._before = statement, digest(row.statement), row.number
        if statement:
            self._continued.see(row.number, row.statement, statement.public_key)
            follows = row.number == number + 1 and statement.number == row.number and statement.previous == expected
            if row.number == number + 1 and not (follows and _adds_up(previous, statement, row.number)):
                yield _broken(row.number)
            yield from self._trust(statement, follows=follows)
        check = BatchCheck(row.number, statement, self._strays)
        yield from check.findings(leaves)
        self.events += check.leaves
        self._progress(check.leaves)

    def _trust(self, statement: Statement, *, follows: bool) -> Iterator[Finding]:
        """Judge the key. A trusted one vouches for what its checkpoint follows, however that was signed."""
        ours = self.known_key(statement.key)
        if ours is not None and statement.public_key != ours:
            yield _forged(statement.number, f"it is not signed by key {statement.key} of the keyring")
            return
        trusted = ours is not None or statement.public_key == self._pinned
        if not follows and self._untrusted:
            yield _unknown_key(self._untrusted[0], self._untrusted[-1])
            self._untrusted = []
        if trusted:
            self._untrusted = []
        else:
            self._untrusted = [*self._untrusted[:1], statement.number]

    def _outside_of_the_chain(self) -> Iterator[Finding]:
        for event_id, is_queued in sealed_rows.rows(sealed_rows.EVENTS_WITHOUT_LEAF, PATIENCE, MOST_OF_A_KIND):
            if is_queued:
                words = f"Event {event_id} waits for its seal for longer than {PATIENCE}: no sealer runs."
                yield Finding(Wrong.EVENT_UNSEALED, words, event_id=event_id)
            else:
                words = f"Event {event_id} was inserted past the queue, or taken out of the chain: it has no seal."
                yield Finding(Wrong.EVENT_INSERTED, words, event_id=event_id)
        for (event_id,) in sealed_rows.rows(sealed_rows.QUEUED_WITHOUT_EVENT, MOST_OF_A_KIND):
            words = f"Event {event_id} was deleted before it was sealed."
            yield Finding(Wrong.EVENT_DELETED, words, event_id=event_id)


def sealed_events() -> int:
    """Return how many leaves there are, by the database's estimate: for a progress bar."""
    return max(0, int(sealed_rows.rows(sealed_rows.ESTIMATE)[0][0]))


def _adds_up(previous: Statement | None, statement: Statement, number: int) -> bool:
    """Tell whether the count goes on; after a checkpoint that cannot be read nobody can tell."""
    if number == 1:
        return statement.total == statement.count
    return previous is None or statement.total == previous.total + statement.count


def _against_anchor(checkpoint: KeptCheckpoint, line: str) -> Iterator[Finding]:
    if line_of(checkpoint.statement, checkpoint.signature) != line:
        words = (
            f"Checkpoint {checkpoint.number} is another than the anchor knows: batches from there on were rewritten."
        )
        yield Finding(Wrong.ANCHOR_DIFFERS, words, checkpoint.number)


def _cut(anchored: int, newest: int) -> Finding:
    return Finding(
        Wrong.TAIL_CUT,
        f"The chain ends at {newest}, and the anchor knows checkpoint {anchored}: the end was cut off.",
        newest,
    )


def _missing(first: int, last: int) -> Finding:
    what = f"Checkpoint {first} is" if first == last else f"Checkpoints {first} to {last} are"
    return Finding(Wrong.CHECKPOINT_MISSING, f"{what} missing.", first)


def _forged(number: int, why: str) -> Finding:
    return Finding(Wrong.CHECKPOINT_FORGED, f"Checkpoint {number} is forged: {why}.", number)


def _broken(number: int) -> Finding:
    words = f"Checkpoint {number} does not follow the one before it: one of the two was exchanged."
    return Finding(Wrong.CHAIN_BROKEN, words, number)


def _unknown_key(first: int, last: int) -> Finding:
    what = f"Checkpoint {first}" if first == last else f"Checkpoints {first} to {last}"
    words = f"{what}: signed by a key that neither the keyring nor the anchor's first line knows."
    return Finding(Wrong.KEY_UNKNOWN, words, first)


def _no_checkpoint(batch: int, count: int) -> Finding:
    words = f"{count} leaves name batch {batch}, and there is no such checkpoint."
    return Finding(Wrong.LEAF_ADDED, words, batch)
