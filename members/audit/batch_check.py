"""One batch against its events and its signed root."""

from collections.abc import Iterator

from members.audit.entries import placed
from members.audit.findings import Finding, Wrong
from members.audit.merkle import Tree, leaf_hash
from members.audit.sealed_rows import KeptLeaf
from members.audit.statement import Statement
from members.audit.strays import Strays

MOST_GAPS = 1000


class BatchCheck:
    """Reads the leaves of one batch once. `statement` is None if the checkpoint cannot be read."""

    def __init__(self, number: int, statement: Statement | None, strays: Strays) -> None:
        self.number, self.statement, self.strays = number, statement, strays
        self.leaves = 0

    def findings(self, leaves: Iterator[KeptLeaf]) -> Iterator[Finding]:
        """Give what differs. An event unlike its leaf is noted in `strays`: what became of it is told at the end."""
        tree, due = Tree(), 0
        for leaf in leaves:
            yield from self._gap(due, leaf.position)
            if leaf.entry is None:
                yield self._deleted(leaf)
            elif leaf_hash(placed(leaf.batch, leaf.position, leaf.entry)) != leaf.hash:
                yield from self.strays.note(leaf)
            tree.add(leaf.hash)
            due = leaf.position + 1
        self.leaves = tree.size
        if not self.statement:
            return
        yield from self._gap(due, self.statement.count)
        if tree.size > self.statement.count:
            words = (
                f"Batch {self.number} has {tree.size} leaves, and {self.statement.count} were sealed: some were added."
            )
            yield Finding(Wrong.LEAF_ADDED, words, self.number)
        if tree.root() != self.statement.root:
            words = f"The leaves of batch {self.number} are not those that were signed."
            yield Finding(Wrong.BATCH_ALTERED, words, self.number)

    def _gap(self, due: int, found: int) -> Iterator[Finding]:
        if found <= due:
            return
        self.strays.note_places((self.number, position) for position in range(due, min(found, due + MOST_GAPS)))
        what = f"position {due}" if found == due + 1 else f"positions {due} to {found - 1}"
        words = f"Batch {self.number} lacks {what}: what was sealed there was deleted or moved."
        yield Finding(Wrong.LEAF_MISSING, words, self.number)

    def _deleted(self, leaf: KeptLeaf) -> Finding:
        words = f"Event {leaf.event_id} was deleted; it was sealed in batch {leaf.batch} at position {leaf.position}."
        return Finding(Wrong.EVENT_DELETED, words, leaf.batch, leaf.event_id)
