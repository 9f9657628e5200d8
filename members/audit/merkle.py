"""Merkle trees as in RFC 9162, section 2.1: one root stands for a whole batch, a short path for one leaf of it.

Plain Python. Leaves and nodes are hashed with different first bytes, so that neither can pass for the other.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


class PathBroken(ValueError):
    """A path does not belong to a leaf at this position in a tree of this size."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32 bytes that stand for an entry."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32 bytes that stand for two subtrees."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A tree that leaves are added to from left to right; it keeps one hash a level, however many leaves there are."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        carried, full = leaf, self.size
        while full & 1:
            carried = node_hash(self._peaks.pop(), carried)
            full >>= 1
        self._peaks.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of what was added so far."""
        if not self._peaks:
            return EMPTY
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root


def path_of(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """Return the sibling hashes from a leaf up to the root. `position` counts from 0."""
    path, level = [], list(leaves)
    while len(level) > 1:
        sibling = position ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [node_hash(left, right) for left, right in pairs] + (level[-1:] if len(level) % 2 else [])
        position >>= 1
    return path


def root_by_path(leaf: bytes, path: Sequence[bytes], *, position: int, size: int) -> bytes:
    """Return the root that a leaf and its path lead to. Raises PathBroken if the path has another length than due."""
    if not 0 <= position < size:
        raise PathBroken("the position is outside of the tree")
    root, rest, last = leaf, list(path), size - 1
    while last:
        if position & 1 or position < last:
            if not rest:
                raise PathBroken("the path is too short")
            sibling = rest.pop(0)
            root = node_hash(sibling, root) if position & 1 else node_hash(root, sibling)
        position, last = position >> 1, last >> 1
    if rest:
        raise PathBroken("the path is too long")
    return root
