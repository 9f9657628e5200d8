"""Reading an anchor file from its first line to its last, whatever became of it.

Where the database came back from a backup, a line says from which checkpoint the chain goes on; the lines before it
with later numbers tell of what was lost, and are of no chain any more.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from members.audit.continuation import CONTINUED, Continuation
from members.audit.findings import Finding, Wrong
from members.audit.statement import Statement, StatementBroken, check_signature, parse_line

LONGEST = 4096  # bytes; a line has less than one thousand


class AnchorFile:
    """The signed checkpoints that a file held when it was opened, in their order, each once."""

    def __init__(self, path: Path) -> None:
        """Open the file and remember its length: what is added while it is read belongs to a later look. OSError."""
        self.path = path
        with path.open("rb") as file:
            self._size = os.fstat(file.fileno()).st_size
        self.damage: list[Finding] = []
        self.lost: set[str] = set()
        self.continued = dict(self._continuations())

    def first_key(self) -> bytes | None:
        """Return the public key of the first checkpoint if that one is really signed by it; it is taken on trust."""
        for line in self._lines():
            try:
                text, signature = parse_line(line)
                statement = Statement.parse(text)
                check_signature(text, signature, statement.public_key)
            except StatementBroken:
                continue
            return statement.public_key
        return None

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Give number and line of each checkpoint of the chain. Lines that are none, or go back, are `damage`.

        `lost` holds the lines before, of what a restore has left behind.
        """
        newest, torn = 0, ""
        for position, line in enumerate(self._lines(), 1):
            if position in self.continued:
                torn = ""
                continue
            try:
                number = Statement.parse(parse_line(line)[0]).number
            except StatementBroken:
                if torn:
                    self._note(position - 1)
                torn = line
                continue
            if torn and not line.startswith(torn):
                self._note(position - 1)
            torn = ""
            if self._was_lost(position, number):
                self.lost.add(line)
                continue
            if number <= newest:
                self._note(position)
                continue
            newest = number
            yield number, line

    def _was_lost(self, position: int, number: int) -> bool:
        return any(position < later and number > said.back_to for later, said in self.continued.items())

    def _continuations(self) -> Iterator[tuple[int, Continuation]]:
        for position, line in enumerate(self._lines(), 1):
            if line.startswith(CONTINUED):
                with suppress(StatementBroken):
                    yield position, Continuation.parse(line)

    def _note(self, position: int) -> None:
        words = f"Line {position} of {self.path} is not what the sealer writes there."
        self.damage.append(Finding(Wrong.ANCHOR_DAMAGED, words))

    def _lines(self) -> Iterator[str]:
        """Give the lines; one that the sealer is just writing, or that was cut short at the very end, is left out."""
        left = self._size
        with self.path.open("rb") as file:
            while left > 0 and (line := file.readline(min(left, LONGEST))):
                left -= len(line)
                if left or line.endswith(b"\n"):
                    yield line.decode(errors="replace").rstrip("\n")
