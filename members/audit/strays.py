"""Events that are unlike their leaves: were they edited, or moved from another place of the chain?"""

from collections.abc import Iterable, Iterator

from members.audit.entries import placed
from members.audit.findings import Finding, Wrong
from members.audit.merkle import leaf_hash
from members.audit.sealed_rows import KeptLeaf

MOST = 300
"""Events whose former place is looked for; beyond, nobody needs to be told one by one."""


class Strays:
    """Notes such leaves, and the places where something is missing or wrong: a moved event came from one of these."""

    def __init__(self) -> None:
        self._leaves: list[KeptLeaf] = []
        self._places: list[tuple[int, int]] = []

    def note(self, leaf: KeptLeaf) -> Iterator[Finding]:
        """Keep a leaf for the end; give it as edited where there are too many to keep."""
        self.note_places([(leaf.batch, leaf.position)])
        if len(self._leaves) < MOST:
            self._leaves.append(leaf)
        else:
            yield _edited(leaf)

    def note_places(self, places: Iterable[tuple[int, int]]) -> None:
        """Keep places that a moved event may have come from."""
        for place in places:
            if len(self._places) >= MOST:
                return
            self._places.append(place)

    def findings(self) -> Iterator[Finding]:
        """Tell for each leaf what happened to its event."""
        for leaf in self._leaves:
            origin = self._origin(leaf)
            if origin is None:
                yield _edited(leaf)
            else:
                words = (
                    f"Event {leaf.event_id} was moved from {_named(origin)} to {_named((leaf.batch, leaf.position))}."
                )
                yield Finding(Wrong.EVENT_MOVED, words, origin[0], leaf.event_id)

    def _origin(self, leaf: KeptLeaf) -> tuple[int, int] | None:
        for batch, position in self._places:
            if leaf_hash(placed(batch, position, leaf.entry or "")) == leaf.hash:
                return batch, position
        return None


def _edited(leaf: KeptLeaf) -> Finding:
    words = f"Event {leaf.event_id} was edited after it was sealed in batch {leaf.batch} at position {leaf.position}."
    return Finding(Wrong.EVENT_EDITED, words, leaf.batch, leaf.event_id)


def _named(place: tuple[int, int]) -> str:
    return f"batch {place[0]}, position {place[1]}"
