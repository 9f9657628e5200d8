"""Holding the lines by which an anchor goes on after a restore against the chain."""

from collections.abc import Callable, Iterator

from members.audit.anchored_lines import AnchorFile
from members.audit.findings import Finding, Wrong
from members.audit.statement import BEFORE_THE_FIRST, digest


class ContinuationCheck:
    """Sees each checkpoint of the chain go by, and then tells which lines no restore of ours wrote.

    Without it, whoever may add to the anchor could have it go on from where the database was cut off.
    """

    def __init__(self, anchor: AnchorFile | None, known_key: Callable[[int], bytes | None]) -> None:
        """Take the anchor, and who knows the public keys of the ring."""
        self._anchor, self._known_key = anchor, known_key
        self._continued = anchor.continued if anchor else {}
        self._wanted = {said.back_to for said in self._continued.values()}
        self._digests, self._keys = {0: BEFORE_THE_FIRST}, set[bytes]()

    def see(self, number: int, statement: str, public_key: bytes) -> None:
        """Remember what is needed of one checkpoint."""
        self._keys.add(public_key)
        if number in self._wanted:
            self._digests[number] = digest(statement)

    def findings(self) -> Iterator[Finding]:
        """Judge each line: it is signed by a key of the ring or the chain, and names what the chain goes on from.

        A later line that goes back further leaves nothing of what an earlier one went on from.
        """
        earliest: float = float("inf")
        for position, said in sorted(self._continued.items(), reverse=True):
            is_ours = self._known_key(said.key) == said.public_key or said.public_key in self._keys
            is_kept = said.back_to <= earliest
            earliest = min(earliest, said.back_to)
            if not is_ours or (is_kept and self._digests.get(said.back_to) != said.follows):
                words = f"Line {position} of the anchor tells of a restore, and is not what a restore writes there."
                yield Finding(Wrong.ANCHOR_DAMAGED, words)
